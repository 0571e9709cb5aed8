import * as v from 'valibot';
import { isJsonObject } from '../core/index.ts';
import type { Json, JsonObject } from '../core/index.ts';
import { badRequest, elementOf, firstRepeated, list, member, memberOf, readWith, step, text } from './reading.ts';
import type { DcqlQuery } from './types.ts';

/** What a query may be, at most. Everything that is done with one is bounded by these and by what the vault holds. */
export const DCQL_LIMITS = {
  /** Characters of the whole as JSON, members that nobody knows among them. */
  length: 65_536,
  credentials: 32,
  credentialSets: 16,
  /** Of a credential set, and of ids in each. */
  options: 32,
  /** Of one credential. */
  claims: 64,
  claimSets: 32,
  authorities: 16,
  /** Of a claim, of an authority, of types. */
  values: 64,
  /** Steps of a path. */
  path: 16,
  /** Characters of an id, of a step, of a value, and of the name of a type or an authority. */
  id: 128,
  step: 256,
  value: 1024,
  name: 1024,
} as const;
const MAX = DCQL_LIMITS;

/** Identifiers of DCQL: alphanumeric, underscore, hyphen (OpenID4VP 1.0 §6.1). */
const Id = v.pipe(text(MAX.id), v.regex(/^[A-Za-z0-9_-]+$/, 'is not an identifier'));
const Name = text(MAX.name);

/** OpenID4VP 1.0 §6.3: strings, integers or booleans. */
const Value = v.union(
  [
    v.pipe(v.string(), v.maxLength(MAX.value, `is longer than ${MAX.value} characters`)),
    v.pipe(v.number(), v.safeInteger('is not an integer')),
    v.boolean(),
  ],
  'is not a string, an integer or a boolean',
);

/** OpenID4VP 1.0 §7: strings, non-negative integers and null. */
const Step = v.union(
  [
    v.pipe(v.string(), v.maxLength(MAX.step, `is longer than ${MAX.step} characters`)),
    v.pipe(v.number(), v.safeInteger(), v.minValue(0)),
    v.null(),
  ],
  'is not a name, an index or null',
);

const Claim = v.object({
  id: v.exactOptional(Id),
  path: list(Step, MAX.path),
  values: v.exactOptional(list(Value, MAX.values)),
});

/** What the format gives it to mean: read with the format, and a copy of whatever it is where Signet holds none of that. */
const Meta = v.pipe(
  v.custom<JsonObject>(isJsonObject, 'is not an object'),
  v.transform((meta) => structuredClone(meta)),
);

/** The one format whose `meta` is read. */
export const SD_JWT_VC_FORMAT = 'dc+sd-jwt';

/** OpenID4VP 1.0 Appendix B.3.5. */
const SdJwtVcMeta = v.object({ vct_values: list(Name, MAX.values) });

const CredentialMembers = v.object({
  id: Id,
  format: Name,
  multiple: v.exactOptional(v.boolean()),
  require_cryptographic_holder_binding: v.exactOptional(v.boolean()),
  meta: Meta,
  trusted_authorities: v.exactOptional(list(v.object({ type: Name, values: list(Name, MAX.values) }), MAX.authorities)),
  claims: v.exactOptional(list(Claim, MAX.claims)),
  claim_sets: v.exactOptional(list(list(Id, MAX.claims), MAX.claimSets)),
});

/** OpenID4VP 1.0 §6.1, §6.3: claim sets come with claims that have ids, which differ, and name no others. */
const CredentialWithSets = v.pipe(
  CredentialMembers,
  v.rawCheck(({ dataset, addIssue }) => {
    if (!dataset.typed) return;
    const { claims = [], claim_sets } = dataset.value;
    const ids = claims.flatMap(({ id }) => id ?? []);
    const claimsPath = member(dataset.value, 'claims');
    const nameless = claims.findIndex(({ id }) => id === undefined);
    if (firstRepeated(ids) !== undefined) addIssue({ message: 'names two of them alike', path: [claimsPath] });
    if (claim_sets === undefined) return;
    if (claim_sets.flat().some((id) => !ids.includes(id))) {
      addIssue({ message: 'names a claim that is not there', path: [member(dataset.value, 'claim_sets')] });
    } else if (nameless !== -1) {
      const path = [claimsPath, step([...claims], nameless), member({ ...claims[nameless] }, 'id')] as const;
      addIssue({ message: 'is needed where there are claim_sets', path: [...path] });
    }
  }),
);

