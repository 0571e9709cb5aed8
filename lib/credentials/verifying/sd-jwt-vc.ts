import type { Json } from '../../core/index.ts';
import { SignetError, isJsonObject } from '../../core/index.ts';
import { certifiedIssuer, parseCertificates } from './certificate.ts';
import type { PublicJwk } from './public-jwk.ts';
import { readPublicJwk } from './public-jwk.ts';
import type { SdJwt } from './sd-jwt.ts';

/** What an SD-JWT VC says about itself (SD-JWT VC §3.2.2.2). Times are seconds since the epoch. Nothing is verified. */
export interface CredentialFacts {
  /** `iss`; or, where there is none, what the certificate it is signed with names. */
  readonly issuer: string;
  readonly vct: string;
  readonly issuedAt?: number;
  readonly notBefore?: number;
  readonly expiresAt?: number;
  /** The key its holder must prove, where it is bound to one Signet can check. */
  readonly holder?: PublicJwk;
  /** Whether it can be revoked: somebody would have to be asked. */
  readonly hasStatus: boolean;
}

export const SD_JWT_VC_TYPE = 'dc+sd-jwt';

/** Seconds that clocks may differ by. */
export const CLOCK_SKEW = 30;

/** Claims that may never be selectively disclosed (SD-JWT VC §3.2.2.2). */
const ALWAYS_SENT = new Set(['iss', 'nbf', 'exp', 'cnf', 'vct', 'vct#integrity', 'aka_vcts', 'status']);

/**
 * Reads the registered claims of an SD-JWT VC.
 * @throws SignetError bad_request, naming the claim that is missing, of the wrong type, or hidden in a disclosure
 */
export function readCredentialFacts(sdJwt: SdJwt): CredentialFacts {
  const { payload } = sdJwt.issuerJwt;
  for (const { path, name } of sdJwt.disclosures) {
    if (name !== undefined && ALWAYS_SENT.has(String(path[0]))) throw refused(name, 'is selectively disclosable');
  }
  const cnf = payload['cnf'];
  const holder = isJsonObject(cnf) ? readPublicJwk(cnf['jwk']) : undefined;
  return {
    issuer: issuerOf(sdJwt),
    vct: text(payload['vct'], 'vct'),
    ...optional('issuedAt', time(payload['iat'], 'iat')),
    ...optional('notBefore', time(payload['nbf'], 'nbf')),
    ...optional('expiresAt', time(payload['exp'], 'exp')),
    ...optional('holder', holder),
    hasStatus: payload['status'] !== undefined,
  };
}

/** Without `iss`, the issuer is the subject of the leaf of `x5c` (SD-JWT VC §2.5). */
function issuerOf({ issuerJwt: { header, payload } }: SdJwt): string {
  if (payload['iss'] !== undefined || header['x5c'] === undefined) return text(payload['iss'], 'iss');
  const [leaf] = parseCertificates(header['x5c']);
  return text(certifiedIssuer(leaf), 'iss');
}

/** Whether a credential is out of its time. @param now seconds since the epoch */
export function outOfTime(facts: CredentialFacts, now: number): 'not_yet_valid' | 'expired' | undefined {
  const { issuedAt = 0, notBefore = 0, expiresAt = Infinity } = facts;
  if (Math.max(issuedAt, notBefore) > now + CLOCK_SKEW) return 'not_yet_valid';
  return expiresAt <= now - CLOCK_SKEW ? 'expired' : undefined;
}

const refused = (field: string, problem: string): SignetError =>
  new SignetError('bad_request', `The credential's ${field} ${problem}.`, { field });

function text(value: Json | undefined, field: string): string {
  if (typeof value !== 'string' || value === '') throw refused(field, 'is missing or not text');
  return value;
}

function time(value: Json | undefined, field: string): number | undefined {
  if (value === undefined) return undefined;
  if (typeof value !== 'number' || !Number.isFinite(value)) throw refused(field, 'is not a time');
  return value;
}

const optional = <K extends string, V>(key: K, value: V | undefined): { readonly [P in K]?: V } =>
  value === undefined ? {} : ({ [key]: value } as { readonly [P in K]: V }); // a computed key widens to string
