import { sha256 } from '@noble/hashes/sha2.js';
import type { Bytes, Json } from '../core/index.ts';
import { assertField, canonicalJsonBytes, displayText, toBase64url } from '../core/index.ts';

/** One thing that is asked for. */
export interface ScopeItem {
  /**
   * How the person knows it: a claim, an attribute; at most 200 characters, none of them invisible. No two items of a
   * scope have the same.
   */
  readonly name: string;
  /** What exactly, to the last bound. It never leaves the wallet. */
  readonly exact: Json;
}

/** All that a request asks for, and nothing else: what is approved is this or a part of it. */
export interface Scope {
  /** Which tool it is, such as `get_proof`: small letters and `_`, at most 40. */
  readonly kind: string;
  /** Whom it is for: an origin or a domain, at most 300 characters. */
  readonly audience: string;
  /** At least one, at most 64. */
  readonly items: readonly ScopeItem[];
  /** Whatever else makes the request what it is: purpose, nonce, constraints. It never leaves the wallet. */
  readonly exact: Json;
}

const KIND = /^[a-z_]{1,40}$/;
const MAX_ITEMS = 64;
const MAX_NAME = 200;
const MAX_AUDIENCE = 300;

/** @throws SignetError bad_request, naming the part of `scope` */
export function assertScope({ kind, audience, items }: Scope): void {
  assertField(KIND.test(kind), 'scope.kind', 'A kind has small letters and _ alone.');
  assertField(isText(audience, MAX_AUDIENCE), 'scope.audience', 'It has to be for somebody.');
  assertField(items.length > 0 && items.length <= MAX_ITEMS, 'scope.items', `A scope has 1 to ${MAX_ITEMS} items.`);
  const names = items.map(({ name }) => name);
  assertField(
    names.every((name) => isText(name, MAX_NAME)),
    'scope.items',
    'Each item has a name.',
  );
  assertField(new Set(names).size === names.length, 'scope.items', 'Two items have the same name.');
}

/** What looks like what it is: the person decides by these texts, in a program of theirs that shows them. */
const isText = (text: string, most: number): boolean =>
  text !== '' && text.length <= most && displayText(text, most) === text;

/**
 * What stands for exactly this scope: base64url SHA-256 of the canonical JSON (RFC 8785) of it with a salt. The salt
 * stays in the wallet, so that whoever sees the digest cannot find out by trying what is asked, or with which bounds.
 * @param salt 16 random bytes
 */
export const scopeDigest = ({ kind, audience, items, exact }: Scope, salt: Bytes): string =>
  toBase64url(
    sha256(
      canonicalJsonBytes({
        ...{ purpose: 'signet-authorization-scope-v1', salt: toBase64url(salt) },
        ...{ kind, audience, exact, items: items.map((item) => ({ name: item.name, exact: item.exact })) },
      }),
    ),
  );

/** Whether names are some of a scope's, each once, but not all and not none. */
export function isStrictPart(keep: readonly string[], names: readonly string[]): boolean {
  const kept = new Set(keep);
  const isEachOnce = kept.size === keep.length && keep.every((name) => names.includes(name));
  return isEachOnce && kept.size > 0 && kept.size < names.length;
}
