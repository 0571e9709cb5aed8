import type { Bytes, Origin } from '../../core/index.ts';
import { SignetError, isLoopback, isPublicUrl } from '../../core/index.ts';
import { pathKey } from '../verifying/index.ts';
import { isIntact } from './integrity.ts';
import type { ClaimMetadata, TypeDisplay, TypeDocument } from './type-document.ts';
import { readTypeDocument } from './type-document.ts';

/** Documents of one chain: a type, what it extends, and so on. */
export const MAX_TYPE_CHAIN = 4;

export interface TypeReference {
  readonly vct: string;
  /** `vct#integrity` of the credential. */
  readonly integrity?: string;
}

export interface TypeDoor {
  /** The octets of a document (`application/json`), under rule 11 of design §3. */
  readonly fetchBytes: (url: URL) => Promise<Bytes>;
  /** Of the issuer: documents of this machine are fetched for issuers of this machine alone. */
  readonly issuer: Origin;
}

/** A type with everything that it takes over from those it extends. */
export interface ResolvedType {
  readonly vct: string;
  /** `vct` and, from near to far, every type that it extends. */
  readonly types: readonly string[];
  readonly display: readonly TypeDisplay[];
  readonly claims: readonly ClaimMetadata[];
}

/** Whether metadata of a type can be fetched: its name is an https address. */
export const hasTypeAddress = (vct: string): boolean => URL.parse(vct) !== null && /^https?:\/\//.test(vct);

/**
 * Fetches a type's metadata with all that it extends (SD-JWT VC, "Retrieving", "Extending Type Metadata"): https, from
 * public hosts, at most four documents of 64 kB, each intact where its reference says what it must be.
 * @throws SignetError credential_refused: field `vct` or `vct#integrity` where there is no document, or not the one
 *   meant, or too many; field `extends` where the chain is circular or contradicts itself, and then no credential is of
 *   such a type. What `fetchBytes` throws
 */
export async function resolveType(reference: TypeReference, door: TypeDoor): Promise<ResolvedType> {
  const chain: TypeDocument[] = [];
  let next: TypeReference | undefined = reference;
  while (next !== undefined) {
    const { vct } = next;
    if (chain.some((described) => described.vct === vct)) throw contradiction('extends itself');
    if (chain.length === MAX_TYPE_CHAIN) throw refused('extends too many others');
    const described = await fetchType(next, door);
    chain.push(described);
    next = extendedBy(described);
  }
  return merge(reference.vct, chain);
}

const refused = (problem: string): SignetError =>
  new SignetError('credential_refused', `This kind of credential ${problem}.`, { field: 'vct' });

const contradiction = (problem: string): SignetError =>
  new SignetError('credential_refused', `This kind of credential ${problem}.`, { field: 'extends' });

async function fetchType({ vct, integrity }: TypeReference, { fetchBytes, issuer }: TypeDoor): Promise<TypeDocument> {
  const octets = await fetchBytes(addressOf(vct, issuer));
  if (integrity !== undefined && !isIntact(octets, integrity)) {
    throw new SignetError('credential_refused', 'The description of this kind of credential was altered.', {
      field: 'vct#integrity',
    });
  }
  return readTypeDocument(octets, vct);
}

function addressOf(vct: string, issuer: Origin): URL {
  const url = URL.parse(vct);
  const isNear = url?.origin === issuer && isLoopback(issuer);
  if (url === null || (!isPublicUrl(url) && !isNear)) throw refused('is described at no public address');
  return url;
}

function extendedBy({ extends: vct, 'extends#integrity': integrity }: TypeDocument): TypeReference | undefined {
  if (vct === undefined) return undefined;
  return integrity === undefined ? { vct } : { vct, integrity };
}

/** The nearest display stands whole; claims of the same path are put together, the nearer with precedence. */
function merge(vct: string, chain: readonly TypeDocument[]): ResolvedType {
  const claims = new Map<string, ClaimMetadata>();
  for (const described of chain.toReversed()) {
    for (const claim of described.claims ?? []) {
      const key = pathKey(claim.path);
      const extended = claims.get(key);
      claims.set(key, extended === undefined ? claim : override(extended, claim));
    }
  }
  return {
    vct,
    types: chain.map((described) => described.vct),
    display: chain.find(({ display }) => display !== undefined)?.display ?? [],
    claims: [...claims.values()],
  };
}

/** What is always or never to be hidden, or mandatory, stays so (SD-JWT VC, "Limitations for `sd` and `mandatory`"). */
function override(extended: ClaimMetadata, claim: ClaimMetadata): ClaimMetadata {
  const { sd = 'allowed', mandatory = false } = extended;
  if (sd !== 'allowed' && claim.sd !== undefined && claim.sd !== sd)
    throw contradiction('contradicts the one it extends');
  if (mandatory && claim.mandatory === false) throw contradiction('contradicts the one it extends');
  return { ...extended, ...claim };
}
