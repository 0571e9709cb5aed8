import { sha256, sha384, sha512 } from '@noble/hashes/sha2.js';
import type { Json, JsonObject } from '../../core/index.ts';
import { SignetError, fromBase64url, fromUtf8, isJsonObject, parseJson, toBase64url, utf8 } from '../../core/index.ts';
import type { ConcretePath, SignedPlaces } from './claim-path.ts';
import { pathKey } from './claim-path.ts';
import type { Jws } from './jws.ts';
import { parseJws } from './jws.ts';

/** One salted claim or array element that its holder may show or keep (RFC 9901 §4.2). */
export interface Disclosure {
  /** As it travels: base64url of the JSON array. */
  readonly encoded: string;
  /** base64url of its digest under the credential's `_sd_alg`. */
  readonly digest: string;
  readonly salt: string;
  /** The member's name; absent for an array element. */
  readonly name?: string;
  /** As signed: may itself hold `_sd` digests of disclosures below it. */
  readonly value: Json;
  /** Where it stands in the processed claims. */
  readonly path: ConcretePath;
  /** Digest of the disclosure it lies in, where there is one. */
  readonly parent?: string;
}

/** An SD-JWT or SD-JWT+KB whose structure is right. Nothing in it has been verified. */
export interface SdJwt {
  readonly issuerJwt: Jws;
  readonly disclosures: readonly Disclosure[];
  /** What was signed, with every disclosure put in its place and `_sd`, `_sd_alg` and `...` gone (RFC 9901 §7.1). */
  readonly claims: JsonObject;
  /** Where elements of arrays stood among those that are not shown. */
  readonly signedPlaces: SignedPlaces;
  readonly keyBinding?: Jws;
  /** base64url digest of everything up to the last tilde, as `sd_hash` must say (RFC 9901 §4.3.1). */
  readonly sdHash: string;
}

/** Longest SD-JWT taken, in characters. */
export const MAX_SD_JWT_LENGTH = 256 * 1024;
const MAX_DISCLOSURES = 1024;
const MAX_DEPTH = 24;
const RESERVED = new Set(['_sd', '...', '__proto__']);

const HASHES: Readonly<Record<string, (bytes: Uint8Array) => Uint8Array>> = {
  'sha-256': (bytes) => sha256(bytes),
  'sha-384': (bytes) => sha384(bytes),
  'sha-512': (bytes) => sha512(bytes),
};

const malformed = (message: string, field: string, cause?: unknown): SignetError =>
  new SignetError('bad_request', message, { field, cause });

/**
 * Parses an SD-JWT or SD-JWT+KB in compact form and rebuilds its claims (RFC 9901 §4, §7.1), with every structural
 * check of that section: canonical base64url, no digest twice, no disclosure unreferenced or twice, no name that is
 * reserved or already there. Bounded: 256 KiB, 1024 disclosures, 24 levels. Verifies no signature.
 * @param text `<issuer-signed JWT>~<disclosure>~…~[<key-binding JWT>]`
 * @throws SignetError bad_request, naming the part that is wrong
 */
export function parseSdJwt(text: string): SdJwt {
  if (text.length > MAX_SD_JWT_LENGTH) throw malformed('The credential is too long.', 'sd_jwt');
  const parts = text.split('~');
  const issuerPart = parts[0] ?? '';
  const bindingPart = parts.at(-1) ?? '';
  if (parts.length < 2) throw malformed('The credential is not an SD-JWT: it has no tilde.', 'sd_jwt');
  if (parts.length - 2 > MAX_DISCLOSURES) throw malformed('The credential has too many disclosures.', 'disclosures');
  const issuerJwt = parseJws(issuerPart, 'issuer_jwt');
  const hash = hashOf(issuerJwt.payload);
  const digestOf = (input: string): string => toBase64url(hash(utf8(input)));
  const read = readDisclosures(parts.slice(1, -1), digestOf);
  const assembly = new Assembly(read);
  const claims = assembly.assemble(issuerJwt.payload);
  return {
    issuerJwt,
    disclosures: assembly.placed(),
    claims,
    signedPlaces: assembly.signedPlaces(),
    ...(bindingPart === '' ? {} : { keyBinding: parseJws(bindingPart, 'kb_jwt') }),
    sdHash: digestOf(text.slice(0, text.length - bindingPart.length)),
  };
}

/** The digest an SD-JWT's `sd_hash` must carry: over everything up to and including the last tilde. */
export function sdHashOf(presented: string, issuerPayload: JsonObject): string {
  return toBase64url(hashOf(issuerPayload)(utf8(presented)));
}

function hashOf(payload: JsonObject): (bytes: Uint8Array) => Uint8Array {
  const { _sd_alg: name = 'sha-256' } = payload;
  const hash = typeof name === 'string' && Object.hasOwn(HASHES, name) ? HASHES[name] : undefined;
  if (hash === undefined) throw malformed('The credential uses a hash that is not supported.', '_sd_alg');
  return hash;
}

type ReadDisclosure = Omit<Disclosure, 'path' | 'parent'>;

function readDisclosures(
  encoded: readonly string[],
  digestOf: (input: string) => string,
): ReadonlyMap<string, ReadDisclosure> {
  const byDigest = new Map<string, ReadDisclosure>();
  for (const one of encoded) {
    const disclosure = readDisclosure(one, digestOf(one));
    if (byDigest.has(disclosure.digest)) throw malformed('A disclosure stands there twice.', 'disclosures');
    byDigest.set(disclosure.digest, disclosure);
  }
  return byDigest;
}

