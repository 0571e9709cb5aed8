import type { JsonObject, Origin } from '../core/index.ts';
import { fromBase64url, isJsonObject, parseUrl, randomBytes, toBase64url, toSeconds } from '../core/index.ts';
import type { RequestSigner, RequestSigning } from '../protocols/verifying/index.ts';
import {
  createAnswerKey,
  dcApiParams,
  encodeTransaction,
  linkParams,
  linkToFetch,
  linkWithParams,
  linkWithRequest,
  multisignRequest,
  needsHolder,
  readTransaction,
  requestSigner,
  signRequest,
  signedClaims,
} from '../protocols/verifying/index.ts';
import type { ProofRequest } from '../provider/types.ts';
import type { AskedOfWallets, Query } from './asked-query.ts';
import { readQuery } from './asked-query.ts';
import { mistake, readAudience, readNow } from './caller.ts';
import type { RequestSession } from './request-session.ts';
import { WINDOW_SIGNET } from './request-session.ts';

interface AnyRequestOptions extends AskedOfWallets {
  /** base64url, at least 16 bytes, never used before. Default: a new one. */
  readonly nonce?: string;
  /**
   * What the person is to agree to with a credential: objects with a `type` and what that type has. `credential_ids`
   * names the credentials of the query it can be agreed to with; default: all of them.
   */
  readonly transactionData?: readonly JsonObject[];
  /** Have the answer encrypted to a key made for it. Default: true. */
  readonly encrypt?: boolean;
  /** Seconds until an answer is too late. Default: 600. */
  readonly expiresIn?: number;
  /** Default: the clock. */
  readonly now?: Date;
}

/** A request that a page makes of its visitor's wallet, whichever that is. */
export interface PageRequestOptions extends AnyRequestOptions {
  /** Default. */
  readonly transport?: 'dc_api';
  /** Yours, or several that one request may be made from; a bare host means its https origin. */
  readonly origin: string | readonly string[];
  /** Who asks, as wallets may check it; several for several trust frameworks. Absent: the origin is all they know. */
  readonly signing?: RequestSigning | readonly RequestSigning[];
  /** `false`: ask only wallets that check who signed. Default: ask the others too, after them. */
  readonly unsigned?: boolean;
  /** Why, in your words, at most 140 characters: asks `window.signet` too, where the browser can ask no wallet itself. */
  readonly purpose?: string;
}

/** A request that reaches a wallet by a link or a QR code, and is answered by a post to your server. */
export interface LinkRequestOptions extends AnyRequestOptions {
  readonly transport: 'link';
  /** https: where the wallet posts its answer. */
  readonly responseUri: string;
  /** https: where the wallet fetches the request, signed. Absent: the link holds the request. */
  readonly requestUri?: string;
  /** Who asks. Absent: whoever reads `responseUri`, and nobody can check it. */
  readonly signing?: RequestSigning;
  /** Where wallets are reached. Default: `openid4vp://`; or for example `haip-vp://`, or an https address of one wallet. */
  readonly wallet?: string;
}

/** For `navigator.credentials.get`, as it is; or for `askWallets`. */
export interface PageRequest {
  readonly mediation: 'required';
  /** In order of preference. */
  readonly digital: { readonly requests: readonly { readonly protocol: string; readonly data: JsonObject }[] };
  /** For `window.signet`, where you gave a purpose. A browser does not look at it. */
  readonly signet?: ProofRequest;
}

export interface LinkRequest {
  /** To show as a link, or as a QR code. */
  readonly link: string;
}

export interface CreatedRequest<R> {
  /** For the page: plain JSON. */
  readonly request: R;
  /** For your server alone. */
  readonly session: RequestSession;
}

/**
 * Writes a request that any wallet can answer: over the Digital Credentials API (OpenID4VP 1.0 Appendix A), or by a link
 * that is answered by a post (§8.2). The page gives `request` to `askWallets`; your server keeps `session` and gives it to
 * `verifyResponse` with the answer.
 * @throws SignetError bad_request on a mistake of the caller, naming the member; unsupported for what cannot be asked of
 *   any wallet (a range other than an age), or could not be verified here (a format other than `dc+sd-jwt`)
 * @example
 * const asked = { claims: 'age_over_21', types: ['https://issuer.example/age'], origin: 'shop.example' };
 * const { request, session } = await createRequest(asked);
 * request.digital.requests[0].protocol; // 'openid4vp-v1-unsigned'
 * request.digital.requests[0].data.nonce === session.nonce; // true
 * @example
 * const asked = { claims: 'age_over_21', types: ['https://issuer.example/age'], encrypt: false };
 * const { request } = await createRequest({ ...asked, transport: 'link', responseUri: 'https://shop.example/answer' });
 * request.link.startsWith('openid4vp://?response_type=vp_token&nonce='); // true
 */
