import * as v from 'valibot';
import { SignetError } from '../core/index.ts';
import type { Json, JsonObject } from '../core/index.ts';
import type { DigitalGet, PresentationProtocol } from './digital.ts';
import { readWith } from './reading.ts';
import { readCredentialOffer } from './request-schema.ts';
import type { CredentialOffer } from './types.ts';

/** A call with more requests than this asks nobody in earnest. */
const MAX_REQUESTS = 8;

/** Its own members are for lib/protocols to read; they stay as they came, within the bounds they were parsed in. */
const Data = v.custom<JsonObject>(
  (input) => typeof input === 'object' && input !== null && !Array.isArray(input),
  'is not an object',
);

const Calls = v.strictObject({
  requests: v.pipe(
    v.array(v.strictObject({ protocol: v.pipe(v.string(), v.maxLength(64)), data: Data })),
    v.maxLength(MAX_REQUESTS, `has more than ${MAX_REQUESTS} entries`),
  ),
});

const isPresentation = (protocol: string): protocol is PresentationProtocol =>
  protocol === 'openid4vp-v1-unsigned' || protocol === 'openid4vp-v1-signed' || protocol === 'openid4vp-v1-multisigned';

/**
 * A page's `navigator.credentials.get({ digital })`, rebuilt: the requests whose protocols Signet knows, which may be none.
 * What is in `data` is not read yet.
 * @throws SignetError bad_request naming the field
 */
export function readDigitalGet(json: Json): DigitalGet {
  const { requests } = readWith(Calls, json);
  return { requests: requests.flatMap(({ protocol, data }) => (isPresentation(protocol) ? [{ protocol, data }] : [])) };
}

/**
 * A page's `navigator.credentials.create({ digital })` as the offer that it carries, the first of the protocol that Signet
 * knows: from then on it goes the way of `offerCredential`. `data` is a credential offer (OpenID4VCI 1.0 §4.1.1), or holds
 * one by value or by reference.
 * @throws SignetError bad_request naming the field; unsupported where there is none of that protocol
 */
export function readDigitalCreate(json: Json): CredentialOffer {
  const request = readWith(Calls, json).requests.find(({ protocol }) => protocol === 'openid4vci-v1');
  if (request === undefined) throw new SignetError('unsupported', 'No known protocol.', { field: 'requests' });
  const { credential_offer, credential_offer_uri } = request.data;
  if (credential_offer === undefined && credential_offer_uri === undefined) {
    return readCredentialOffer({ credential_offer: request.data });
  }
  return readCredentialOffer({
    ...(credential_offer === undefined ? {} : { credential_offer }),
    ...(credential_offer_uri === undefined ? {} : { credential_offer_uri }),
  });
}
