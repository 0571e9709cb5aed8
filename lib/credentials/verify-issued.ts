import type { Clock, Origin } from '../core/index.ts';
import { SignetError, canonicalJson, toSeconds } from '../core/index.ts';
import type { CredentialClaim } from './claim-inventory.ts';
import { inventoryClaims } from './claim-inventory.ts';
import type { IssuerKeyResolver } from './issuer-keys.ts';
import { isOfOrigin } from './issuer-keys.ts';
import type { Certificate, CredentialFacts, PublicJwk, SdJwt } from './verifying/index.ts';
import {
  SD_JWT_VC_TYPE,
  isSignedBy,
  isSupportedAlgorithm,
  jwkThumbprint,
  outOfTime,
  parseSdJwt,
  readCredentialFacts,
} from './verifying/index.ts';

export interface IssuanceExpectations {
  /** The origin the person agreed to receive from. */
  readonly issuer: Origin;
  /** The `vct` the issuer offered. */
  readonly vct: string;
  /** The key this instance was asked for. */
  readonly holder: PublicJwk;
  readonly resolveKeys: IssuerKeyResolver;
  readonly clock: Clock;
}

declare const verified: unique symbol;

/** A credential that its issuer signed for one of our keys, checked. Only `verifyIssuedCredential` makes one. */
export interface IssuedCredential {
  readonly sdJwt: SdJwt;
  readonly facts: CredentialFacts;
  readonly claims: readonly CredentialClaim[];
  /** The origin it was received from. What it calls its issuer is in the facts: that, an address of it, or a DID. */
  readonly origin: Origin;
  /** The certificates that its issuer's key came by, the leaf first; absent where it came by none. */
  readonly chain?: readonly [Certificate, ...Certificate[]];
  /** Whether somebody the person trusts vouches for the issuer. */
  readonly vouched: boolean;
  readonly [verified]: true;
}

const refused = (message: string, field: string, cause?: unknown): SignetError =>
  new SignetError('credential_refused', message, { field, cause });

/**
 * Accepts a freshly issued SD-JWT VC: media type, structure, `iss`, `vct`, times (30 s skew), `cnf` and the issuer's
 * signature (SD-JWT VC §3.4).
 * @param text the compact SD-JWT, without key binding, from the issuer
 * @throws SignetError credential_refused, naming the part that is wrong; what the key resolver throws
 */
export async function verifyIssuedCredential(text: string, expected: IssuanceExpectations): Promise<IssuedCredential> {
  const { sdJwt, facts } = read(text);
  const { header } = sdJwt.issuerJwt;
  if (header['typ'] !== SD_JWT_VC_TYPE) throw refused('The credential is of another media type.', 'typ');
  if (sdJwt.keyBinding !== undefined) throw refused('The credential already has a key binding.', 'kb_jwt');
  if (!isOfOrigin(facts.issuer, expected.issuer)) throw refused('The credential names another issuer.', 'iss');
  if (facts.vct !== expected.vct) throw refused('The credential is not of the type that was offered.', 'vct');
  assertInTime(facts, expected.clock);
  assertHeldBy(facts, expected.holder);
  if (!isSupportedAlgorithm(header['alg'])) throw refused('The signature algorithm is not supported.', 'alg');
  const { keys, vouched, chain } = await expected.resolveKeys(sdJwt.issuerJwt);
  if (!(await isSignedBy(sdJwt.issuerJwt, keys)))
    throw refused('The issuer did not sign this credential.', 'signature');
  const issued = {
    ...{ sdJwt, facts, vouched },
    claims: inventoryClaims(sdJwt),
    origin: expected.issuer,
    ...(chain === undefined ? {} : { chain }),
  };
  return issued as IssuedCredential; // every check above is what the brand stands for
}

function read(text: string): { readonly sdJwt: SdJwt; readonly facts: CredentialFacts } {
  try {
    const sdJwt = parseSdJwt(text);
    canonicalJson(sdJwt.claims); // what JSON cannot say again, such as half a surrogate pair, cannot be stored
    return { sdJwt, facts: readCredentialFacts(sdJwt) };
  } catch (error) {
    const { message, field } = SignetError.from(error);
    throw refused(message, field ?? 'credential', error);
  }
}

function assertInTime(facts: CredentialFacts, clock: Clock): void {
  const problem = outOfTime(facts, toSeconds(clock()));
  if (problem === 'expired') throw refused('The credential has already expired.', 'exp');
  if (problem === 'not_yet_valid') throw refused('The credential is not valid yet.', facts.notBefore ? 'nbf' : 'iat');
}

function assertHeldBy({ holder }: CredentialFacts, expected: PublicJwk): void {
  if (holder === undefined || jwkThumbprint(holder) !== jwkThumbprint(expected)) {
    throw refused('The credential is bound to another key.', 'cnf');
  }
}