export async function createRequest(options: PageRequestOptions): Promise<CreatedRequest<PageRequest>>;
export async function createRequest(options: LinkRequestOptions): Promise<CreatedRequest<LinkRequest>>;
export async function createRequest(
  options: PageRequestOptions | LinkRequestOptions,
): Promise<CreatedRequest<PageRequest | LinkRequest>> {
  if (!isJsonObject(options)) throw mistake('options', 'createRequest needs options.');
  const draft = await readDraft(options);
  return options.transport === 'link' ? forLink(draft, options) : forPage(draft, options);
}

/** What is the same whichever way a request goes. */
interface Draft extends Query {
  readonly id: string;
  readonly nonce: string;
  readonly transactions: readonly string[];
  readonly answerKey: JsonObject | undefined;
  readonly key: JsonObject | undefined;
  readonly signers: readonly RequestSigner[];
  /** Milliseconds since the epoch. */
  readonly issuedAt: number;
  readonly expiresAt: number;
}

async function readDraft(options: PageRequestOptions | LinkRequestOptions): Promise<Draft> {
  const { encrypt = true, expiresIn = 600, signing = [] } = options;
  if (typeof encrypt !== 'boolean') throw mistake('encrypt', 'encrypt is true or false.');
  if (!Number.isFinite(expiresIn) || expiresIn <= 0) throw mistake('expiresIn', 'expiresIn is a number of seconds.');
  const asked = readQuery(options);
  const transactions = readTransactions(options.transactionData ?? [], asked);
  const id = toBase64url(randomBytes(16));
  const key = encrypt ? await createAnswerKey(id) : undefined;
  const issuedAt = readNow(options.now);
  return {
    ...asked,
    ...{ id, transactions, issuedAt, expiresAt: issuedAt + expiresIn * 1000 },
    nonce: readNonce(options.nonce),
    answerKey: key?.publicJwk,
    key: key?.privateJwk,
    signers: await Promise.all([signing].flat().map(requestSigner)),
  };
}

function readNonce(nonce: unknown): string {
  if (nonce === undefined) return toBase64url(randomBytes(24));
  if (typeof nonce !== 'string' || !isBase64url(nonce, 16)) {
    throw mistake('nonce', 'nonce must be base64url of at least 16 random bytes.');
  }
  return nonce;
}

function isBase64url(text: string, bytes: number): boolean {
  try {
    return fromBase64url(text).length >= bytes;
  } catch {
    return false;
  }
}

function readTransactions(data: readonly JsonObject[], { query }: Query): readonly string[] {
  if (!Array.isArray(data)) throw mistake('transactionData', 'transactionData is a list of objects.');
  const holders = query.credentials.filter(needsHolder).map(({ id }) => id);
  const encoded = (data as readonly JsonObject[]).map((one) => {
    const encoded = encodeTransaction({ credential_ids: holders, ...one });
    if (!readTransaction(encoded).credentialIds.every((id) => holders.includes(id))) {
      throw mistake(
        'transactionData',
        'A transaction names a credential that is not asked for, or that needs no holder.',
      );
    }
    return encoded;
  });
  if (new Set(encoded).size < encoded.length) throw mistake('transactionData', 'Two transactions are the same.');
  return encoded;
}

const sessionOf = (
  draft: Draft,
  more: Pick<RequestSession, 'transport' | 'params' | 'audiences' | 'protocols'>,
): RequestSession => ({
  ...{ v: 1, id: draft.id, nonce: draft.nonce, query: draft.query },
  ...{ issuedAt: draft.issuedAt, expiresAt: draft.expiresAt },
  ...(draft.claims !== undefined && { claims: draft.claims }),
  ...(draft.key !== undefined && { key: draft.key }),
  ...more,
});

