import * as v from 'valibot';
import type { Json, JsonObject } from '../core/index.ts';
import type { DigitalGet } from './digital.ts';
import { read, readCredentialOffer } from './request-schema.ts';
import type { CredentialOffer } from './types.ts';

/** A call with more requests than this asks nobody in earnest. */
const MAX_REQUESTS = 8;

/** Its own members are for lib/protocols to read; they stay as they came, within the bounds they were parsed in. */
const Data = v.custom<JsonObject>(
  (input) => typeof input === 'object' && input !== null && !Array.isArray(input),
  'is not an object',
);

const requestsOf = <const P extends readonly [string, ...string[]]>(protocols: P) =>
  v.strictObject({
    requests: v.pipe(
      v.array(v.strictObject({ protocol: v.picklist(protocols, 'is not one that Signet knows'), data: Data })),
      v.nonEmpty('must not be empty'),
      v.maxLength(MAX_REQUESTS, `has more than ${MAX_REQUESTS} entries`),
    ),
  });

const GetSchema = requestsOf(['openid4vp-v1-unsigned', 'openid4vp-v1-signed', 'openid4vp-v1-multisigned']);
const CreateSchema = requestsOf(['openid4vci-v1']);

/**
 * A page's `navigator.credentials.get({ digital })`, rebuilt; what is in `data` is not read yet.
 * @throws SignetError bad_request naming the field
 */
export const readDigitalGet = (json: Json): DigitalGet => read(GetSchema, json);

/**
 * A page's `navigator.credentials.create({ digital })` as the offer that it carries: from then on it goes the way of
 * `offerCredential`. `data` is a credential offer (OpenID4VCI 1.0 §4.1.1), or holds one by value or by reference.
 * @throws SignetError bad_request naming the field
 */
export function readDigitalCreate(json: Json): CredentialOffer {
  const { data } = firstOf(read(CreateSchema, json).requests);
  const { credential_offer, credential_offer_uri } = data;
  if (credential_offer === undefined && credential_offer_uri === undefined) {
    return readCredentialOffer({ credential_offer: data });
  }
  return readCredentialOffer({
    ...(credential_offer === undefined ? {} : { credential_offer }),
    ...(credential_offer_uri === undefined ? {} : { credential_offer_uri }),
  });
}

/** There is one issuance protocol, and one offer at a time: the page's first. */
function firstOf<T>([first]: readonly T[]): T {
  if (first === undefined) throw new TypeError('The schema saw to it that there is one.');
  return first;
}
