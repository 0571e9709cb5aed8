import type {
  ConsumptionLedger,
  DecidePolicy,
  IntendedUse,
  PublicPaserk,
  ReplayStore,
  TrustedAuthority,
  Unit,
} from '../capabilities/checking.ts';
import { isPublicPaserk, parseUnit } from '../capabilities/checking.ts';
import { isJsonObject, toMinorUnits } from '../core/index.ts';
import { mistake, readAudience, readNow } from './caller.ts';

/** Whose capabilities a merchant takes: one wallet's, or those of everybody under an authority. */
export type AuthorityIssuer =
  /** A wallet's key for this merchant (PASERK, `k4.public.…`), pinned. */
  | { readonly key: string }
  | {
      /** The origin of an authority: a bank, an employer. */
      readonly authority: string;
      /** Its keys by value (PASERK, `k4.public.…`). */
      readonly keys: readonly string[];
      /** Keys of others who have to stand by each of its offers. */
      readonly coSigners?: readonly string[];
      /** Whether it took the offer with this `jti` back, as far as the merchant knows. Absent: nobody is asked. */
      readonly isRevoked?: (jti: string) => boolean | Promise<boolean>;
    };

/** The holder's proof, and what the merchant saw of the request that it came with. */
export interface ProofContext {
  /** As it came. */
  readonly proof: string;
  readonly method: string;
  readonly url: string;
  /** The one that the merchant gave for this use: base64url, at least 16 random bytes, never accepted twice. */
  readonly nonce: string;
  /** The body of the request; absent where there was none. */
  readonly body?: Uint8Array;
  readonly replay: ReplayStore;
}

/** What a merchant is about to do, and what it decides with. Amounts in major units, as people write them. */
export interface AuthorityContext {
  readonly action: string;
  /** A whole number or a decimal string: 150 and "150.00" are $150.00. Absent where no money moves. */
  readonly amount?: number | string;
  /** ISO 4217; with `amount`. */
  readonly currency?: string;
  /** Your origin; a bare host means its https origin. */
  readonly audience: string;
  readonly issuers: readonly AuthorityIssuer[];
  /** What was shown beside the token: an authority's offer and its acceptance. */
  readonly standing?: string;
  /** Needed for every token that is bound to a key. */
  readonly proof?: ProofContext;
  /** Needed for every token that is one-time, has a budget, or may take money at all. */
  readonly ledger?: ConsumptionLedger;
  /** Decides policies. Default: the Safe Policy Language, read strictly. */
  readonly decide?: DecidePolicy;
  /** As it came with a token that hides its clauses: the one that is for you, opened. */
  readonly clause?: string;
  /** As it came with a token that has a budget: the unit that pays for this, and for all that you took before. */
  readonly unit?: string;
  /**
   * The last unit of this token that was allowed here, as you kept it with the token's `jti`: saves the hashes up to it,
   * one for each unit from the start. Never what was sent to you. Whether units were taken before, the ledger knows.
   */
  readonly lastUnit?: string;
  /** Your own name for yourself, as tokens may state it. */
  readonly merchant?: string;
  /** What it is for; compared where you say it. */
  readonly purpose?: string;
  /** Who has to be the agent, by its key's thumbprint or by the name that the wallet gave; compared where you say it. */
  readonly agent?: string;
  /** Default: the clock. 30 s of skew. */
  readonly now?: Date;
}

/** An authority and how to ask it. */
export interface AskedAuthority extends TrustedAuthority {
  readonly isRevoked?: (jti: string) => boolean | Promise<boolean>;
}

/** The merchant's side, checked before a stranger's token is looked at. */
export interface AuthorityQuestion {
  readonly use: IntendedUse;
  readonly pinned: readonly PublicPaserk[];
  readonly authorities: readonly AskedAuthority[];
  /** The last unit that was verified, where the merchant keeps them. */
  readonly last?: Unit;
  readonly context: AuthorityContext;
}