const Credential = v.pipe(
  CredentialWithSets,
  v.rawTransform(({ dataset, addIssue, NEVER }) => {
    const credential = dataset.value;
    if (credential.format !== SD_JWT_VC_FORMAT) return credential;
    const meta = v.safeParse(SdJwtVcMeta, credential.meta, { abortEarly: true });
    if (meta.success) return { ...credential, meta: meta.output };
    const [{ message, path = [] }] = meta.issues;
    addIssue({ message, path: [member(credential, 'meta'), ...path] });
    return NEVER;
  }),
);

const CredentialSet = v.object({
  options: list(list(Id, MAX.options), MAX.options),
  required: v.exactOptional(v.boolean()),
});

/** OpenID4VP 1.0 §6, §6.2: ids of credentials differ, and credential sets name credentials that are there. */
const Query = v.pipe(
  v.object({
    credentials: list(Credential, MAX.credentials),
    credential_sets: v.exactOptional(list(CredentialSet, MAX.credentialSets)),
  }),
  v.rawCheck(({ dataset, addIssue }) => {
    if (!dataset.typed) return;
    const { credentials, credential_sets = [] } = dataset.value;
    const ids = credentials.map(({ id }) => id);
    if (firstRepeated(ids) !== undefined) {
      addIssue({ message: 'names two of them alike', path: [member(dataset.value, 'credentials')] });
    }
    if (credential_sets.flatMap(({ options }) => options.flat()).some((id) => !ids.includes(id))) {
      addIssue({ message: 'names a credential that is not there', path: [member(dataset.value, 'credential_sets')] });
    }
  }),
);

/** How a query is read. */
export interface DcqlReading {
  /**
   * Whether members that nobody knows are refused. OpenID4VP has them ignored (§6), so that it can grow; a page that asks
   * Signet by its own name is told of them: a misspelt constraint that was passed over would be answered with more.
   */
  readonly strict: boolean;
  /** Its name in what a refusal says. Default: `dcql_query`. */
  readonly field?: string;
}

/**
 * A DCQL query (OpenID4VP 1.0 §6), rebuilt member by member, within `DCQL_LIMITS`. Formats that Signet does not hold are
 * no error, as a credential set may be met without them.
 * @throws SignetError bad_request naming the field, as in `dcql_query.credentials[0].claims[2].path`
 */
export function readDcqlQuery(json: Json, { strict, field = 'dcql_query' }: DcqlReading): DcqlQuery {
  if (!isJsonObject(json)) throw badRequest(field, 'is not an object');
  const query = readWith(Query, json, field);
  if (JSON.stringify(json).length > MAX.length) throw badRequest(field, `is longer than ${MAX.length} characters`);
  if (strict) assertNothingDropped(json, query, field);
  return query;
}

/** @throws SignetError bad_request, naming the first member that reading left out */
function assertNothingDropped(json: Json, read: unknown, field: string): void {
  if (Array.isArray(json)) {
    const elements = json as readonly Json[]; // Array.isArray loses the element type
    for (const [at, element] of elements.entries()) {
      assertNothingDropped(element, partOf(read, at), elementOf(field, at));
    }
  } else if (isJsonObject(json)) {
    for (const [name, value] of Object.entries(json)) {
      const kept = partOf(read, name);
      if (kept === undefined) throw badRequest(memberOf(field, name), 'is not a member that Signet knows');
      assertNothingDropped(value, kept, memberOf(field, name));
    }
  }
}

const partOf = (value: unknown, key: string | number): unknown =>
  typeof value === 'object' && value !== null && Object.hasOwn(value, key)
    ? (value as Readonly<Record<string | number, unknown>>)[key] // it has it
    : undefined;
