import * as v from 'valibot';
import { ALLOWED_AGES, isRoundBound } from '../core/index.ts';
import type { Json } from '../core/index.ts';
import { readDcqlQuery } from './dcql-schema.ts';
import { firstRepeated, list, member, readWith, step, text } from './reading.ts';
import type { CapabilitySpec, CredentialOffer, ProofRequest } from './types.ts';

/** How long and how many, at most. */
const MAX = { claims: 16, name: 64, values: 32, value: 256, list: 16, entry: 512, purpose: 140, nonce: 512 } as const;
const MIN_NONCE_BYTES = 16;

const ClaimName = text(MAX.name);
const Value = v.union([
  v.pipe(v.string(), v.maxLength(MAX.value, `is longer than ${MAX.value} characters`)),
  v.pipe(v.number(), v.finite()),
  v.boolean(),
]);
const Values = list(Value, MAX.values);

/** Names of types and issuers: compared, never fetched from here. */
const Entry = text(MAX.entry);
const Entries = list(Entry, MAX.list);

const CalendarDate = v.pipe(v.string(), v.check(isCalendarDate, 'is not a date (YYYY-MM-DD)'));
const Bound = v.pipe(
  v.number(),
  v.safeInteger('is not an integer'),
  v.check(isRoundBound, 'has more than two significant digits'),
);

const ClaimObject = v.pipe(
  v.strictObject({
    name: ClaimName,
    values: v.exactOptional(Values),
    age_at_least: v.exactOptional(
      v.pipe(v.number(), v.values(ALLOWED_AGES, `is not one of ${ALLOWED_AGES.join(', ')}`)),
    ),
    as_of: v.exactOptional(CalendarDate),
    gte: v.exactOptional(Bound),
    lte: v.exactOptional(Bound),
  }),
  v.rawCheck(({ dataset, addIssue }) => {
    if (!dataset.typed) return;
    const { values, age_at_least, as_of, gte, lte } = dataset.value;
    const questions = [values, age_at_least, gte ?? lte].filter((question) => question !== undefined);
    if (questions.length > 1) addIssue({ message: 'asks for more than one of values, age_at_least and gte or lte' });
    if (as_of !== undefined && age_at_least === undefined) addIssue({ message: 'has as_of without age_at_least' });
    if (gte !== undefined && lte !== undefined && gte > lte) addIssue({ message: 'has gte above lte' });
  }),
);
const Claim = v.lazy((input) => (typeof input === 'string' ? ClaimName : ClaimObject));

const Format = v.picklist(['dc+sd-jwt', 'bulletproof', 'bbs', 'bbs+'], 'is not a format Signet knows');

/** Shown quoted: counted as people count, in code points. */
const Purpose = v.pipe(
  v.string(),
  v.check((text) => text.trim() !== '', 'must not be empty'),
  v.check((text) => Array.from(text).length <= MAX.purpose, `is longer than ${MAX.purpose} characters`),
);
const Nonce = v.pipe(
  v.string(),
  v.maxLength(MAX.nonce, `is longer than ${MAX.nonce} characters`),
  v.check(isNonce, `is not base64url of at least ${MIN_NONCE_BYTES} bytes`),
);

/** Read on its own, with a schema of its own. */
const Query = v.custom<Json>((input) => input !== undefined);

/**
 * Members we do not know are refused: a misspelt or future constraint that was silently ignored would be answered
 * with more, or something else, than the site meant to ask for.
 */
const ProofRequestSchema = v.pipe(
  v.strictObject({
    claims: v.exactOptional(
      v.pipe(
        list(Claim, MAX.claims),
        v.rawCheck(({ dataset, addIssue }) => {
          if (!dataset.typed) return;
          const repeated = firstRepeated(
            dataset.value.map((claim) => (typeof claim === 'string' ? claim : claim.name)),
          );
          if (repeated !== undefined)
            addIssue({ message: 'is asked for twice', path: [step(dataset.value, repeated)] });
        }),
      ),
    ),
    dcql_query: v.exactOptional(Query),
    types: v.exactOptional(Entries),
    nonce: Nonce,
    purpose: Purpose,
    formats: v.exactOptional(list(Format, 4)),
    issuers: v.exactOptional(Entries),
  }),
  v.rawCheck(({ dataset, addIssue }) => {
    if (!dataset.typed) return;
    const { claims, dcql_query, types } = dataset.value;
    if ((claims === undefined) === (dcql_query === undefined)) {
      addIssue({ message: 'must be there, or dcql_query, and not both', path: [member(dataset.value, 'claims')] });
    }
    if (dcql_query !== undefined && types !== undefined) {
      addIssue({ message: 'is for claims; dcql_query has meta.vct_values', path: [member(dataset.value, 'types')] });
    }
  }),
);

