import type { Bytes } from '../../core/index.ts';
import { SecretBytes, concatBytes, fromBase64, utf8 } from '../../core/index.ts';
import type { VaultKeys } from './key-tree.ts';
import { deriveKey } from './key-tree.ts';
import { openBox, sealBox } from './sealed-box.ts';

const LABEL = utf8('signet-session');
const KEY_LENGTH = 32;
const KEY_ORDER = ['sealing', 'addressing', 'identity', 'audit', 'tier2'] as const satisfies (keyof VaultKeys)[];

/** The session's secret out of storage.session, or undefined when what is there is none. */
export function readSessionSecret(stored: unknown): SecretBytes | undefined {
  if (typeof stored !== 'string' || !/^[A-Za-z0-9+/]{43}=$/.test(stored)) return undefined;
  return SecretBytes.take(fromBase64(stored));
}

const sessionKey = (secret: SecretBytes): SecretBytes => deriveKey(secret, 'session', 'signet-session-key');

/** Bound to the header: under another header the session does not open. */
const additionalData = (headerDigest: Bytes): Bytes => concatBytes(LABEL, headerDigest);

/** The blob that together with the session's secret opens the vault after a restart of the worker (design §4). */
export function sealSession(secret: SecretBytes, headerDigest: Bytes, keys: VaultKeys): Bytes {
  using plaintext = SecretBytes.take(concatBytes(...KEY_ORDER.map((name) => keys[name].expose())));
  using key = sessionKey(secret);
  return sealBox(key, additionalData(headerDigest), plaintext.expose());
}

/** The keys of the session, or undefined when secret, blob and header do not belong together. */
export function openSession(secret: SecretBytes, headerDigest: Bytes, blob: Uint8Array): VaultKeys | undefined {
  using key = sessionKey(secret);
  const opened = openBox(key, additionalData(headerDigest), blob);
  if (opened?.length !== KEY_ORDER.length * KEY_LENGTH) return undefined;
  using plaintext = SecretBytes.take(opened);
  const part = (name: (typeof KEY_ORDER)[number]): SecretBytes => {
    const start = KEY_ORDER.indexOf(name) * KEY_LENGTH;
    return SecretBytes.take(plaintext.expose().slice(start, start + KEY_LENGTH));
  };
  return {
    sealing: part('sealing'),
    addressing: part('addressing'),
    identity: part('identity'),
    audit: part('audit'),
    tier2: part('tier2'),
  };
}
