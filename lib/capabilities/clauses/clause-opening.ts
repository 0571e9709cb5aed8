import type { Bytes } from '../../core/index.ts';
import { assertField, canonicalJson, fromBase64url, isJsonObject, parseJson, toBase64url } from '../../core/index.ts';
import { MAX_CLAUSES } from './commitment.ts';
import { MAX_LEAF_LENGTH } from './leaf.ts';

/** One clause with what shows that a token committed to it. */
export interface ClauseOpening {
  /** The leaf's bytes. */
  readonly leaf: Bytes;
  /** Where it stands among the leaves. It says nothing of how many clauses there are: places are drawn by lot. */
  readonly place: number;
  /** Inclusion proof (RFC 9162 §2.1.3): the hashes from the leaf's sibling up. */
  readonly proof: readonly Bytes[];
}

/** The most characters that opened clauses may have in all. */
export const MAX_OPENED_LENGTH = 262_144;

const MAX_PROOF = Math.log2(MAX_CLAUSES);
const LEAF_TEXT = Math.ceil((MAX_LEAF_LENGTH * 4) / 3);
const HASH_TEXT = 43;

/** Opened clauses as text that goes beside a token: canonical JSON, bytes in base64url. */
export const formatOpened = (opened: readonly ClauseOpening[]): string =>
  canonicalJson(
    opened.map(({ leaf, place, proof }) => ({ leaf: toBase64url(leaf), place, proof: proof.map(toBase64url) })),
  );

/**
 * Opened clauses as `formatOpened` wrote them. Whether they hold is not looked at.
 * @throws SignetError bad_request, naming `clauses`
 */
export function parseOpened(text: string): readonly ClauseOpening[] {
  const value: unknown = parseJson(text, 'clauses', { maxLength: MAX_OPENED_LENGTH, maxDepth: 3 });
  assertClauses(Array.isArray(value) && value.length <= MAX_CLAUSES);
  const opened = value.map(parseOne);
  assertClauses(formatOpened(opened) === text);
  return opened;
}

function parseOne(value: unknown): ClauseOpening {
  assertClauses(isJsonObject(value));
  const [leaf, place, proof]: unknown[] = ['leaf', 'place', 'proof'].map((name) =>
    Object.hasOwn(value, name) ? value[name] : undefined,
  );
  assertClauses(typeof leaf === 'string' && leaf.length <= LEAF_TEXT);
  assertClauses(typeof place === 'number' && Number.isInteger(place) && place >= 0 && place < MAX_CLAUSES);
  assertClauses(Array.isArray(proof) && proof.length <= MAX_PROOF);
  return { leaf: fromBase64url(leaf), place, proof: proof.map(parseHash) };
}

function parseHash(value: unknown): Bytes {
  assertClauses(typeof value === 'string' && value.length === HASH_TEXT);
  return fromBase64url(value);
}

function assertClauses(condition: boolean): asserts condition {
  assertField(condition, 'clauses', 'These are no opened clauses.');
}
