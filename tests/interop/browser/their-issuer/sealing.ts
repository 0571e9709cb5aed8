import { CompactEncrypt, compactDecrypt, importJWK } from 'jose';
import type { JWK } from 'jose';
import type { Received, Reply } from '../../../e2e/setup/harness.ts';
import type { Members } from '../foreign-verifier.ts';
import type { House } from './house.ts';
import { json } from './wire.ts';

/** @throws Error where it came in the clear and should not have, or the other way round */
export async function unsealed({ terms, keys }: House, { headers, body }: Received): Promise<Members> {
  const isSealed = headers['content-type'] === 'application/jwt';
  if (isSealed !== (terms.encrypted === true)) throw new Error('encrypted or not: not as the metadata says');
  if (!isSealed) return JSON.parse(body) as Members; // the library looks
  const { plaintext } = await compactDecrypt(body, keys.encryption.privateKey);
  return JSON.parse(Buffer.from(plaintext).toString()) as Members; // as above
}

/** The answer to a request, encrypted to the key in it where the issuer's metadata promises that. */
export async function sealed({ terms }: House, response: object, request: Members, status = 200): Promise<Reply> {
  if (terms.encrypted !== true) return json(response, status);
  const wanted = request['credential_response_encryption'] as { jwk: JWK; enc: string }; // or the library refused it
  const { kid, alg = '' } = wanted.jwk;
  const body = await new CompactEncrypt(Buffer.from(JSON.stringify(response)))
    .setProtectedHeader({ alg, enc: wanted.enc, ...(kid !== undefined && { kid }) })
    .encrypt(await importJWK(wanted.jwk, alg));
  return { status, headers: { 'content-type': 'application/jwt' }, body };
}