async function forPage(draft: Draft, options: PageRequestOptions): Promise<CreatedRequest<PageRequest>> {
  const origins = readOrigins(options.origin);
  const params = dcApiParams(draft);
  const signed = await signedRequests(draft, { ...params, expected_origins: origins });
  const { unsigned = true, purpose } = options;
  if (!unsigned && signed.length === 0) throw mistake('unsigned', 'Without signing there is only an unsigned request.');
  const requests = [...signed, ...(unsigned ? [{ protocol: 'openid4vp-v1-unsigned', data: params }] : [])];
  const signet = purpose === undefined ? undefined : forWindow(draft, purpose);
  return {
    request: { mediation: 'required', digital: { requests }, ...(signet !== undefined && { signet }) },
    session: sessionOf(draft, {
      transport: 'dc_api',
      params,
      audiences: origins.map((origin) => `origin:${origin}`),
      protocols: [...requests.map(({ protocol }) => protocol), ...(signet === undefined ? [] : [WINDOW_SIGNET])],
    }),
  };
}

function readOrigins(origin: unknown): readonly Origin[] {
  const origins: unknown = typeof origin === 'string' ? [origin] : origin;
  if (!Array.isArray(origins) || origins.length === 0) throw mistake('origin', 'origin must be your origin.');
  return origins.map((one) => readAudience(one, 'origin'));
}

async function signedRequests(draft: Draft, params: JsonObject): Promise<PageRequest['digital']['requests']> {
  const [first, ...others] = draft.signers;
  if (first === undefined) return [];
  const payload = { ...params, ...timesOf(draft) };
  const single = { protocol: 'openid4vp-v1-signed', data: { request: await signRequest(payload, first) } };
  if (others.length === 0) return [single];
  return [
    { protocol: 'openid4vp-v1-multisigned', data: { ...(await multisignRequest(payload, draft.signers)) } },
    single,
  ];
}

const timesOf = ({ issuedAt, expiresAt }: Pick<Draft, 'issuedAt' | 'expiresAt'>): JsonObject =>
  signedClaims(toSeconds(issuedAt), toSeconds(expiresAt));

/** The same question for `window.signet`, which answers in clear, and knows of no transactions. */
function forWindow({ query, nonce, transactions }: Draft, purpose: string): ProofRequest {
  const isFit = typeof purpose === 'string' && purpose.trim() !== '' && Array.from(purpose).length <= 140;
  if (!isFit) throw mistake('purpose', 'purpose is text of at most 140 characters.');
  if (transactions.length > 0) throw mistake('purpose', 'window.signet takes no transactions: leave purpose out.');
  return { dcql_query: query, nonce, purpose };
}

async function forLink(draft: Draft, options: LinkRequestOptions): Promise<CreatedRequest<LinkRequest>> {
  const { responseUri, requestUri, wallet = 'openid4vp://' } = options;
  const [signer] = draft.signers;
  if (draft.signers.length > 1) throw mistake('signing', 'A request by link has one signer.');
  if (typeof wallet !== 'string' || URL.parse(wallet) === null) throw mistake('wallet', 'wallet is no address.');
  assertHost(signer, parseUrl(responseUri, 'responseUri'));
  const params = linkParams(draft, responseUri, draft.id);
  const clientId = signer?.clientId ?? `redirect_uri:${responseUri}`;
  const session = sessionOf(draft, { transport: 'link', params, audiences: [clientId], protocols: [] });
  if (signer === undefined) {
    if (requestUri !== undefined)
      throw mistake('requestUri', 'A request that is fetched has to be signed: say signing.');
    return { request: { link: linkWithParams(wallet, { ...params, client_id: clientId }) }, session };
  }
  if (requestUri !== undefined) {
    parseUrl(requestUri, 'requestUri');
    return { request: { link: linkToFetch(wallet, { clientId, requestUri }) }, session };
  }
  const request = await signRequest({ ...params, ...timesOf(draft) }, signer);
  return { request: { link: linkWithRequest(wallet, clientId, request) }, session };
}

/** Who is named by a host answers there alone (OpenID4VP 1.0 §5.9.3). */
function assertHost(signer: RequestSigner | undefined, responseUri: URL): void {
  if (signer?.dnsName === undefined || signer.dnsName === responseUri.hostname) return;
  throw mistake('responseUri', 'responseUri is on another host than the one that the certificate names.');
}
