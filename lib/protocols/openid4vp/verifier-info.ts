import * as v from 'valibot';
import type { Json, JsonObject } from '../../core/index.ts';
import { displayText, isJsonObject } from '../../core/index.ts';
import type { Certificate, Jws } from '../../credentials/verifying/index.ts';
import { distinguishedName, parseCertificates, parseJws, validateChain } from '../../credentials/verifying/index.ts';
import { isSignedByCertificate } from '../jose/index.ts';
import { identifier, read } from '../openid4vci/reading.ts';
import { assertBounded } from './bounds.ts';
import { isInTime, readTimes } from './times.ts';

/** One attestation about the verifier (OpenID4VP 1.0 §5.11), as it came. */
export interface VerifierInfo {
  readonly format: string;
  readonly data: string | JsonObject;
  /** Ids of the DCQL credentials that it is about; absent: all. */
  readonly credentialIds?: readonly string[];
}

/** An attestation that was looked at; unverified, it is somebody's word and nothing more. */
export interface CheckedInfo extends VerifierInfo {
  /** Signed under an anchor of the person's, in time, and about this client. */
  readonly verified: boolean;
  /** Who attests it, in words, cleaned for display; only where it is verified. */
  readonly by?: string;
}

const MAX_INFOS = 16;
const LIMITS = { maxLength: 16_384, maxDepth: 16 } as const;

const Info = v.pipe(
  v.array(
    v.object({
      format: identifier(200),
      data: v.union([v.string(), v.custom<JsonObject>(isJsonObject)], 'must be text or an object'),
      credential_ids: v.optional(v.pipe(v.array(identifier(64)), v.minLength(1, 'must not be empty'), v.maxLength(64))),
    }),
    'must be a list',
  ),
  v.minLength(1, 'must not be empty'),
  v.maxLength(MAX_INFOS, `must hold at most ${MAX_INFOS} attestations`),
);

/**
 * Reads `verifier_info`.
 * @param value as it came; undefined: none
 * @throws SignetError bad_request, naming the field
 */
export function readVerifierInfo(value: Json | undefined): readonly VerifierInfo[] {
  if (value === undefined) return [];
  return read(Info, value, 'verifier_info', 'bad_request').map(({ format, data, credential_ids }, index) => {
    assertBounded(data, `verifier_info[${index}].data`, LIMITS);
    return { format, data, ...(credential_ids !== undefined && { credentialIds: credential_ids }) };
  });
}

/** Whom an attestation must be about, and what decides whether it counts. */
export interface InfoExpectations {
  /** Names the client goes by; one of them must be the attestation's `sub`. */
  readonly subjects: readonly string[];
  readonly anchors: readonly Certificate[];
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** Looks at attestations: those that do not check out stay, as unverified. Never throws because of what they hold. */
export async function checkVerifierInfo(
  infos: readonly VerifierInfo[],
  expected: InfoExpectations,
): Promise<readonly CheckedInfo[]> {
  return Promise.all(
    infos.map(async (info) => {
      const by = info.format === 'jwt' && typeof info.data === 'string' ? await attester(info.data, expected) : '';
      return by === '' ? { ...info, verified: false } : { ...info, verified: true, by };
    }),
  );
}

/** Who signed it, if all of it checks out, or else empty. */
async function attester(encoded: string, { subjects, anchors, now }: InfoExpectations): Promise<string> {
  const signed = readSigned(encoded);
  if (signed === undefined) return '';
  const { jws, chain } = signed;
  const { sub } = jws.payload;
  const isAbout = typeof sub === 'string' && subjects.includes(sub);
  const isSound =
    isAbout &&
    isInTime(readTimes(jws.payload), now) &&
    (await validateChain(chain, anchors, now)) &&
    (await isSignedByCertificate(jws, chain[0]));
  return isSound ? distinguishedName(chain[0].subject) || displayText(chain[0].dnsNames[0] ?? '?', 160) : '';
}

function readSigned(
  encoded: string,
): { readonly jws: Jws; readonly chain: readonly [Certificate, ...Certificate[]] } | undefined {
  try {
    const jws = parseJws(encoded, 'verifier_info', LIMITS.maxLength);
    return { jws, chain: parseCertificates(jws.header['x5c']) };
  } catch {
    return undefined; // what cannot be read is not verified, and shown as such
  }
}
