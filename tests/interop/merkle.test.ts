import { createPublicKey } from 'node:crypto';
import { verifyTLogInclusion } from '@sigstore/verify/dist/tlog/index.js';
import type { TLogAuthority } from '@sigstore/verify/dist/trust/trust.types.js';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { entryBytes, parseTlogProof } from '../../lib/audit/verifying/index.ts';
import { SignedLog } from '../fixtures/audit/signed-log.ts';

const RUNS = Number(process.env['SIGNET_RUNS'] ?? 40);

/** DER of an Ed25519 public key without the key itself (RFC 8410 §4). */
const ED25519_SPKI = Buffer.from('302a300506032b6570032100', 'hex');

/** What sigstore trusts: our log, by the four bytes that its checkpoints name the key with. */
function authority({ key }: SignedLog): TLogAuthority {
  const spki = Buffer.concat([ED25519_SPKI, key.publicKey]);
  return {
    logID: Buffer.from(key.id),
    baseURL: `https://${key.name}`,
    publicKey: createPublicKey({ key: spki, format: 'der', type: 'spki' }),
    validFor: { start: new Date(0), end: new Date(8.64e15) },
  };
}

/** The proof of one of our entries, in the form in which sigstore passes such things around. */
async function sigstoreEntry(log: SignedLog, seq: number) {
  const { index, hashes, checkpoint } = parseTlogProof(await log.proof(seq));
  const entry = log.entries[seq];
  if (entry === undefined) throw new RangeError('There is no such entry.');
  return {
    logIndex: String(index),
    logId: { keyId: Buffer.from(log.key.id) },
    kindVersion: undefined,
    integratedTime: '0',
    inclusionPromise: undefined,
    inclusionProof: {
      logIndex: String(index),
      rootHash: Buffer.alloc(0),
      treeSize: String(log.entries.length),
      hashes: hashes.map((hash) => Buffer.from(hash)),
      checkpoint: { envelope: checkpoint },
    },
    canonicalizedBody: Buffer.from(entryBytes(entry)),
  };
}

// Sigstore's type wants a kind and version, which its check of inclusion does not read.
type SigstoreEntry = Parameters<typeof verifyTLogInclusion>[0];
const check = (entry: Awaited<ReturnType<typeof sigstoreEntry>>, log: SignedLog): void =>
  verifyTLogInclusion(entry as unknown as SigstoreEntry, [authority(log)]);

const logAndEntry = fc.integer({ min: 1, max: 70 }).chain((size) => fc.tuple(fc.constant(size), fc.nat(size - 1)));

describe('sigstore’s code, asked whether an entry is in our log', () => {
  test('agrees with our proofs and our checkpoints', async () => {
    await fc.assert(
      fc.asyncProperty(logAndEntry, async ([size, seq]) => {
        const log = new SignedLog(size);
        const entry = await sigstoreEntry(log, seq);
        expect(() => check(entry, log)).not.toThrow();
      }),
      { numRuns: RUNS },
    );
  });

  test('refuses them for another entry, another place and another tree', async () => {
    await fc.assert(
      fc.asyncProperty(logAndEntry, async ([size, seq]) => {
        const log = new SignedLog(size);
        const entry = await sigstoreEntry(log, seq);
        const { inclusionProof } = entry;
        const elsewhere = { ...inclusionProof, logIndex: String(seq + 1) };
        const larger = { ...inclusionProof, checkpoint: { envelope: new SignedLog(size + 1).checkpoint() } };
        expect(() => check({ ...entry, canonicalizedBody: Buffer.from('{}') }, log)).toThrow();
        expect(() => check({ ...entry, inclusionProof: elsewhere }, log)).toThrow();
        expect(() => check({ ...entry, inclusionProof: larger }, log)).toThrow();
      }),
      { numRuns: RUNS },
    );
  });

  test('refuses a checkpoint that another log signed', async () => {
    const [log, other] = [new SignedLog(9), new SignedLog(9, 8)];
    const entry = await sigstoreEntry(log, 4);
    expect(() => check(entry, other)).toThrow();
  });
});
