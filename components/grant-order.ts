import type { FactView, GrantOrder, PlanView } from '../lib/messaging/index.ts';

/** How long a permission may last, shortest first. `ever`: until the person says otherwise. */
export const GRANT_SPANS = ['today', 'week', 'month', 'year', 'ever'] as const;
export type GrantSpan = (typeof GRANT_SPANS)[number];

/** A standing permission as the person is putting it together. */
export interface GrantDraft {
  readonly span: GrantSpan;
  /** `claimKey`s the person took out. */
  readonly without: readonly string[];
  /** As typed; empty: no limit. */
  readonly uses: string;
  /** As typed; empty: no limit. */
  readonly perDay: string;
}

/** What is offered first: it ends by itself, soon enough that a site one forgot cannot go on for years. */
export const FIRST_DRAFT: GrantDraft = { span: 'month', without: [], uses: '', perDay: '' };

const SECONDS_PER_DAY = 86_400;

/** The most that a number in a draft can be. */
const MOST = 9_999;

/** A number in a draft: undefined where there is no limit, null where it is none from 1 to 9,999. */
export function limitIn(typed: string): number | undefined | null {
  const digits = typed.trim();
  if (digits === '') return undefined;
  const limit = /^\d{1,6}$/.test(digits) ? Number(digits) : 0;
  return limit >= 1 && limit <= MOST ? limit : null;
}

/**
 * When a permission given now ends, in milliseconds since the epoch: with the end of its last day here, so that the
 * day which is named is still part of it. Undefined: when the person ends it.
 */
export function endOf(span: GrantSpan, now: number): number | undefined {
  const today = new Date(now);
  const [year, month, day] = [today.getFullYear(), today.getMonth(), today.getDate()];
  switch (span) {
    case 'today':
      return new Date(year, month, day + 1).getTime();
    case 'week':
      return new Date(year, month, day + 8).getTime();
    case 'month':
      return new Date(year, month, day + 31).getTime();
    case 'year':
      return new Date(year + 1, month, day + 1).getTime();
    case 'ever':
      return undefined;
  }
}

/** A claim that a permission can be about, with its label; several facts of one claim count once. */
export type GrantableClaim = Pick<FactView, 'claim' | 'label'>;

export function grantableClaims({ learn }: Pick<PlanView, 'learn'>): readonly GrantableClaim[] {
  const names = learn.map(({ claim }) => claim);
  return learn.filter(({ claim }, at) => names.indexOf(claim) === at).map(({ claim, label }) => ({ claim, label }));
}

/** What a draft asks the worker for; undefined where it has no claim left, or a number that is none. */
export function grantOrder(draft: GrantDraft, claims: readonly GrantableClaim[], now: number): GrantOrder | undefined {
  const chosen = claims.map(({ claim }) => claim).filter((claim) => !draft.without.includes(claim));
  const [uses, perDay] = [limitIn(draft.uses), limitIn(draft.perDay)];
  if (chosen.length === 0 || uses === null || perDay === null) return undefined;
  const until = endOf(draft.span, now);
  return {
    claims: chosen,
    ...(until === undefined ? {} : { until }),
    ...(uses === undefined ? {} : { maxUses: uses }),
    ...(perDay === undefined ? {} : { rate: { times: perDay, seconds: SECONDS_PER_DAY } }),
  };
}

/**
 * Why a permission for next time is not offered: what it needs is opened for one answer only, or the person would be
 * asked all the same. Undefined where it is offered.
 */
export function noGrantBecause({
  compartments,
  why,
}: Pick<PlanView, 'compartments' | 'why'>): 'locked_away' | 'bound' | 'rule' | undefined {
  if (compartments.length > 0) return 'locked_away';
  if (why.some(({ kind }) => kind === 'ask_rule' || kind === 'indeterminate')) return 'rule';
  return why.some(({ kind }) => kind === 'bound') ? 'bound' : undefined;
}
