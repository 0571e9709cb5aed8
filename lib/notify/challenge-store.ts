import { canonicalJsonBytes } from '../core/index.ts';
import type { Address, VaultReader, VaultTx } from '../vault/index.ts';
import { Collection, parseRecord } from '../vault/index.ts';
import type { Challenge } from './challenge.ts';
import { ChallengeSchema } from './challenge.ts';

/** Ids of every question that is not over, oldest first. */
const OPEN = new Collection('sys/notify/open');

const addressOf = (id: string): Address => ({ label: `sys/notify/challenge/${id}`, index: 0 });

/** A question by its id, while it is not over. @throws SignetError vault_damaged */
export async function readChallenge(reader: VaultReader, id: string): Promise<Challenge | undefined> {
  const bytes = await reader.get(addressOf(id), 1);
  if (bytes === undefined) return undefined;
  return parseRecord(ChallengeSchema, bytes, 'A question to you cannot be read: a newer Signet wrote it.');
}

/** Every question that is not over, oldest first. @throws SignetError vault_damaged */
export async function listChallenges(reader: VaultReader): Promise<readonly Challenge[]> {
  const found = await Promise.all((await OPEN.list(reader)).map((id) => readChallenge(reader, id)));
  return found.filter((challenge) => challenge !== undefined);
}

export async function addChallenge(tx: VaultTx, challenge: Challenge): Promise<void> {
  await OPEN.add(tx, challenge.id);
  putChallenge(tx, challenge);
}

export const putChallenge = (tx: VaultTx, challenge: Challenge): void =>
  tx.put(addressOf(challenge.id), 1, canonicalJsonBytes(challenge));

/** Forgets a question: an answer to it means nothing from here on. Harmless when it is over. */
export async function removeChallenge(tx: VaultTx, id: string): Promise<void> {
  await OPEN.remove(tx, id);
  await tx.delete(addressOf(id));
}
