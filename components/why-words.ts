import type { AskReason } from '../lib/messaging/index.ts';
import type { MessageKey } from '../lib/platform/index.ts';

/** A reason for asking, still to be put into the person's language. */
export interface WhyWords {
  readonly key: MessageKey;
  /** `$1` is the claim of this label, as in "they learned …". */
  readonly claim?: string;
  /** `$1` is one of these ages. */
  readonly ages?: readonly number[];
  /** `$1` and on. */
  readonly numbers?: readonly number[];
  /** `$1` is these attributes of the request. */
  readonly attributes?: readonly string[];
  /** Weighs on what the person is about to tell, beside explaining the question. */
  readonly tone: 'info' | 'warn';
}

type Bound = Extract<AskReason, { kind: 'bound' }>;

/** The most ages that are listed one by one. */
const LISTED_AGES = 4;

/**
 * A reason in words; undefined where there is nothing to tell beside the question itself.
 * @param asker who asks: what an agent counts as is told otherwise than what a site does
 */
export function whyWords(reason: AskReason, asker: 'site' | 'agent' = 'site'): WhyWords | undefined {
  switch (reason.kind) {
    case 'no_rule':
      return undefined;
    case 'ask_rule':
      return { key: 'why_ask_rule', tone: 'info' };
    case 'indeterminate':
      if (reason.missing.length === 0) return { key: 'why_indeterminate', tone: 'info' };
      return { key: 'why_indeterminate_missing', attributes: reason.missing.map(attributeName), tone: 'info' };
    case 'role':
      if (asker === 'agent') return { key: 'why_agent_role', claim: reason.label, tone: 'info' };
      return { key: `why_role_${reason.role}`, claim: reason.label, tone: 'info' };
    case 'bound':
      return { ...boundWords(reason), tone: 'warn' };
    case 'obligation':
      return { key: `why_obligation_${reason.which}`, tone: 'info' };
    case 'restored':
      return { key: 'why_restored', tone: 'info' };
  }
}

/** What this answer and those before it tell together. `below` is exclusive. */
function boundWords({ from, below }: Bound): Omit<WhyWords, 'tone'> {
  if (from !== undefined && below !== undefined) {
    if (below <= from) return { key: 'why_bound' }; // answers that contradict each other tell nothing in years
    const ages = Array.from({ length: below - from }, (_, i) => from + i);
    if (ages.length <= LISTED_AGES) return { key: 'why_bound_ages', ages };
    return { key: 'why_bound_between', numbers: [from, below - 1] };
  }
  if (from !== undefined) return { key: 'why_bound_from', numbers: [from] };
  return below === undefined ? { key: 'why_bound' } : { key: 'why_bound_below', numbers: [below] };
}

/** `context.purpose` is "purpose". */
const attributeName = (attribute: string): string => (attribute.split('.').at(-1) ?? attribute).replaceAll('_', ' ');

/**
 * The reasons that are told: the weightiest, and whatever lets the site conclude more than it asks, each once.
 * @param why the weightiest first, as the plan has them
 */
export function toldReasons(why: readonly AskReason[]): readonly AskReason[] {
  const told = why.filter((reason) => whyWords(reason) !== undefined);
  return told.filter((reason, at) => at === 0 || reason.kind === 'bound');
}
