import type { Json, JsonObject } from '../../core/index.ts';
import { SignetError, isJsonObject } from '../../core/index.ts';
import type { PublicJwk } from './public-jwk.ts';
import { readPublicJwk } from './public-jwk.ts';

/** What a key may be used for (DID Core §5.3): to sign statements such as credentials, or to show who somebody is. */
export type DidRelationship = 'assertionMethod' | 'authentication';

/** A key of a DID that signatures can be checked with. */
export interface VerificationMethod {
  /** The full DID URL (`did:…#…`). */
  readonly id: string;
  readonly jwk: PublicJwk;
}

/** What Signet reads of a DID document (DID Core §5). */
export interface DidDocument {
  readonly id: string;
  readonly keys: readonly VerificationMethod[];
}

/** Members of `verificationMethod` and of each relationship that are read. */
const MAX_METHODS = 64;

const malformed = (message: string): SignetError => new SignetError('bad_request', message, { field: 'did' });

/**
 * The keys in a DID document for one use: those that the relationship names or holds; all of them where the document
 * says nothing of that relationship. Keys in other forms than a JWK, and keys that somebody else controls, are left out.
 * @param value from a stranger
 * @throws SignetError bad_request, field `did`, where it is not the document of this DID
 */
export function readDidDocument(value: unknown, did: string, relationship: DidRelationship): DidDocument {
  if (!isJsonObject(value) || value['id'] !== did) throw malformed('The DID document is of another DID.');
  const methods = listOf(value, 'verificationMethod').filter(isJsonObject);
  const related = value[relationship] === undefined ? methods : resolveAll(listOf(value, relationship), methods, did);
  return { id: did, keys: related.flatMap((method) => readMethod(method, did) ?? []) };
}

function listOf(document: JsonObject, name: string): readonly Json[] {
  const list = document[name];
  if (list === undefined) return [];
  if (!Array.isArray(list) || list.length > MAX_METHODS) throw malformed(`The DID document's ${name} cannot be read.`);
  return list as readonly Json[]; // Array.isArray loses the element type
}

/** A relationship holds its keys, or names those of `verificationMethod`. */
function resolveAll(entries: readonly Json[], methods: readonly JsonObject[], did: string): readonly JsonObject[] {
  return entries.flatMap((entry) => {
    if (isJsonObject(entry)) return [entry];
    return methods.filter(({ id }) => typeof entry === 'string' && absolute(id, did) === absolute(entry, did));
  });
}

function readMethod({ id, controller, publicKeyJwk }: JsonObject, did: string): VerificationMethod | undefined {
  const fullId = absolute(id, did);
  const isOwn = controller === undefined || controller === did;
  const isPublic = isJsonObject(publicKeyJwk) && publicKeyJwk['d'] === undefined;
  const jwk = isPublic ? readPublicJwk(publicKeyJwk) : undefined;
  return fullId?.startsWith(`${did}#`) === true && isOwn && jwk !== undefined ? { id: fullId, jwk } : undefined;
}

const absolute = (id: Json | undefined, did: string): string | undefined =>
  typeof id !== 'string' ? undefined : id.startsWith('#') ? `${did}${id}` : id;

/**
 * The keys that a JWS header's `kid` means: the one of that DID URL, or all where the header names none.
 * @param kid `did:…#…`, or `#…` for short
 */
export function didKeysNamed({ id, keys }: DidDocument, kid: Json | undefined): readonly PublicJwk[] {
  const named = absolute(kid, id);
  return keys.filter((key) => kid === undefined || key.id === named).map(({ jwk }) => jwk);
}
