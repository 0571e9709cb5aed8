import * as v from 'valibot';
import type { Json } from '../../lib/core/index.ts';
import type { ClaimTerm } from '../../lib/credentials/verifying/index.ts';
import { claimTermOf } from '../../lib/credentials/verifying/index.ts';
import { badRequest, list, readWith, text } from '../../lib/provider/reading.ts';
import type { ClaimRequest } from '../../lib/provider/types.ts';
import { readNonce } from '../../lib/sdk/question.ts';

const MAX = { claims: 32, values: 64, entries: 64, entry: 512, name: 256, value: 512, nonce: 512 } as const;

const Value = v.union(
  [
    v.pipe(v.string(), v.maxLength(MAX.value, `is longer than ${MAX.value} characters`)),
    v.pipe(v.number(), v.finite()),
    v.boolean(),
  ],
  'is not a text, a number, true or false',
);

const Name = text(MAX.name);
const Entries = v.exactOptional(list(text(MAX.entry), MAX.entries));

/** One attribute, and the value that it has to have; any where there is none. */
const Attribute = v.strictObject({ attribute: Name, value: v.exactOptional(Value) });

/** As the SDK takes claims. What the numbers may be is looked at by `claimTermOf`. */
const ClaimObject = v.strictObject({
  name: Name,
  values: v.exactOptional(list(Value, MAX.values)),
  age_at_least: v.exactOptional(v.number()),
  as_of: v.exactOptional(v.string()),
  gte: v.exactOptional(v.number()),
  lte: v.exactOptional(v.number()),
});
const Claim = v.lazy((input) => (typeof input === 'string' ? Name : ClaimObject));

const VerifyRequestSchema = v.strictObject({
  proof: v.string('is not text'),
  claim: v.exactOptional(v.lazy((input) => (typeof input === 'string' ? Name : Attribute))),
  claims: v.exactOptional(list(Claim, MAX.claims)),
  audience: text(MAX.entry),
  nonce: text(MAX.nonce),
  types: Entries,
  issuers: Entries,
});

/** What `POST /verify` is asked. */
export interface VerifyRequest {
  readonly proof: string;
  readonly terms: readonly ClaimTerm[];
  readonly audience: string;
  readonly nonce: string;
  readonly types: readonly string[] | undefined;
  readonly issuers: readonly string[] | undefined;
}

/**
 * The body of `POST /verify`, rebuilt field by field.
 * @throws SignetError bad_request naming the field, as in `claims[2].name`; unsupported for claims that cannot be checked
 */
export function readVerifyRequest(json: Json): VerifyRequest {
  const { proof, claim, claims, audience, nonce, types, issuers } = readWith(VerifyRequestSchema, json);
  if ((claim === undefined) === (claims === undefined)) {
    throw badRequest('claim', 'must be there, or claims, and not both');
  }
  const asked = claims ?? [claimAsked(claim ?? '')];
  return {
    ...{ proof, audience, types, issuers },
    nonce: readNonce(nonce),
    terms: asked.map((one) => claimTermOf(one)), // claimTermOf checks what goes with what
  };
}

const claimAsked = (claim: string | v.InferOutput<typeof Attribute>): ClaimRequest => {
  if (typeof claim === 'string') return claim;
  const { attribute, value } = claim;
  return value === undefined ? attribute : { name: attribute, values: [value] };
};