const Offered = v.custom<Readonly<Record<string, Json>>>(
  (input) => typeof input === 'object' && input !== null && !Array.isArray(input),
  'is not an object',
);
const Reference = text(2048);
const AuthorityOffer = v.pipe(
  v.string(),
  v.nonEmpty('must not be empty'),
  v.maxLength(49_152, 'is longer than 48 KiB'),
);
const Receipt = text(4096);
const CredentialOfferSchema = v.pipe(
  v.strictObject({
    credential_offer: v.exactOptional(Offered),
    credential_offer_uri: v.exactOptional(Reference),
    authority_offer: v.exactOptional(AuthorityOffer),
    receipt: v.exactOptional(Receipt),
  }),
  v.check(
    (offer) => Object.keys(offer).length === 1,
    'must hold exactly one of credential_offer, credential_offer_uri, authority_offer and receipt',
  ),
);

const Word = v.pipe(v.string(), v.regex(/^[A-Za-z0-9_.:-]{1,64}$/, 'is not a name'));
const Amount = v.union([
  v.pipe(v.number(), v.safeInteger('is not an integer'), v.minValue(1)),
  v.pipe(v.string(), v.regex(/^\d{1,15}(?:\.\d{1,4})?$/, 'is not a decimal amount')),
]);
const Coordinate = v.pipe(v.string(), v.regex(/^[A-Za-z0-9_-]{1,128}$/, 'is not base64url'));
/** The public members of a key alone: a private key that a page sends by mistake goes no further. */
const PublicKey = v.strictObject({
  kty: v.picklist(['EC', 'OKP'], 'is not EC or OKP'),
  crv: Word,
  x: Coordinate,
  y: v.exactOptional(Coordinate),
  kid: v.exactOptional(Entry),
  alg: v.exactOptional(Word),
  use: v.exactOptional(Word),
});
const CapabilitySpecSchema = v.strictObject({
  kind: Word,
  max_amount: v.exactOptional(Amount),
  currency: v.exactOptional(v.pipe(v.string(), v.regex(/^[A-Z]{3}$/, 'is not an ISO 4217 code'))),
  domain: v.pipe(v.string(), v.nonEmpty('must not be empty'), v.maxLength(253 + 'https://:65535'.length)),
  one_time: v.exactOptional(v.boolean()),
  expires_in: v.exactOptional(v.pipe(v.number(), v.safeInteger('is not an integer'), v.minValue(1))),
  purpose: Purpose,
  holder_jwk: v.exactOptional(PublicKey),
  receipt_jwk: v.exactOptional(PublicKey),
  unit: v.exactOptional(Amount),
  release_of: v.exactOptional(v.pipe(v.string(), v.regex(/^[A-Za-z0-9_-]{22}$/, 'is not the jti of a token'))),
});

/**
 * A page's `ProofRequest`, rebuilt field by field.
 * @throws SignetError bad_request naming the field, as in `claims[2].name`
 */
export function readProofRequest(json: Json): ProofRequest {
  const { dcql_query, ...request } = readWith(ProofRequestSchema, json);
  return dcql_query === undefined ? request : { ...request, dcql_query: readDcqlQuery(dcql_query, { strict: true }) };
}

/**
 * A page's `CredentialOffer`. The offer itself (OpenID4VCI 1.0 §4.1) stays as it came, within the bounds it was
 * parsed in: lib/protocols reads it.
 * @throws SignetError bad_request naming the field
 */
export const readCredentialOffer = (json: Json): CredentialOffer => {
  const { credential_offer, credential_offer_uri, authority_offer, receipt } = readWith(CredentialOfferSchema, json);
  if (credential_offer !== undefined) return { credential_offer };
  if (credential_offer_uri !== undefined) return { credential_offer_uri };
  if (authority_offer !== undefined) return { authority_offer };
  return { receipt: receipt ?? '' }; // the schema saw that one of the four is there
};

/**
 * A page's `CapabilitySpec`. Amounts stay as the page wrote them: the currency's decimals are checked where they
 * become minor units.
 * @throws SignetError bad_request naming the field
 */
export const readCapabilitySpec = (json: Json): CapabilitySpec => readWith(CapabilitySpecSchema, json);

/** The nonce goes back as the text it came as, so spellings that differ in loose trailing bits are all right. */
function isNonce(text: string): boolean {
  return /^[A-Za-z0-9_-]*$/.test(text) && text.length % 4 !== 1 && (text.length * 6) / 8 >= MIN_NONCE_BYTES;
}

function isCalendarDate(text: string): boolean {
  const date = new Date(`${text}T00:00:00Z`);
  return /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text);
}
