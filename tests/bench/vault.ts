import { sha256 } from '@noble/hashes/sha2.js';
import { randomBytes, SecretBytes } from '../../lib/core/index.ts';
import { ROW_CAPACITY, openRow, sealRow } from '../../lib/vault/blind-db/envelope.ts';
import { recordId } from '../../lib/vault/blind-db/record-id.ts';
import { timeBatches } from './batches.ts';
import { percentile, type Row, type Suite, toRow } from './row.ts';

const BATCHES = { batches: 30, calls: 1000 } as const;

/** How much slower than the bare primitive is still fine. */
const LEEWAY = 2;

/** Blinding and sealing, in Node, against the primitive beneath. */
export const vault: Suite = {
  name: 'vault',
  async run() {
    const key = SecretBytes.take(randomBytes(32));
    const address = { label: 'data/attributes', index: 7 } as const;
    const version = { rowId: recordId(key, address), serial: 3 };
    const plaintext = randomBytes(ROW_CAPACITY);
    const sealed = sealRow(key, version, plaintext);
    const native = await webCryptoEnvelope(plaintext);
    const hashed = randomBytes(32 + address.label.length + 8);

    return [
      await compare(
        'record id, against bare SHA-256 of noble',
        () => recordId(key, address),
        () => sha256(hashed),
      ),
      await compare(
        'seal a row, against HKDF and AES-GCM of WebCrypto',
        () => sealRow(key, version, plaintext),
        native.seal,
      ),
      await compare(
        'open a row, against HKDF and AES-GCM of WebCrypto',
        () => openRow(key, version, sealed),
        native.open,
      ),
    ];
  },
};

async function compare(name: string, ours: () => unknown, bare: () => unknown): Promise<Row> {
  const baseline = await timeBatches(BATCHES, bare);
  const samples = await timeBatches(BATCHES, ours);
  return toRow({ suite: 'vault', name, unit: 'us', samples, baseline, target: LEEWAY * percentile(baseline, 75) });
}

/** The same work by WebCrypto: derive a record's key, then seal or open with it. */
async function webCryptoEnvelope(plaintext: Uint8Array<ArrayBuffer>) {
  const root = await crypto.subtle.importKey('raw', randomBytes(32), 'HKDF', false, ['deriveKey']);
  const [salt, iv, info] = [randomBytes(32), randomBytes(12), new TextEncoder().encode('signet-record-dek')];
  const derive = () =>
    crypto.subtle.deriveKey(
      { name: 'HKDF', hash: 'SHA-256', salt, info },
      root,
      { name: 'AES-GCM', length: 256 },
      false,
      ['encrypt', 'decrypt'],
    );
  const seal = async () => crypto.subtle.encrypt({ name: 'AES-GCM', iv }, await derive(), plaintext);
  const sealed = await seal();
  const open = async () => crypto.subtle.decrypt({ name: 'AES-GCM', iv }, await derive(), sealed);
  return { seal, open };
}
