import * as v from 'valibot';
import { SignetError, canonicalJsonBytes, fromUtf8 } from '../core/index.ts';
import type { VaultReader, VaultTx } from '../vault/index.ts';
import type { NoteSignatures } from './note-signatures.ts';
import { KEYS } from './places.ts';
import { readState } from './records.ts';
import { verifierKeyFor } from './signing-key.ts';
import type { Checkpoint, VerifierKey } from './verifying/index.ts';
import { formatVerifierKey, openCheckpoint, openCheckpointBy, parseVerifierKey } from './verifying/index.ts';

/** The key of a vault that the log lived in before it moved, and how many entries it had by then. */
interface FormerKey {
  readonly key: VerifierKey;
  readonly until: number;
}

/** The keys that sign for a log: that of its vault, and of those it moved here from. */
export interface LogKeys {
  readonly current: VerifierKey;
  readonly former: readonly FormerKey[];
}

const KeysSchema = v.strictObject({
  v: v.literal(1),
  former: v.array(v.strictObject({ key: v.string(), until: v.pipe(v.number(), v.safeInteger(), v.minValue(0)) })),
});

/** @throws SignetError vault_damaged */
export async function readKeys(vault: VaultReader): Promise<LogKeys> {
  const current = verifierKeyFor(vault.keys.audit);
  const bytes = await vault.get(KEYS, 1);
  if (bytes === undefined) return { current, former: [] };
  try {
    const { former } = v.parse(KeysSchema, JSON.parse(fromUtf8(bytes)));
    return { current, former: former.map(({ key, until }) => ({ key: parseVerifierKey(key), until })) };
  } catch (cause) {
    throw new SignetError('vault_damaged', 'The former keys of the log cannot be read.', { cause });
  }
}

/**
 * Remembers, in a vault that a log was copied into, the key it was signed with where it came from: what it signed by
 * then still holds.
 */
export async function rememberFormerKey(tx: VaultTx, from: VaultReader): Promise<void> {
  const { current, former } = await readKeys(from);
  const { size } = (await readState(tx)).tree;
  const all = [...former, { key: current, until: size }];
  tx.put(
    KEYS,
    1,
    canonicalJsonBytes({ v: 1, former: all.map(({ key, until }) => ({ key: formatVerifierKey(key), until })) }),
  );
}

/** The checkpoint in a text, signed by the key that the log had then. @throws SignetError bad_request */
export function openOwnCheckpoint(text: string, keys: LogKeys): Checkpoint {
  const { key, until } = signerOf(text, keys);
  return stillHad(openCheckpoint(text, key), until);
}

/** As `openOwnCheckpoint`, for one of many. @throws SignetError bad_request */
export async function openOneOfMany(text: string, keys: LogKeys, signatures: NoteSignatures): Promise<Checkpoint> {
  const { key, until } = signerOf(text, keys);
  return stillHad(await openCheckpointBy(text, key, signatures.isSignedBy), until);
}

/** The key that must have signed a checkpoint, and how many entries the log had when it signed last. */
function signerOf(text: string, { current, former }: LogKeys): FormerKey {
  const origin = text.slice(0, text.indexOf('\n'));
  return former.find(({ key }) => key.name === origin) ?? { key: current, until: Infinity };
}

function stillHad(checkpoint: Checkpoint, until: number): Checkpoint {
  if (checkpoint.size <= until) return checkpoint;
  throw new SignetError('bad_request', 'The checkpoint is signed by a key that the log no longer had.');
}