/** @throws SignetError bad_request naming the member that is wrong */
export function readAuthorityContext(value: unknown): AuthorityQuestion {
  if (!isJsonObject(value)) throw mistake('context', 'checkAuthority needs to know what is to be done.');
  const context = value as unknown as AuthorityContext; // the shape that its type promises; what is decided with is checked
  if (typeof context.action !== 'string' || context.action === '') throw mistake('action', 'action must name one.');
  const issuers: unknown = context.issuers;
  if (!Array.isArray(issuers) || issuers.length === 0) {
    throw mistake('issuers', 'issuers must name at least one wallet or authority.');
  }
  const read = (issuers as readonly unknown[]).map(readIssuer);
  assertDeciders(context);
  return {
    use: readUse(context),
    pinned: read.flatMap((issuer) => (typeof issuer === 'string' ? [issuer] : [])),
    authorities: read.filter((issuer) => typeof issuer !== 'string'),
    ...(context.lastUnit === undefined ? {} : { last: readLastUnit(context.lastUnit) }),
    context,
  };
}

/** What cannot do its part is found before a token is taken, not after it was counted. */
function assertDeciders({ ledger, decide, proof }: AuthorityContext): void {
  if (ledger !== undefined && !can(ledger, 'consume')) throw mistake('ledger', 'ledger must be able to consume.');
  if (proof !== undefined && !(isJsonObject(proof) && can(proof.replay, 'remember'))) {
    throw mistake('proof', 'proof must come with a replay store.');
  }
  if (decide !== undefined && typeof decide !== 'function') throw mistake('decide', 'decide must be a function.');
}

function readLastUnit(text: string): Unit {
  try {
    return parseUnit(text);
  } catch {
    throw mistake('lastUnit', 'lastUnit must be a unit that was allowed before.');
  }
}

const can = (part: unknown, method: string): boolean =>
  typeof part === 'object' && part !== null && typeof Reflect.get(part, method) === 'function';

function readIssuer(issuer: unknown): PublicPaserk | AskedAuthority {
  if (!isJsonObject(issuer)) throw mistake('issuers', 'An issuer is a key, or an authority with keys.');
  if (Object.hasOwn(issuer, 'key')) return readKey(issuer['key']);
  const { authority, keys, coSigners, isRevoked } = issuer as { readonly [K in Named]?: unknown }; // looked at below
  if (isRevoked !== undefined && typeof isRevoked !== 'function') {
    throw mistake('issuers', 'isRevoked must be a function.');
  }
  return {
    authority: readAudience(authority),
    keys: readKeys(keys),
    ...(coSigners === undefined ? {} : { coSigners: readKeys(coSigners) }),
    // A function; that it answers as its type says is checked where it is asked.
    ...(isRevoked === undefined ? {} : { isRevoked: isRevoked as NonNullable<AskedAuthority['isRevoked']> }),
  };
}

type Named = 'authority' | 'keys' | 'coSigners' | 'isRevoked';

function readKeys(keys: unknown): readonly PublicPaserk[] {
  if (!Array.isArray(keys) || keys.length === 0) throw mistake('issuers', 'An authority needs its keys by value.');
  return keys.map(readKey);
}

function readKey(key: unknown): PublicPaserk {
  if (!isPublicPaserk(key)) throw mistake('issuers', 'A key of an issuer must be a k4.public PASERK.');
  return key;
}

const NAMES = ['merchant', 'purpose', 'agent'] as const;

function readUse(context: AuthorityContext): IntendedUse {
  const { action, amount, currency, audience, now } = context;
  if ((amount === undefined) !== (currency === undefined)) {
    throw mistake('currency', 'amount and currency go together.');
  }
  for (const name of NAMES) {
    if (!['string', 'undefined'].includes(typeof context[name])) throw mistake(name, `${name} must be text.`);
  }
  const money =
    amount === undefined || currency === undefined ? {} : { amount: toMinorUnits(amount, currency), currency };
  const named = Object.fromEntries(
    NAMES.flatMap((name) => (context[name] === undefined ? [] : [[name, context[name]]])),
  );
  return { action, ...money, audience: readAudience(audience), ...named, now: readNow(now) };
}
