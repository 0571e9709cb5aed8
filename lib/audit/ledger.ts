import * as v from 'valibot';
import { SignetError, canonicalJsonBytes, fromBase64url, fromUtf8, randomBytes, toBase64url } from '../core/index.ts';
import type { Address, VaultReader, VaultTx } from '../vault/index.ts';
import { HeadSchema } from './entry-schema.ts';
import type { TimedDraft } from './entry.ts';
import { completeDraft } from './entry.ts';
import type { AuditEntry } from './verifying/index.ts';
import { GENESIS, entryBytes, entryHash, parseEntry } from './verifying/index.ts';

const HEAD: Address = { label: 'sys/audit/head', index: 0 };
const entryAddress = (seq: number): Address => ({ label: 'sys/audit/entry', index: seq });

/** The end of the chain: the newest entry's number and hash (base64url). */
export interface Head {
  readonly seq: number;
  readonly hash: string;
}

/** @throws SignetError vault_damaged */
export async function readHead(vault: VaultReader): Promise<Head | undefined> {
  const bytes = await vault.get(HEAD, 1);
  if (bytes === undefined) return undefined;
  const { seq, hash } = parseSealed(HeadSchema, bytes, 'The end of the log cannot be read.');
  return { seq, hash };
}

/** @throws SignetError vault_damaged when there is no such entry, or it cannot be read */
export async function readEntry(vault: VaultReader, seq: number): Promise<AuditEntry> {
  const bytes = await vault.get(entryAddress(seq), 1);
  if (bytes === undefined) throw new SignetError('vault_damaged', `Entry ${seq} of the log is missing.`);
  try {
    return parseEntry(fromUtf8(bytes));
  } catch (cause) {
    throw new SignetError('vault_damaged', `Entry ${seq} of the log cannot be read.`, { cause });
  }
}

/**
 * Adds an entry to the end of the chain, within a transaction.
 * @param policy hash of the policy set in force, base64url
 */
export async function appendEntry(tx: VaultTx, draft: TimedDraft, policy: string): Promise<AuditEntry> {
  const head = await readHead(tx);
  const entry: AuditEntry = {
    v: 1,
    salt: toBase64url(randomBytes(16)),
    prev: head?.hash ?? GENESIS,
    seq: head === undefined ? 0 : head.seq + 1,
    policy,
    ...completeDraft(draft),
  };
  const hash = entryHash(entry);
  tx.put(entryAddress(entry.seq), 1, entryBytes(entry));
  tx.put(HEAD, 1, canonicalJsonBytes({ v: 1, seq: entry.seq, hash: toBase64url(hash) }));
  tx.setLog({ head: hash, state: new Uint8Array(0) });
  return entry;
}

/** The bytes of a head's hash. */
export const headHash = (head: Head | undefined) => fromBase64url(head?.hash ?? GENESIS);

function parseSealed<T>(schema: v.GenericSchema<unknown, T>, bytes: Uint8Array, problem: string): T {
  try {
    return v.parse(schema, JSON.parse(fromUtf8(bytes)));
  } catch (cause) {
    throw new SignetError('vault_damaged', problem, { cause });
  }
}
