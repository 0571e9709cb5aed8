import { MAX_BUDGET_LENGTH, MAX_LIFETIME, readHolderJwk } from '../../capabilities/index.ts';
import type { Json, Origin } from '../../core/index.ts';
import { assertField, toMajorUnits, toMinorUnits } from '../../core/index.ts';
import type { PublicJwk } from '../../credentials/index.ts';
import type { CapabilityTermsView } from '../../messaging/contract.ts';
import type { CapabilitySpec } from '../../provider/types.ts';
import type { PageRequest } from '../../requests/index.ts';

/** Minor units of a currency (ISO 4217). */
export interface Money {
  readonly amount: number;
  readonly currency: string;
}

/** A page asks for a token. */
export interface TokenCall {
  readonly asks: 'token';
  readonly kind: string;
  readonly purpose: string;
  /** The most that all uses together may take; absent: no money moves. */
  readonly money?: Money;
  readonly oneTime: boolean;
  /** Seconds. */
  readonly lifetime: number;
  readonly holder?: PublicJwk;
  /** Base64url, 32 bytes: the Ed25519 key that the merchant signs receipts with. */
  readonly receiptKey?: string;
  /** Of a budget: what one unit is worth, in minor units, and how many there are. */
  readonly steps?: { readonly unit: number; readonly length: number };
}

/** A page asks for units of a budget that it holds the token of. */
export interface ReleaseCall {
  readonly asks: 'release';
  readonly kind: string;
  readonly purpose: string;
  readonly money: Money;
  /** The `jti` of the budget's token. */
  readonly jti: string;
}

export type CapabilityCall = TokenCall | ReleaseCall;

/** Seconds that a budget lives where its page does not say. */
const BUDGET_LIFETIME = 86_400;

/** What a new token may say, and a call for units must not. */
const OF_NEW_TOKENS = ['holder_jwk', 'unit', 'one_time', 'expires_in', 'receipt_jwk'] as const;

/**
 * What a page asks to be allowed, from its call alone.
 * @param origin of the page, which is the one that may use it
 * @throws SignetError bad_request naming the field
 */
export function readCapabilityCall(origin: Origin, spec: CapabilitySpec): CapabilityCall {
  const { domain, kind, purpose, release_of: jti } = spec;
  assertField(
    domain === origin || domain === new URL(origin).host,
    'domain',
    'domain must be this page’s own origin: what is allowed here is for nobody else.',
  );
  const money = moneyIn(spec);
  if (jti === undefined) return tokenCall(spec, money);
  const surplus = OF_NEW_TOKENS.find((name) => spec[name] !== undefined);
  assertField(surplus === undefined, surplus ?? '', `${surplus ?? ''} is for new tokens, not beside release_of.`);
  assertField(money !== undefined, 'max_amount', 'max_amount is missing: how much of the budget is asked for?');
  return { asks: 'release', kind, purpose, money, jti };
}

/** The call in a waiting request. */
export const capabilityCallOf = ({ origin, params }: Pick<PageRequest, 'origin' | 'params'>): CapabilityCall =>
  readCapabilityCall(origin, specIn(params));

/** Refuses a call that no vault could answer. @throws SignetError bad_request naming the field */
export const admitCapability = (origin: Origin, params: Json): void => void readCapabilityCall(origin, specIn(params));

const specIn = (params: Json): CapabilitySpec => params as unknown as CapabilitySpec; // rebuilt from its schema before

function moneyIn({ max_amount, currency }: CapabilitySpec): Money | undefined {
  if (max_amount === undefined && currency === undefined) return undefined;
  assertField(max_amount !== undefined, 'max_amount', 'max_amount is missing beside currency.');
  assertField(currency !== undefined, 'currency', 'currency is missing beside max_amount.');
  const amount = toMinorUnits(max_amount, currency, 'max_amount');
  assertField(amount > 0, 'max_amount', 'max_amount must be more than nothing. Leave it out where no money moves.');
  return { amount, currency };
}

