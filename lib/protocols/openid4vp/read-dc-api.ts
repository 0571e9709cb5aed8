import * as v from 'valibot';
import type { Json, JsonObject, Origin } from '../../core/index.ts';
import { assertField, isJsonObject, SignetError } from '../../core/index.ts';
import { identifier, read, text } from '../openid4vci/reading.ts';
import { assertBounded } from './bounds.ts';
import { encryptionOf } from './client-metadata.ts';
import type { ReadRequest } from './read-request.ts';
import type { ReadReply, RequestParams } from './request-params.ts';
import { readRequestParams, refuseParameters, unknownMode } from './request-params.ts';
import type { SignedBy } from './signed-object.ts';
import { assertSignatureAlgorithm, NESTED_REQUESTS, parseRequestObject, readSigningClientId } from './signed-object.ts';
import { readTimes } from './times.ts';
import { readVerifierInfo } from './verifier-info.ts';

/** Protocols of OpenID4VP 1.0 over the DC API (§A.1). */
export const DC_API_PROTOCOLS = ['openid4vp-v1-unsigned', 'openid4vp-v1-signed', 'openid4vp-v1-multisigned'] as const;
export type DcApiProtocol = (typeof DC_API_PROTOCOLS)[number];

/** A call of the Digital Credentials API, as the page made it. */
export interface DcApiCall {
  readonly protocol: DcApiProtocol;
  readonly data: Json;
}

const MAX_SIGNATURES = 8;
const MAX_ORIGINS = 64;

/**
 * Reads a request over the DC API from the call alone (OpenID4VP 1.0 appendix A): shape, limits, response mode, keys,
 * the origins it is for. No signature is verified.
 * @param origin of the page, as the browser reports it
 * @throws SignetError bad_request or unsupported, naming the field
 */
export function readDcApiRequest({ protocol, data }: DcApiCall, origin: Origin): ReadRequest {
  assertField(isJsonObject(data), 'data', 'data is not an object.');
  assertBounded(data, 'data');
  switch (protocol) {
    case 'openid4vp-v1-unsigned':
      return readUnsigned(data);
    case 'openid4vp-v1-signed':
      return readSigned(data['request'], origin);
    case 'openid4vp-v1-multisigned':
      // §A.3.2.2 shows the serialisation itself; wallets and verifiers wrap it as the compact one is.
      return readMultiSigned(data['request'] ?? data, origin);
  }
}

/** Who asks is the origin: `client_id`, `expected_origins` and `state` are not read, whatever they hold (§A.2). */
function readUnsigned(data: JsonObject): ReadRequest {
  return { transport: 'dc_api', params: readDcParams(data), signatures: [] };
}

function readSigned(request: Json | undefined, origin: Origin): ReadRequest {
  assertField(typeof request === 'string', 'request', 'request is not a signed token.');
  const jws = parseRequestObject(request);
  assertSignatureAlgorithm(jws);
  const clientId = readSigningClientId(jws.payload['client_id']);
  const params = { ...readDcParams(jws.payload), clientId };
  return ofSigned(jws.payload, params, [{ jws: request, clientId, verifierInfo: params.verifierInfo }], origin);
}

const MultiSigned = v.object({
  payload: identifier(131_072),
  signatures: v.pipe(
    v.array(v.object({ protected: identifier(65_536), signature: text(1024) }), 'must be a list'),
    v.minLength(1, 'must not be empty'),
    v.maxLength(MAX_SIGNATURES, `must hold at most ${MAX_SIGNATURES} signatures`),
  ),
});

/**
 * JWS JSON Serialization (RFC 7515 §7.2.1): one payload, and signatures of several clients. Those that Signet has no way
 * to verify are passed over: they are for other wallets.
 */
function readMultiSigned(request: Json, origin: Origin): ReadRequest {
  const { payload, signatures } = read(MultiSigned, request, 'request', 'bad_request');
  const tries = signatures.map((each) => trySignature(`${each.protected}.${payload}.${each.signature}`));
  const usable = tries.flatMap((each) => (each instanceof SignetError ? [] : [each]));
  const [first] = usable;
  if (first === undefined) throw tries.find((each) => each instanceof SignetError) ?? noSignature();
  const object = parseRequestObject(first.jws).payload;
  refuseParameters(object, ['client_id', 'verifier_info'], 'belongs beside each signature');
  return ofSigned(object, readDcParams(object), usable, origin);
}

const noSignature = (): SignetError =>
  new SignetError('bad_request', 'request has no signature.', { field: 'request.signatures' });

function trySignature(encoded: string): SignedBy | SignetError {
  try {
    const jws = parseRequestObject(encoded);
    assertSignatureAlgorithm(jws);
    const clientId = readSigningClientId(jws.header['client_id']);
    return { jws: encoded, clientId, verifierInfo: readVerifierInfo(jws.header['verifier_info']) };
  } catch (thrown) {
    return SignetError.from(thrown);
  }
}

function ofSigned(
  payload: JsonObject,
  params: RequestParams,
  signatures: readonly SignedBy[],
  origin: Origin,
): ReadRequest {
  const expectedOrigins = readExpectedOrigins(payload);
  assertExpected(expectedOrigins, origin);
  return { transport: 'dc_api', params, signatures, expectedOrigins, times: readTimes(payload) };
}

const ExpectedOrigins = v.object({
  expected_origins: v.pipe(
    v.array(identifier(2048), 'must be a list'),
    v.minLength(1, 'must not be empty'),
    v.maxLength(MAX_ORIGINS, `must hold at most ${MAX_ORIGINS} origins`),
  ),
});

const readExpectedOrigins = (payload: JsonObject): readonly string[] =>
  read(ExpectedOrigins, payload, 'request', 'bad_request').expected_origins;

/**
 * The origins of a signed request are compared as they are spelt, with nothing made of them first: a request that was
 * signed for one site is no other's (§A.2).
 * @throws SignetError bad_request, naming `expected_origins`
 */
export function assertExpected(expectedOrigins: readonly string[], origin: Origin): void {
  assertField(expectedOrigins.includes(origin), 'expected_origins', 'The request was signed for another site.');
}

function readDcParams(parameters: JsonObject): RequestParams {
  refuseParameters(
    parameters,
    [...NESTED_REQUESTS, 'response_uri', 'redirect_uri'],
    'has no place in a request of a page',
  );
  return readRequestParams(parameters, readDcReply);
}

const readDcReply: ReadReply = (mode, _parameters, metadata) => {
  switch (mode) {
    case 'dc_api':
      return { mode };
    case 'dc_api.jwt':
      return { mode, encryption: encryptionOf(metadata) };
    default:
      throw unknownMode();
  }
};
