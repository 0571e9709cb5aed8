import type { AuthorityGrant, HeldCapability, HeldOffer, LimitStanding, SpendLimit } from '../../capabilities/index.ts';
import { limitsFor, readOffer, readReceipt } from '../../capabilities/index.ts';
import { SignetError, displayText, toMajorUnits } from '../../core/index.ts';
import type {
  CapabilityPlanView,
  CapabilityView,
  CapabilityWaiting,
  GrantView,
  LimitStandingView,
  LimitView,
  ReceiptView,
  StandingView,
} from '../../messaging/contract.ts';
import type { PageRequest } from '../../requests/index.ts';
import { askReasons } from '../judging/ask-reasons.ts';
import type { TokenCall } from './capability-call.ts';
import { capabilityCallOf, termsView } from './capability-call.ts';
import { planCapability } from './capability-plan.ts';
import { Judge } from '../judging/judge.ts';
import type { Services } from '../services.ts';

/** What it takes to look, and to change nothing. */
type Looking = Pick<Services, 'keeper' | 'clock' | 'book'>;

/** What the consent window shows of a capability that a page asks for. Opens nothing while the vault is locked. */
export async function viewCapability(
  services: Looking,
  request: PageRequest,
): Promise<Pick<CapabilityWaiting, 'kind' | 'purpose' | 'terms' | 'state'>> {
  const call = capabilityCallOf(request);
  const { purpose } = call;
  return { kind: 'capability', purpose, terms: termsView(call), state: await viewState(services, request) };
}

async function viewState(services: Looking, request: PageRequest): Promise<CapabilityWaiting['state']> {
  const vault = await services.keeper.state();
  if (vault === 'none') return { step: 'no_vault' };
  if (vault === 'locked') return { step: 'locked' };
  try {
    const call = capabilityCallOf(request);
    if (call.asks === 'token') return { step: 'ready', plan: await viewPlan(services, request, call) };
    return { step: 'failed', message: 'The units of this budget could not be released. Nothing was sent.' };
  } catch (thrown) {
    return { step: 'failed', message: SignetError.from(thrown).message }; // it can still be seen, and denied
  }
}

async function viewPlan(services: Looking, request: PageRequest, call: TokenCall): Promise<CapabilityPlanView> {
  const vault = await services.keeper.open();
  const { origin } = request;
  const now = services.clock();
  const judge = await Judge.of(vault, services, request, call.purpose);
  const { digest, raw, standings } = await planCapability(vault, { call, origin, now });
  const limits =
    call.money === undefined
      ? []
      : await limitsFor(vault, { audience: origin, currency: call.money.currency, at: now });
  return {
    digest,
    standings: standings.map(({ held }) => viewStanding(held)),
    limits: limits.map(viewLimit),
    why: askReasons(judge.explainSpend(call), []),
    raw,
  };
}

/** An authority's offer, as something that tokens can be shown with. */
export const viewStanding = ({ jti, authority, text, expiresAt }: HeldOffer): StandingView => ({
  id: jti,
  authority,
  grants: readOffer(text).claims.grants.map(viewGrant),
  expiresAt,
});

/** What an authority lets tokens do, in major units. */
export const viewGrant = ({ permissions, max_amount, currency, audiences, policy }: AuthorityGrant): GrantView => ({
  permissions,
  ...(max_amount === undefined || currency === undefined
    ? {}
    : { amount: toMajorUnits(max_amount, currency), currency }),
  ...(audiences === undefined ? {} : { audiences }),
  ...(policy === undefined ? {} : { policy }),
});

/** How a limit stands, in major units. */
export const viewLimit = ({ limit, spent, left, restored }: LimitStanding): LimitStandingView => ({
  limit: limitView(limit),
  spent: toMajorUnits(spent, limit.currency),
  left: toMajorUnits(left, limit.currency),
  restored,
});

const limitView = ({ currency, per, amount, audience }: SpendLimit): LimitView => ({
  ...{ currency, per, amount: toMajorUnits(amount, currency) },
  ...(audience === undefined ? {} : { audience }),
});

/** What is known of a token beside its record. */
export interface Seen {
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** Of a budget: units that were released; all of them where a backup was put back since. */
  readonly released: number;
}

/** A token that was released, as our own pages show it. */
export function viewHeld(held: HeldCapability, seen: Seen): CapabilityView {
  const { jti, audience, purpose, releasedAt, expiresAt, revokedAt, authority, receipts } = held;
  return {
    ...{ id: jti, audience, purpose, terms: termsOf(held), releasedAt, expiresAt, state: stateOf(held, seen) },
    ...(revokedAt === undefined ? {} : { revokedAt, worksUntil: expiresAt }),
    ...moneyOf(held, seen),
    ...(authority === undefined ? {} : { authority }),
    receipts: receipts.flatMap(viewReceipt),
  };
}

const termsOf = ({ kind, money, oneTime, budget, lifetime, bearer, receiptKey }: HeldCapability) => ({
  kind,
  ...(money === undefined ? {} : { amount: toMajorUnits(money.amount, money.currency), currency: money.currency }),
  oneTime,
  ...(budget === undefined || money === undefined ? {} : { unit: toMajorUnits(budget.unit, money.currency) }),
  ...{ lifetime, bearer, receipts: receiptKey !== undefined, release: false },
});

/** What became of a token, as far as the wallet knows; what says that it is over for good goes first. */
export function stateOf(held: HeldCapability, { now, released }: Seen): CapabilityView['state'] {
  if (held.returned !== undefined && held.returned === held.money?.amount) return 'returned';
  if (held.budget !== undefined && released >= held.budget.length) return 'used';
  if (held.returned !== undefined && (held.oneTime || held.budget !== undefined)) return 'used';
  if (held.oneTime && paidIn(held).length > 0) return 'used';
  if (held.revokedAt !== undefined) return 'revoked';
  return now >= held.expiresAt ? 'expired' : 'active';
}

/** In minor units: what a merchant says that it took. */
export const paidIn = ({ receipts }: HeldCapability): readonly number[] =>
  receipts.map(readReceipt).flatMap((claims) => (claims.type === 'paid' ? [claims.amount] : []));

function moneyOf(held: HeldCapability, seen: Seen): Pick<CapabilityView, 'spent' | 'remaining' | 'returned'> {
  const { money, budget, returned } = held;
  if (money === undefined) return {};
  const major = (minor: number): string => toMajorUnits(minor, money.currency);
  const spent = budget === undefined ? sumOf(paidIn(held)) : seen.released * budget.unit;
  const mayBeTaken = isLive(held, seen) ? Math.max(0, money.amount - spent - (returned ?? 0)) : 0;
  return {
    spent: major(spent),
    remaining: major(mayBeTaken),
    ...(returned === undefined ? {} : { returned: major(returned) }),
  };
}

/** A budget ends with the wallet's part in it; what is with a merchant works until its time. */
function isLive(held: HeldCapability, seen: Seen): boolean {
  const state = stateOf(held, seen);
  return state === 'active' || (state === 'revoked' && held.budget === undefined && seen.now < held.expiresAt);
}

const sumOf = (amounts: readonly number[]): number => amounts.reduce((sum, amount) => sum + amount, 0);

/** Receipts for what was taken; what was not used is said by `returned`. */
function viewReceipt(raw: string): readonly ReceiptView[] {
  const claims = readReceipt(raw);
  if (claims.type !== 'paid') return [];
  const { amount, currency, at, items } = claims;
  return [{ amount: toMajorUnits(amount, currency), currency, at, items: displayText(items, 140), raw }];
}