function readDisclosure(encoded: string, digest: string): ReadDisclosure {
  const array = decodeJson(encoded, 'disclosures');
  if (!Array.isArray(array) || array.length < 2 || array.length > 3) {
    throw malformed('A disclosure is not an array of two or three elements.', 'disclosures');
  }
  const [salt, second, third] = array as readonly Json[]; // Array.isArray loses the element type
  if (typeof salt !== 'string') throw malformed('A disclosure has no salt.', 'disclosures');
  if (third === undefined) return { encoded, digest, salt, value: second ?? null };
  if (typeof second !== 'string') throw malformed('A disclosure has no claim name.', 'disclosures');
  if (RESERVED.has(second)) throw malformed('A disclosure takes a reserved name.', 'disclosures');
  return { encoded, digest, salt, name: second, value: third };
}

function decodeJson(encoded: string, field: string): Json {
  try {
    return parseJson(fromUtf8(fromBase64url(encoded)), field, {
      maxLength: MAX_SD_JWT_LENGTH,
      maxDepth: MAX_DEPTH,
    });
  } catch (cause) {
    throw malformed('A disclosure is not base64url of JSON.', field, cause);
  }
}

/** Puts disclosures where their digests stand, remembering which digest was met and where each disclosure went. */
class Assembly {
  readonly #read: ReadonlyMap<string, ReadDisclosure>;
  readonly #met = new Set<string>();
  readonly #placed: Disclosure[] = [];
  readonly #signedPlaces = new Map<string, readonly number[]>();

  constructor(read: ReadonlyMap<string, ReadDisclosure>) {
    this.#read = read;
  }

  assemble(payload: JsonObject): JsonObject {
    const signed = Object.fromEntries(Object.entries(payload).filter(([name]) => name !== '_sd_alg'));
    const claims = this.#object(signed, [], undefined);
    if (this.#placed.length !== this.#read.size) {
      throw malformed('A disclosure belongs to no digest of the credential.', 'disclosures');
    }
    return claims;
  }

  /** In the order in which they travelled. */
  placed(): readonly Disclosure[] {
    const order = [...this.#read.keys()];
    return this.#placed.toSorted((a, b) => order.indexOf(a.digest) - order.indexOf(b.digest));
  }

  signedPlaces(): SignedPlaces {
    return this.#signedPlaces;
  }

  #value(value: Json, path: ConcretePath, parent: string | undefined): Json {
    if (path.length > MAX_DEPTH) throw malformed('The credential is nested too deeply.', 'disclosures');
    if (Array.isArray(value)) return this.#array(value as readonly Json[], path, parent); // as above
    return isJsonObject(value) ? this.#object(value, path, parent) : value;
  }

  #object(object: JsonObject, path: ConcretePath, parent: string | undefined): JsonObject {
    const members = new Map<string, Json>();
    for (const [name, value] of Object.entries(object)) {
      if (name === '_sd') continue;
      if (RESERVED.has(name)) throw malformed(`The credential uses the reserved name ${name}.`, 'payload');
      members.set(name, this.#value(value, [...path, name], parent));
    }
    for (const digest of digestsOf(object)) {
      const disclosure = this.#take(digest);
      if (disclosure === undefined) continue;
      const { name } = disclosure;
      if (name === undefined) throw malformed('An array element is disclosed as a member.', 'disclosures');
      if (Object.hasOwn(object, name) || members.has(name)) {
        throw malformed('A disclosure names a claim that is already there.', 'disclosures');
      }
      members.set(name, this.#place(disclosure, [...path, name], parent));
    }
    return Object.fromEntries(members);
  }

  #array(array: readonly Json[], path: ConcretePath, parent: string | undefined): readonly Json[] {
    const elements: Json[] = [];
    const places: number[] = [];
    for (const [place, element] of array.entries()) {
      const digest = elementDigest(element);
      if (digest === undefined) {
        places.push(place);
        elements.push(this.#value(element, [...path, elements.length], parent));
        continue;
      }
      const disclosure = this.#take(digest);
      if (disclosure === undefined) continue;
      if (disclosure.name !== undefined) throw malformed('A member is disclosed as an array element.', 'disclosures');
      places.push(place);
      elements.push(this.#place(disclosure, [...path, elements.length], parent));
    }
    if (elements.length < array.length) this.#signedPlaces.set(pathKey(path), places);
    return elements;
  }

  #take(digest: string): ReadDisclosure | undefined {
    if (this.#met.has(digest)) throw malformed('A digest stands in the credential twice.', '_sd');
    this.#met.add(digest);
    return this.#read.get(digest);
  }

  #place(disclosure: ReadDisclosure, path: ConcretePath, parent: string | undefined): Json {
    this.#placed.push({ ...disclosure, path, ...(parent === undefined ? {} : { parent }) });
    return this.#value(disclosure.value, path, disclosure.digest);
  }
}

function digestsOf(object: JsonObject): readonly string[] {
  const digests = object['_sd'];
  if (digests === undefined) return [];
  if (!Array.isArray(digests) || !digests.every((digest) => typeof digest === 'string')) {
    throw malformed('_sd is not an array of digests.', '_sd');
  }
  return digests;
}

function elementDigest(element: Json): string | undefined {
  if (!isJsonObject(element) || !Object.hasOwn(element, '...')) return undefined;
  const digest = element['...'];
  if (typeof digest !== 'string' || Object.keys(element).length !== 1) {
    throw malformed('A hidden array element is not one digest.', '...');
  }
  return digest;
}
