import { sha256 } from '@noble/hashes/sha2.js';
import type { AuthorityOffer, CapabilityTerms, HeldOffer } from '../../capabilities/index.ts';
import {
  audienceKeySeed,
  claimsOf,
  isGranted,
  listHeldOffers,
  readOffer,
  signingKeyOf,
  stands,
} from '../../capabilities/index.ts';
import type { Origin } from '../../core/index.ts';
import { SignetError, canonicalJsonBytes, toBase64url } from '../../core/index.ts';
import type { VaultReader } from '../../vault/index.ts';
import type { TokenCall } from './capability-call.ts';

/** An accepted offer of an authority's, under which a token would be shown. */
export interface FittingStanding {
  readonly held: HeldOffer;
  readonly offer: AuthorityOffer;
}

/** How a token would look, and what it could be shown with. */
export interface CapabilityPlan {
  readonly call: TokenCall;
  /** Oldest first. */
  readonly standings: readonly FittingStanding[];
  /** What will be signed, but for its id, its times and a budget's commitment: JSON, indented. */
  readonly raw: string;
  /** base64url SHA-256 of all of it. How limits stand is no part: it moves, and is decided when the token is released. */
  readonly digest: string;
}

/** A token for the page of an origin. */
export interface PlannedFor {
  readonly call: TokenCall;
  readonly origin: Origin;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** @throws SignetError vault_damaged */
export async function planCapability(reader: VaultReader, planned: PlannedFor): Promise<CapabilityPlan> {
  const { call, origin, now } = planned;
  const standings = await fittingStandings(reader, planned);
  using seed = audienceKeySeed(reader.keys.identity, origin);
  const claims = claimsOf(draftOf(call, origin), signingKeyOf(seed), now);
  const { iss, sub, aud, cnf, spl } = claims;
  const budget = call.steps === undefined ? {} : { budget_chain: { ...call.steps, currency: call.money?.currency } };
  const signed = { iss, sub, aud, ...(cnf === undefined ? {} : { cnf }), spl: { ...spl, ...budget } };
  const { lifetime, receiptKey = '' } = call;
  const shown = { signed, lifetime, receiptKey, standings: standings.map(({ held }) => held.hash) };
  return {
    ...{ call, standings },
    raw: JSON.stringify(signed, null, 2),
    digest: toBase64url(sha256(canonicalJsonBytes(shown))),
  };
}

/** What a token of a call says. @param commitment base64url, of a budget */
export const draftOf = (call: TokenCall, origin: Origin, commitment?: string) => ({
  audience: origin,
  ...(call.holder === undefined ? {} : { holder: call.holder }),
  lifetime: call.lifetime,
  terms: termsOf(call, commitment),
});

function termsOf({ kind, purpose, money, oneTime, steps }: TokenCall, commitment: string | undefined): CapabilityTerms {
  return {
    permissions: [kind],
    ...(money === undefined ? {} : { max_amount: money.amount, currency: money.currency }),
    unit: 'minor',
    one_time: oneTime,
    purpose,
    ...(steps === undefined || money === undefined || commitment === undefined
      ? {}
      : { budget_chain: { ...steps, commitment, currency: money.currency } }),
  };
}

/**
 * Accepted offers whose grants cover the whole of a token. What a grant's own policy says is decided with each use: it
 * is shown, and not asked here.
 */
async function fittingStandings(
  reader: VaultReader,
  { call, origin, now }: PlannedFor,
): Promise<readonly FittingStanding[]> {
  const accepted = (await listHeldOffers(reader)).filter((held) => stands(held, now));
  if (accepted.length === 0) return [];
  using seed = audienceKeySeed(reader.keys.identity, origin);
  const leaf = claimsOf(draftOf(call, origin), signingKeyOf(seed), now);
  const { kind, purpose, money } = call;
  const use = { action: kind, ...money, audience: origin, purpose, now };
  const asked = {
    leaf,
    ...(money === undefined ? {} : { total: money.amount }),
    decide: () => ({ allowed: true }) as const,
  };
  return accepted
    .map((held) => ({ held, offer: readOffer(held.text) }))
    .filter(({ offer }) => isGranted(offer.claims.grants, use, asked));
}

/**
 * What the person wants to be shown with a token: by default the first that fits.
 * @param chosen the `jti` of an offer; `none`: nothing
 * @throws SignetError changed where it does not fit any more
 */
export function standingOf({ standings }: CapabilityPlan, chosen: string | undefined): FittingStanding | undefined {
  if (chosen === 'none') return undefined;
  if (chosen === undefined) return standings[0];
  const found = standings.find(({ held }) => held.jti === chosen);
  if (found === undefined)
    throw new SignetError('changed', 'This permission does not stand any more. Please look again.');
  return found;
}