function tokenCall(spec: CapabilitySpec, money: Money | undefined): TokenCall {
  const { kind, purpose, holder_jwk, receipt_jwk } = spec;
  const holder = holder_jwk === undefined ? undefined : readHolderJwk(holder_jwk, 'holder_jwk');
  const steps = stepsIn(spec, holder, money);
  return {
    ...{ asks: 'token', kind, purpose },
    ...(money === undefined ? {} : { money }),
    oneTime: oneTimeIn(spec, { holder, isBudget: steps !== undefined }),
    lifetime: lifetimeIn(spec, { holder, isBudget: steps !== undefined }),
    ...(holder === undefined ? {} : { holder }),
    ...(receipt_jwk === undefined ? {} : { receiptKey: receiptKeyIn(receipt_jwk) }),
    ...(steps === undefined ? {} : { steps }),
  };
}

function receiptKeyIn(jwk: unknown): string {
  const { crv, x } = readHolderJwk(jwk, 'receipt_jwk');
  assertField(crv === 'Ed25519', 'receipt_jwk', 'receipt_jwk must be an Ed25519 key.');
  return x;
}

function stepsIn(
  { unit }: CapabilitySpec,
  holder: PublicJwk | undefined,
  money: Money | undefined,
): TokenCall['steps'] {
  if (unit === undefined) return undefined;
  assertField(holder !== undefined, 'unit', 'unit needs holder_jwk: a budget is bound to a key.');
  assertField(money !== undefined, 'unit', 'unit needs max_amount and currency: a budget has a sum.');
  const worth = toMinorUnits(unit, money.currency, 'unit');
  assertField(worth > 0, 'unit', 'unit must be more than nothing.');
  assertField(money.amount % worth === 0, 'max_amount', 'max_amount must be a whole number of units.');
  const length = money.amount / worth;
  assertField(length <= MAX_BUDGET_LENGTH, 'unit', `max_amount is more than ${MAX_BUDGET_LENGTH} units.`);
  return { unit: worth, length };
}

/** What a token is bound to: it decides how often and how long it may be used. */
interface Bound {
  readonly holder: PublicJwk | undefined;
  readonly isBudget: boolean;
}

function oneTimeIn({ one_time }: CapabilitySpec, { holder, isBudget }: Bound): boolean {
  if (isBudget) {
    assertField(one_time !== true, 'one_time', 'one_time contradicts unit: a budget is spent in steps.');
    return false;
  }
  assertField(
    holder !== undefined || one_time !== false,
    'one_time',
    'one_time must be true without holder_jwk: whoever has a copy could use it.',
  );
  return one_time ?? true;
}

function lifetimeIn({ expires_in }: CapabilitySpec, { holder, isBudget }: Bound): number {
  if (holder === undefined) {
    const most = MAX_LIFETIME.bearer;
    assertField((expires_in ?? most) <= most, 'expires_in', `expires_in is over ${most} s, which needs holder_jwk.`);
    return expires_in ?? most;
  }
  const most = isBudget ? MAX_LIFETIME.attended : MAX_LIFETIME.held;
  const hint = isBudget ? '' : ', which needs unit';
  assertField((expires_in ?? 0) <= most, 'expires_in', `expires_in is over ${most} s${hint}.`);
  return expires_in ?? (isBudget ? BUDGET_LIFETIME : most);
}

/** What a token would say, in the words of our own pages. */
export function termsView(call: CapabilityCall): CapabilityTermsView {
  const { kind, money } = call;
  const shown = {
    kind,
    ...(money === undefined ? {} : { amount: toMajorUnits(money.amount, money.currency), currency: money.currency }),
  };
  if (call.asks === 'release') {
    return { ...shown, oneTime: false, lifetime: 0, bearer: false, receipts: false, release: true };
  }
  const { oneTime, lifetime, holder, receiptKey, steps } = call;
  return {
    ...shown,
    oneTime,
    ...(steps === undefined || money === undefined ? {} : { unit: toMajorUnits(steps.unit, money.currency) }),
    lifetime,
    bearer: holder === undefined,
    receipts: receiptKey !== undefined,
    release: false,
  };
}
