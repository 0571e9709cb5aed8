import { SignetError } from '../core/index.ts';
import { parseSdJwt, readCredentialFacts } from '../credentials/verifying/index.ts';
import type { Format } from '../provider/types.ts';
import { isOtherFormat } from './format.ts';

/** What a credential or presentation says. Nothing in it is known to be true. */
export interface ParsedCredential {
  readonly format: Format;
  readonly issuer: string;
  readonly type: string;
  readonly issuedAt: Date | undefined;
  readonly notBefore: Date | undefined;
  readonly expires: Date | undefined;
  /** All claims that can be seen, registered ones included. */
  readonly claims: Readonly<Record<string, unknown>>;
  /** Paths of what was selectively disclosed. */
  readonly disclosed: readonly (readonly (string | number)[])[];
  /** The key binding of a presentation. */
  readonly binding: { readonly audience: unknown; readonly nonce: unknown; readonly issuedAt: unknown } | undefined;
}

/**
 * Reads a credential or presentation without verifying it: for logs and error messages. To believe it, use `verify`.
 * @throws SignetError unsupported for another format; bad_request, naming the part, where it is malformed
 * @example
 * const b64 = (value: object) => btoa(JSON.stringify(value)).replaceAll('=', '');
 * const payload = { iss: 'https://issuer.example', vct: 'https://issuer.example/age', age_over_21: true };
 * const credential = parseCredential(`${b64({ alg: 'ES256', typ: 'dc+sd-jwt' })}.${b64(payload)}.AAAA~`);
 * credential.issuer; // 'https://issuer.example'
 * credential.claims['age_over_21']; // true
 */
export function parseCredential(token: string): ParsedCredential {
  if (typeof token !== 'string') throw new SignetError('bad_request', 'token must be text.', { field: 'token' });
  if (isOtherFormat(token)) {
    throw new SignetError('unsupported', 'The credential is of a format that is not supported.', { field: 'token' });
  }
  const sdJwt = parseSdJwt(token);
  const facts = readCredentialFacts(sdJwt);
  const binding = sdJwt.keyBinding?.payload;
  return {
    format: 'dc+sd-jwt',
    issuer: facts.issuer,
    type: facts.vct,
    issuedAt: dateOf(facts.issuedAt),
    notBefore: dateOf(facts.notBefore),
    expires: dateOf(facts.expiresAt),
    claims: sdJwt.claims,
    disclosed: sdJwt.disclosures.map(({ path }) => path),
    binding: binding && { audience: binding['aud'], nonce: binding['nonce'], issuedAt: binding['iat'] },
  };
}

const dateOf = (seconds: number | undefined): Date | undefined =>
  seconds === undefined ? undefined : new Date(seconds * 1000);
