import type { Origin } from '../../core/index.ts';
import { SignetError } from '../../core/index.ts';
import { parseInstant } from '../instant.ts';
import type { PublicPaserk } from '../paseto/index.ts';
import { paserkOfJwk } from '../paseto/index.ts';
import { TOKEN_SKEW } from '../token/index.ts';
import type { Acceptance } from './acceptance.ts';
import { isAcceptanceOf, readAcceptance } from './acceptance.ts';
import type { AuthorityOffer, TrustedAuthority } from './offer.ts';
import { isOfferBy, readOffer } from './offer.ts';

/** What stands between an offer and its acceptance, shown together beside a token. */
const SEPARATOR = '~';

/** Joins an offer and its acceptance into what is shown beside a token. */
export const joinStanding = (offer: string, acceptance: string): string => `${offer}${SEPARATOR}${acceptance}`;

export interface StandingExpectations {
  readonly trusted: readonly TrustedAuthority[];
  readonly audience: Origin;
  /** The key that signed the capability: it has to be the one that acts under the offer here. */
  readonly key: PublicPaserk;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

export type StandingVerdict =
  | { readonly stands: true; readonly offer: AuthorityOffer; readonly authority: TrustedAuthority }
  /** Why not, in one sentence. */
  | { readonly stands: false; readonly detail: string };

const refuse = (detail: string): StandingVerdict => ({ stands: false, detail });

/**
 * Whether a wallet's key stands under a trusted authority: an offer of that authority, accepted by the person it was
 * made to, before this audience and for this key, in time.
 * @param standing offer and acceptance joined by `~`; from a stranger
 */
export async function verifyStanding(standing: string, expected: StandingExpectations): Promise<StandingVerdict> {
  const read = readStanding(standing);
  if ('stands' in read) return read;
  const { offer, acceptance } = read;
  const authority = expected.trusted.find((one) => one.authority === offer.claims.iss);
  if (authority === undefined) return refuse('Nobody you trust made the offer.');
  if (!(await isOfferBy(offer, authority))) return refuse('The authority did not sign the offer, or not all who must.');
  if (!(await isAcceptanceOf(acceptance, offer))) return refuse('The person did not accept this offer.');
  return refuseAcceptance(read, expected) ?? { stands: true, offer, authority };
}

interface Pair {
  readonly offer: AuthorityOffer;
  readonly acceptance: Acceptance;
}

function readStanding(standing: string): Pair | StandingVerdict {
  const [offer = '', acceptance = '', ...more] = standing.split(SEPARATOR, 3);
  if (more.length > 0) return refuse('What is shown beside the token is more than an offer and its acceptance.');
  try {
    return { offer: readOffer(offer), acceptance: readAcceptance(acceptance) };
  } catch (error) {
    return refuse(`What is shown beside the token cannot be read: ${SignetError.from(error).message}`);
  }
}

function refuseAcceptance({ offer, acceptance }: Pair, expected: StandingExpectations): StandingVerdict | undefined {
  const { aud, iss, cnf, iat, exp } = acceptance.claims;
  if (aud !== expected.audience) return refuse('The offer was accepted before another audience.');
  const acting = cnf === undefined ? iss : paserkOfJwk(cnf.jwk);
  if (acting !== expected.key) return refuse('The token was signed with another key than the accepted one.');
  const isOfferLive = isWithin(offer.claims.nbf, offer.claims.exp, expected.now);
  return isOfferLive && isWithin(iat, exp, expected.now) ? undefined : refuse('The offer is out of its time.');
}

function isWithin(start: string, end: string, now: number): boolean {
  const [from, to] = [Number(parseInstant(start)), Number(parseInstant(end))];
  return now >= from - TOKEN_SKEW * 1000 && now < to + TOKEN_SKEW * 1000;
}
