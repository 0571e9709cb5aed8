import * as v from 'valibot';
import type { FetchText, JsonObject } from '../../core/index.ts';
import { assertField, isLoopback, originOf, SignetError } from '../../core/index.ts';
import type { Jws } from '../../credentials/verifying/index.ts';
import { read } from '../openid4vci/reading.ts';
import { assertBounded } from './bounds.ts';
import { encryptionOf } from './client-metadata.ts';
import { parseClientId } from './client-id.ts';
import type { PresentationCall } from './link.ts';
import { parseTarget } from './link.ts';
import type { ReadRequest } from './read-request.ts';
import type { ReadReply, RequestParams } from './request-params.ts';
import { readRequestParams, readText, refuseParameters, unknownMode, urlSafe } from './request-params.ts';
import { assertSignatureAlgorithm, NESTED_REQUESTS, parseRequestObject, readSigningClientId } from './signed-object.ts';
import { readTimes } from './times.ts';
import { walletMetadata } from './wallet-metadata.ts';

/** The media type of a request object (RFC 9101 §10.7). */
export const REQUEST_OBJECT_MEDIA_TYPE = 'application/oauth-authz-req+jwt';

/** What a request object is addressed to where the wallet was not looked up before (§5.8). */
const SELF_ISSUED = 'https://self-issued.me/v2';

/** What is needed to get at the request of a link. */
export interface LinkDoors {
  readonly fetchText: FetchText;
  /** Fresh and random, URL-safe: sent where the link asks for a POST, and must come back in the object. */
  readonly walletNonce: string;
}

/**
 * The request of a link: read as it stands, or fetched from where the link says (RFC 9101 §5, OpenID4VP 1.0 §5.10).
 * Only after the person's click. No signature is verified.
 * @throws SignetError bad_request or unsupported naming the field, issuer_refused, network
 */
export async function fetchRequestObject(call: PresentationCall, doors: LinkDoors): Promise<ReadRequest> {
  switch (call.by) {
    case 'value':
      return readByValue(call.parameters, call);
    case 'object':
      return readObject(call.request, call);
    case 'reference':
      return fetchReferred(call, doors);
  }
}

type Referred = PresentationCall & { readonly by: 'reference' };

async function fetchReferred(call: Referred, { fetchText, walletNonce }: LinkDoors): Promise<ReadRequest> {
  const { requestUri: url, method } = call;
  const type = REQUEST_OBJECT_MEDIA_TYPE;
  if (method === 'get') return readObject(await fetchText({ url, type }), call);
  const form = { wallet_metadata: JSON.stringify(walletMetadata(call.clientId)), wallet_nonce: walletNonce };
  return readObject(await fetchText({ url, type, form }), call, walletNonce);
}

/** What is not signed is from nobody: such a request is for those alone who name where they receive (§5.9.3). */
function readByValue(parameters: JsonObject, call: PresentationCall): ReadRequest {
  assertBounded(parameters, 'request');
  const isOpen = parseClientId(call.clientId).prefix === 'redirect_uri';
  assertField(isOpen, 'client_id', 'A client of this kind has to sign its request.');
  return linkRequest(readLinkParams(parameters, call), call);
}

/** @param walletNonce that must come back; absent: none was sent */
function readObject(encoded: string, call: PresentationCall, walletNonce?: string): ReadRequest {
  const jws = parseRequestObject(encoded.trim());
  const { payload } = jws;
  assertField(payload['client_id'] === call.clientId, 'client_id', 'The link and its request name two clients.');
  assertField(
    walletNonce === undefined || payload['wallet_nonce'] === walletNonce,
    'wallet_nonce',
    'The request was not made for this visit.',
  );
  assertField(isForAnyWallet(payload['aud'], call), 'aud', 'The request was made for another wallet.');
  const params = readLinkParams(payload, call);
  if (parseClientId(call.clientId).prefix === 'redirect_uri') {
    assertUnsigned(jws);
    return { ...linkRequest(params, call), times: readTimes(payload) };
  }
  assertSignatureAlgorithm(jws);
  const clientId = readSigningClientId(payload['client_id']);
  const signature = { jws: jws.encoded, clientId, verifierInfo: params.verifierInfo };
  return { ...linkRequest(params, call), signatures: [signature], times: readTimes(payload) };
}

/**
 * Whoever is not among those whom a JWT names must not act on it (RFC 7519 §4.1.3). It may name nobody; and other people's
 * verifiers name the address that the object itself is at, which is no wallet.
 */
function isForAnyWallet(aud: JsonObject[string] | undefined, call: PresentationCall): boolean {
  if (aud === undefined) return true;
  const named = Array.isArray(aud) ? aud : [aud];
  return named.includes(SELF_ISSUED) || (call.by === 'reference' && named.includes(call.requestUri));
}

/** Who cannot sign (§5.9.3) sends an object without a signature (RFC 9101 §4). */
function assertUnsigned({ header, signature }: Jws): void {
  const isUnsigned = header['alg'] === 'none' && signature.length === 0;
  assertField(isUnsigned, 'request.alg', 'A client of this kind cannot sign.');
}

function linkRequest(params: RequestParams, call: PresentationCall): ReadRequest {
  return {
    transport: 'link',
    params,
    signatures: [],
    ...(isOfThisMachine(params) && call.loopback && { loopback: true }),
  };
}

const isOfThisMachine = ({ reply }: RequestParams): boolean =>
  'responseUri' in reply && isLoopback(originOf(new URL(reply.responseUri)));

function readLinkParams(parameters: JsonObject, call: PresentationCall): RequestParams {
  refuseParameters(parameters, NESTED_REQUESTS, 'has no place in a request object');
  return { ...readRequestParams(parameters, readLinkReply(call)), clientId: call.clientId };
}

const State = v.object({ state: v.optional(urlSafe(4096)) });

const readLinkReply =
  (call: PresentationCall): ReadReply =>
  (mode, parameters, metadata) => {
    if (mode !== 'direct_post' && mode !== 'direct_post.jwt') throw unknownMode();
    refuseParameters(parameters, ['redirect_uri'], 'has no place beside response_uri');
    const responseUri = readResponseUri(parameters, call);
    const { state } = read(State, parameters, 'request', 'bad_request');
    const common = { responseUri, ...(state !== undefined && { state }) };
    return mode === 'direct_post' ? { mode, ...common } : { mode, ...common, encryption: encryptionOf(metadata) };
  };

/** Where the answer goes (§8.2): of a client that is where it receives, exactly there. */
function readResponseUri(parameters: JsonObject, call: PresentationCall): string {
  const field = 'response_uri';
  const { prefix, original } = parseClientId(call.clientId);
  const isAddress = prefix === 'redirect_uri';
  const stated = parameters[field] === undefined && isAddress ? original : readText(parameters[field], field, 2048);
  assertField(!isAddress || stated === original, field, 'response_uri is not the client that asks.');
  const url = parseTarget(stated, field, call.loopback === true);
  if (call.by === 'reference') assertOneMachine(url, new URL(call.requestUri));
  return stated;
}

/** All of a flow is on this machine, or none of it: no stranger's request is answered to what runs here. */
function assertOneMachine(responseUri: URL, requestUri: URL): void {
  if (isLoopback(originOf(responseUri)) === isLoopback(originOf(requestUri))) return;
  throw new SignetError('bad_request', 'Only a part of this request is of the visitor’s own machine.', {
    field: 'response_uri',
  });
}
