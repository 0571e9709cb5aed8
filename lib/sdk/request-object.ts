import { toSeconds } from '../core/index.ts';
import type { RequestSigning } from '../protocols/verifying/index.ts';
import { REQUEST_OBJECT_TYPE, requestSigner, signRequest, signedClaims } from '../protocols/verifying/index.ts';
import { mistake } from './caller.ts';
import type { RequestSession } from './request-session.ts';
import { assertSession } from './request-session.ts';

export interface RequestObjectOptions {
  /** As `createRequest` was given it. */
  readonly signing: RequestSigning;
  /** The body of a POST, a form; absent for a GET. */
  readonly body?: string;
}

/** What to answer a wallet with. */
export interface RequestObjectReply {
  readonly status: 200;
  readonly headers: { readonly 'Content-Type': string; readonly 'Cache-Control': string };
  readonly body: string;
}

const MAX_NONCE = 512;

/**
 * What your server answers at `requestUri`, to a GET and to a POST (OpenID4VP 1.0 §5.10): the request, signed, with the
 * wallet's own nonce where it sent one.
 * @throws SignetError bad_request: answer 400
 */
export async function requestObject(
  session: RequestSession,
  { signing, body = '' }: RequestObjectOptions,
): Promise<RequestObjectReply> {
  assertSession(session);
  const signer = await requestSigner(signing);
  if (session.transport !== 'link' || !session.audiences.includes(signer.clientId)) {
    throw mistake('signing', 'This request is not one that is fetched, or was made for another signer.');
  }
  const times = signedClaims(toSeconds(session.issuedAt), toSeconds(session.expiresAt));
  const request = await signRequest({ ...session.params, ...times, ...walletNonce(body) }, signer);
  return {
    status: 200,
    headers: { 'Content-Type': `application/${REQUEST_OBJECT_TYPE}`, 'Cache-Control': 'no-store' },
    body: request,
  };
}

function walletNonce(body: string): { readonly wallet_nonce?: string } {
  const [nonce, ...more] = new URLSearchParams(body).getAll('wallet_nonce');
  if (nonce === undefined) return {};
  if (more.length > 0 || nonce === '' || nonce.length > MAX_NONCE || !nonce.isWellFormed()) {
    throw mistake('body', 'The wallet’s nonce is none.');
  }
  return { wallet_nonce: nonce };
}
