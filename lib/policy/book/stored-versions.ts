import * as v from 'valibot';
import { SignetError, canonicalJsonBytes, concatBytes, fromUtf8, utf8 } from '../../core/index.ts';
import type { Address, VaultReader, VaultTx } from '../../vault/index.ts';
import { MAX_RECORD_LENGTH, parseRecord } from '../../vault/index.ts';
import type { PolicySet } from '../engine/index.ts';
import { policyHashOf } from '../engine/index.ts';
import { MAX_EXPORT_LENGTH, readExport, signedExport } from './signed-set.ts';

/** A version that can be brought back. */
export interface PolicyVersion {
  readonly version: number;
  /** base64url SHA-256 of the set's canonical JSON. */
  readonly hash: string;
  /** Milliseconds since the epoch. */
  readonly savedAt: number;
  /** How many rules it has. */
  readonly rules: number;
}

/** How many versions are kept. */
const KEPT = 64;

const HEAD: Address = { label: 'sys/policy/head', index: 0 };
const HISTORY: Address = { label: 'sys/policy/history', index: 0 };
const partAt = (version: number, index: number): Address => ({ label: `sys/policy/version/${version}`, index });

const whole = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const VersionSchema = v.strictObject({
  version: whole,
  hash: v.string(),
  savedAt: whole,
  rules: whole,
  /** Records that it takes. */
  parts: whole,
});
const HeadSchema = v.strictObject({ v: v.literal(1), newest: VersionSchema });
const HistorySchema = v.strictObject({ v: v.literal(1), versions: v.array(VersionSchema) });

type StoredVersion = Readonly<v.InferOutput<typeof VersionSchema>>;

const NEWER = 'The rules cannot be read: a newer Signet wrote them.';

/** The newest version, or undefined before the first. @throws SignetError vault_damaged */
export async function newestVersion(reader: VaultReader): Promise<StoredVersion | undefined> {
  const bytes = await reader.get(HEAD, 1);
  return bytes === undefined ? undefined : parseRecord(HeadSchema, bytes, NEWER).newest;
}

/** Versions that are kept, oldest first. */
export async function keptVersions(reader: VaultReader): Promise<readonly StoredVersion[]> {
  const bytes = await reader.get(HISTORY, 1);
  return bytes === undefined ? [] : parseRecord(HistorySchema, bytes, NEWER).versions;
}

/** The set of a version that is kept. @throws SignetError vault_damaged when it is not the one that was saved */
export async function readVersion(reader: VaultReader, { version, hash, parts }: StoredVersion): Promise<PolicySet> {
  const pieces = await Promise.all(Array.from({ length: parts }, (_, index) => reader.get(partAt(version, index), 1)));
  const whole = pieces.filter((piece) => piece !== undefined);
  if (whole.length !== parts) throw new SignetError('vault_damaged', 'A part of the rules is missing.');
  const set = openText(fromUtf8(concatBytes(...whole)), reader);
  if (policyHashOf(set) !== hash) throw new SignetError('vault_damaged', 'The rules are not those that were saved.');
  return set;
}

function openText(text: string, { keys }: VaultReader): PolicySet {
  try {
    return readExport(text, keys.identity).set;
  } catch (cause) {
    throw new SignetError('vault_damaged', NEWER, { cause });
  }
}

/**
 * Writes a version, as it is exported: signed. The oldest goes when there are too many.
 * @throws SignetError bad_request, field `rules`, when they are too long to be kept
 */
export async function putVersion(
  tx: VaultTx,
  set: PolicySet,
  { version, hash, savedAt }: Omit<PolicyVersion, 'rules'>,
): Promise<void> {
  const text = signedExport(tx.keys.identity, set);
  if (text.length > MAX_EXPORT_LENGTH)
    throw new SignetError('bad_request', 'These rules are too long.', { field: 'rules' });
  const bytes = utf8(text);
  const parts = Math.ceil(bytes.length / MAX_RECORD_LENGTH);
  for (let part = 0; part < parts; part++) {
    tx.put(partAt(version, part), 1, bytes.subarray(part * MAX_RECORD_LENGTH, (part + 1) * MAX_RECORD_LENGTH));
  }
  const newest: StoredVersion = { version, hash, savedAt, rules: set.rules.length, parts };
  const versions = [...(await keptVersions(tx)), newest];
  for (const old of versions.slice(0, -KEPT)) await deleteVersion(tx, old);
  tx.put(HEAD, 1, canonicalJsonBytes({ v: 1, newest }));
  tx.put(HISTORY, 1, canonicalJsonBytes({ v: 1, versions: versions.slice(-KEPT) }));
}

async function deleteVersion(tx: VaultTx, { version, parts }: StoredVersion): Promise<void> {
  for (let part = 0; part < parts; part++) await tx.delete(partAt(version, part));
}
