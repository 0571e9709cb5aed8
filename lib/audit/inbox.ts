import { gcm } from '@noble/ciphers/aes.js';
import { x25519 } from '@noble/curves/ed25519.js';
import { hmac } from '@noble/hashes/hmac.js';
import { sha256 } from '@noble/hashes/sha2.js';
import * as v from 'valibot';
import type { Bytes, SecretBytes } from '../core/index.ts';
import {
  SecretBytes as Secret,
  SignetError,
  canonicalJsonBytes,
  concatBytes,
  equalBytes,
  fromBase64,
  fromUtf8,
  le64,
  randomBytes,
  toBase64,
  utf8,
} from '../core/index.ts';
import type { KeyValue, LockedDesk, VaultTx } from '../vault/index.ts';
import { deriveInboxSecret, deriveKey, pad, unpad } from '../vault/index.ts';
import { WaitingSchema } from './entry-schema.ts';
import type { TimedDraft } from './entry.ts';
import { completeDraft } from './entry.ts';

/** Most entries kept for one subject, and in all, while locked. */
export const INBOX_LIMITS = { perSubject: 50, inAll: 500 } as const;

const ROW_PREFIX = 'inbox/';
const DROPPED_KEY = 'inbox.dropped';
const TAG_KEY = 'inboxTag';
const TAG_LENGTH = 16;
const PUBLIC_KEY_LENGTH = 32;
const ZERO_NONCE = new Uint8Array(12);

/**
 * Keeps an entry while the vault is locked, sealed to the inbox key in the vault's header: whoever reads the rows
 * learns how many there are. Above the limits it only counts that one was dropped.
 * @throws SignetError storage_failed
 */
export async function dropInInbox(desk: LockedDesk, draft: TimedDraft): Promise<void> {
  for (;;) {
    try {
      await tryDropIn(desk, draft);
      return;
    } catch (error) {
      if (SignetError.from(error).reason !== 'changed') throw error;
    }
  }
}

/** @throws SignetError changed when another entry came in between */
async function tryDropIn(desk: LockedDesk, draft: TimedDraft): Promise<void> {
  const tag = await subjectTag(desk.session, draft.subject ?? '');
  const meta = await desk.backend.entries('meta');
  const rows = meta.filter(([key]) => key.startsWith(ROW_PREFIX));
  const ofSubject = rows.filter(([, row]) => equalBytes(row.subarray(0, TAG_LENGTH), tag));
  if (rows.length >= INBOX_LIMITS.inAll || ofSubject.length >= INBOX_LIMITS.perSubject) {
    const before = meta.find(([key]) => key === DROPPED_KEY)?.[1];
    const value = le64(droppedCount(before) + 1);
    return desk.backend.batch(
      [{ store: 'meta', key: DROPPED_KEY, value }],
      [{ store: 'meta', key: DROPPED_KEY, value: before }],
    );
  }
  const key = nextRowKey(rows.map(([name]) => name));
  const plaintext = canonicalJsonBytes({ v: 1, ...completeDraft(draft) });
  const value = concatBytes(tag, sealTo(desk.inboxKey, utf8(key), plaintext));
  await desk.backend.batch([{ store: 'meta', key, value }], [{ store: 'meta', key, value: undefined }]);
}

/** What waited, in the order it came, and how many entries there was no room for or that cannot be read. */
export interface InboxContent {
  readonly entries: readonly TimedDraft[];
  readonly dropped: number;
}

/** Opens the inbox and stages its emptying, within the transaction that puts its entries into the log. */
export async function emptyInbox(tx: VaultTx): Promise<InboxContent> {
  using secret = deriveInboxSecret(tx.keys.audit);
  const entries: TimedDraft[] = [];
  let dropped = 0;
  for (const [key, row] of await tx.sideEntries('meta')) {
    if (key !== DROPPED_KEY && !key.startsWith(ROW_PREFIX)) continue;
    tx.expect({ store: 'meta', key, value: row });
    tx.raw({ store: 'meta', key, value: undefined });
    const entry = key === DROPPED_KEY ? undefined : openEntry(secret, key, row);
    if (key === DROPPED_KEY) dropped += droppedCount(row);
    else if (entry === undefined) dropped += 1;
    else entries.push(entry);
  }
  return { entries, dropped };
}

function openEntry(secret: SecretBytes, key: string, row: Bytes): TimedDraft | undefined {
  const plaintext = openWith(secret, utf8(key), row.subarray(TAG_LENGTH));
  if (plaintext === undefined) return undefined;
  try {
    return completeDraft(v.parse(WaitingSchema, JSON.parse(fromUtf8(plaintext))));
  } catch {
    return undefined; // counted as dropped: anyone who can write to the disk can put a row here
  }
}

/** Numbered so that the order of keys is the order of time. */
function nextRowKey(keys: readonly string[]): string {
  const last = keys.at(-1)?.slice(ROW_PREFIX.length) ?? '-1';
  return `${ROW_PREFIX}${String(Number(last) + 1).padStart(8, '0')}`;
}

const droppedCount = (row: Bytes | undefined): number =>
  row?.length === 8 ? Number(new DataView(row.buffer, row.byteOffset).getBigUint64(0, true)) : 0;

/** Tells rows of one subject apart from others for as long as the browser runs, and nobody which subject it is. */
async function subjectTag(session: KeyValue, subject: string): Promise<Bytes> {
  using key = await tagKey(session);
  return hmac(sha256, key.expose(), utf8(subject)).slice(0, TAG_LENGTH);
}

async function tagKey(session: KeyValue): Promise<SecretBytes> {
  const stored = await session.get(TAG_KEY);
  if (typeof stored === 'string') return Secret.take(fromBase64(stored));
  const key = Secret.take(randomBytes(32));
  await session.set(TAG_KEY, toBase64(key.expose()));
  return key;
}

/**
 * ephemeral public key ‖ AES-256-GCM under HKDF(X25519(ephemeral, recipient), salt both public keys). The key is used
 * once, so the nonce is zero.
 */
function sealTo(recipient: Bytes, additionalData: Bytes, plaintext: Bytes): Bytes {
  using ephemeral = Secret.take(randomBytes(32));
  const publicKey = x25519.getPublicKey(ephemeral.expose());
  using key = agreedKey(ephemeral, recipient, publicKey, recipient);
  return concatBytes(publicKey, gcm(key.expose(), ZERO_NONCE, additionalData).encrypt(pad(plaintext)));
}

function openWith(secret: SecretBytes, additionalData: Bytes, sealed: Bytes): Bytes | undefined {
  const ephemeral = sealed.slice(0, PUBLIC_KEY_LENGTH);
  try {
    using key = agreedKey(secret, ephemeral, ephemeral, x25519.getPublicKey(secret.expose()));
    return unpad(gcm(key.expose(), ZERO_NONCE, additionalData).decrypt(sealed.subarray(PUBLIC_KEY_LENGTH)));
  } catch {
    return undefined; // not sealed to this vault, or altered
  }
}

function agreedKey(own: SecretBytes, other: Bytes, ephemeral: Bytes, recipient: Bytes): SecretBytes {
  using shared = Secret.take(x25519.getSharedSecret(own.expose(), other));
  return deriveKey(shared, concatBytes(ephemeral, recipient), 'signet-audit-inbox-entry');
}
