import { hmac } from '@noble/hashes/hmac.js';
import { sha256 } from '@noble/hashes/sha2.js';
import * as v from 'valibot';
import type { Bytes, JsonObject, SecretBytes } from '../../core/index.ts';
import { canonicalJsonBytes, equalBytes, fromBase64url, toBase64url } from '../../core/index.ts';
import { damaged } from '../damage.ts';
import { deriveAnchorKey } from '../keys/key-tree.ts';

const AnchorSchema = v.strictObject({
  v: v.literal(1),
  counter: v.pipe(v.number(), v.safeInteger(), v.minValue(1)),
  root: v.string(),
  log: v.string(),
  mac: v.string(),
});

/** What the anchor remembers of a table: the digest of its root, and what that says. Digests are 32 bytes. */
export interface AnchoredTable {
  readonly digest: Bytes;
  readonly facts: { readonly counter: number; readonly previous: Bytes; readonly logHead: Bytes };
}

/** `behind`: the worker died between a commit and its anchor. `missing`: storage.local lost it, or somebody took it. */
export type AnchorStanding = 'stands' | 'behind' | 'missing';

function macOf(auditKey: SecretBytes, body: object) {
  using key = deriveAnchorKey(auditKey);
  return hmac(sha256, key.expose(), canonicalJsonBytes(body));
}

/** The anchor of a table (design §9): its counter, root and newest audit entry under a MAC, for storage.local. */
export function anchorOf(auditKey: SecretBytes, table: AnchoredTable): JsonObject {
  const { counter, logHead } = table.facts;
  const body = { v: 1, counter, root: toBase64url(table.digest), log: toBase64url(logHead) };
  return { ...body, mac: toBase64url(macOf(auditKey, body)) };
}

/**
 * Compares what the database holds with what the anchor remembers.
 * @throws SignetError vault_damaged, in words that tell a vault put back to an older state from an altered one
 */
export function checkAnchor(auditKey: SecretBytes, stored: unknown, table: AnchoredTable): AnchorStanding {
  if (stored === undefined) return 'missing';
  const parsed = v.safeParse(AnchorSchema, stored);
  if (!parsed.success) throw damaged('The vault’s anchor was altered.');
  const { mac, ...body } = parsed.output;
  if (!isText(mac, macOf(auditKey, body))) throw damaged('The vault’s anchor was altered, or is of another vault.');
  const { counter, previous } = table.facts;
  if (body.counter === counter && isText(body.root, table.digest)) return 'stands';
  if (body.counter === counter - 1 && isText(body.root, previous)) return 'behind';
  if (body.counter > counter) throw damaged('The vault’s records were put back to an older state.');
  if (body.counter < counter - 1) throw damaged('The vault’s anchor was put back to an older state.');
  throw damaged('The vault’s records were altered: they are not the ones Signet last wrote.');
}

/** Whether a text is the base64url of these bytes, compared in constant time. */
function isText(text: string, bytes: Uint8Array): boolean {
  try {
    return equalBytes(fromBase64url(text), bytes);
  } catch {
    return false; // not base64url, so not theirs
  }
}
