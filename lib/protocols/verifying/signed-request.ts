import type { JsonObject } from '../../core/index.ts';
import { SignetError, canonicalJsonBytes, toBase64url, utf8 } from '../../core/index.ts';
import { isSignedBy, parseJws } from '../../credentials/verifying/index.ts';
import type { RequestSigner } from './request-signer.ts';

/** `typ` of a request object (RFC 9101 §10.8). */
export const REQUEST_OBJECT_TYPE = 'oauth-authz-req+jwt';

/** A request that several sign, each as another client (RFC 7515 §7.2.1, OpenID4VP 1.0 A.3.2.2). */
export interface MultisignedRequest {
  readonly payload: string;
  readonly signatures: readonly { readonly protected: string; readonly signature: string }[];
}

/**
 * A request object in compact form (RFC 9101 §4).
 * @param params of the request, without `client_id`, which is added
 * @throws SignetError bad_request, field `signing`, where the key is not the one that its certificate or DID names
 */
export async function signRequest(params: JsonObject, signer: RequestSigner): Promise<string> {
  const payload = encode({ ...params, client_id: signer.clientId });
  const { protected: header, signature } = await signPayload(payload, {}, signer);
  return `${header}.${payload}.${signature}`;
}

/**
 * One request for several trust frameworks. Who asks stands in each protected header alone.
 * @param params of the request, without `client_id`
 * @throws SignetError as `signRequest`
 */
export async function multisignRequest(
  params: JsonObject,
  signers: readonly RequestSigner[],
): Promise<MultisignedRequest> {
  const payload = encode(params);
  const signatures = await Promise.all(
    signers.map((signer) => signPayload(payload, { client_id: signer.clientId }, signer)),
  );
  return { payload, signatures };
}

async function signPayload(
  payload: string,
  more: JsonObject,
  { header, publicKey, sign }: RequestSigner,
): Promise<MultisignedRequest['signatures'][number]> {
  const protectedHeader = encode({ ...header, ...more, typ: REQUEST_OBJECT_TYPE });
  const signature = toBase64url(await sign(utf8(`${protectedHeader}.${payload}`)));
  const jws = parseJws(`${protectedHeader}.${payload}.${signature}`, 'signing');
  if (publicKey !== undefined && !(await isSignedBy(jws, [publicKey]))) {
    throw new SignetError('bad_request', 'signing.key is not the key of its certificate, DID or attestation.', {
      field: 'signing',
    });
  }
  return { protected: protectedHeader, signature };
}

const encode = (value: JsonObject): string => toBase64url(canonicalJsonBytes(value));
