import type { Json } from '../../core/index.ts';
import { SignetError, toSeconds } from '../../core/index.ts';
import type { Certificate, Jws } from '../../credentials/index.ts';
import {
  CLOCK_SKEW,
  certificateKey,
  isNamedBy,
  isSignedBy,
  parseCertificates,
  parseJws,
  validateChain,
} from '../../credentials/index.ts';

export const SIGNED_METADATA_TYPE = 'openidvci-issuer-metadata+jwt';

const MAX_LENGTH = 1_000_000;
const FIELD = 'signed issuer metadata';

/**
 * Metadata that its issuer signed (OpenID4VCI 1.0 §12.2.3): type, algorithm, signature by the leaf of `x5c`, whom the
 * leaf names, `sub` and times. It may be used only where somebody vouches for the leaf.
 * @param jwt compact JWS
 * @param expected `credentialIssuer`, whose it must be; `anchors`, who may vouch; `now` in milliseconds
 * @returns the metadata, and whether one of the anchors vouches for who signed it
 * @throws SignetError issuer_refused, naming what is wrong
 */
export async function openSignedMetadata(
  jwt: string,
  expected: {
    readonly credentialIssuer: string;
    readonly anchors: readonly Certificate[];
    readonly now: number;
  },
): Promise<{ readonly metadata: Json; readonly vouched: boolean }> {
  const { jws, chain } = parse(jwt);
  const { header, payload } = jws;
  if (header['typ'] !== SIGNED_METADATA_TYPE) throw refused('is of another type', 'typ');
  if (payload['sub'] !== expected.credentialIssuer) throw refused('is about another issuer', 'sub');
  assertInTime(payload, toSeconds(expected.now));
  const [leaf] = chain;
  if (!isNamedBy(leaf, expected.credentialIssuer)) throw refused('is signed in another name', 'x5c');
  const key = await certificateKey(leaf);
  if (key === undefined || !(await isSignedBy(jws, [key]))) throw refused('is not signed by who it says', 'signature');
  return { metadata: payload, vouched: await validateChain(chain, expected.anchors, expected.now) };
}

function parse(jwt: string): { readonly jws: Jws; readonly chain: readonly [Certificate, ...Certificate[]] } {
  try {
    const jws = parseJws(jwt, FIELD, MAX_LENGTH);
    return { jws, chain: parseCertificates(jws.header['x5c']) };
  } catch (cause) {
    const { field = 'jwt' } = SignetError.from(cause);
    throw refused('cannot be read', field, cause);
  }
}

function assertInTime({ iat, exp }: Jws['payload'], now: number): void {
  if (typeof iat !== 'number' || iat > now + CLOCK_SKEW) throw refused('is not from the past', 'iat');
  if (exp !== undefined && (typeof exp !== 'number' || exp < now - CLOCK_SKEW)) throw refused('has expired', 'exp');
}

const refused = (problem: string, field: string, cause?: unknown): SignetError =>
  new SignetError('issuer_refused', `The issuer’s signed metadata ${problem}.`, { field: `${FIELD}.${field}`, cause });
