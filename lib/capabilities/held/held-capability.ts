import { sha256 } from '@noble/hashes/sha2.js';
import * as v from 'valibot';
import { SecretBytes, SignetError, canonicalJsonBytes, toBase64url, utf8 } from '../../core/index.ts';
import type { Address, VaultReader, VaultTx } from '../../vault/index.ts';
import { Collection, parseRecord } from '../../vault/index.ts';
import { forgetBudget } from '../budget/paying/index.ts';
import { forgetReleased } from '../ledger/spending/index.ts';

/** Receipts of the merchant's that are kept for a token. */
export const MAX_RECEIPTS = 16;
/** Tokens that are kept, in all and of one site: one that asks often pushes nobody else's out. */
export const MAX_HELD = 512;
export const MAX_HELD_OF_ONE = 128;

const whole = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const HeldSchema = v.strictObject({
  v: v.literal(1),
  jti: v.string(),
  audience: v.string(),
  kind: v.string(),
  purpose: v.string(),
  oneTime: v.boolean(),
  bearer: v.boolean(),
  /** Seconds. */
  lifetime: whole,
  /** Minor units. */
  money: v.exactOptional(v.strictObject({ amount: whole, currency: v.string() })),
  /** The commitment in base64url, what a unit is worth in minor units, and how many there are. */
  budget: v.exactOptional(v.strictObject({ commitment: v.string(), unit: whole, length: whole })),
  /** Base64url of the Ed25519 key that the merchant signs receipts with. */
  receiptKey: v.exactOptional(v.string()),
  /** The authority that it was shown with: origin. */
  authority: v.exactOptional(v.string()),
  /** Milliseconds since the epoch. */
  releasedAt: whole,
  expiresAt: whole,
  revokedAt: v.exactOptional(whole),
  /** Minor units that the merchant says were not used. */
  returned: v.exactOptional(whole),
  /** As the merchant signed them, oldest first. */
  receipts: v.pipe(v.array(v.string()), v.maxLength(MAX_RECEIPTS)),
});

/** What the wallet keeps of a token that it released: never the token itself. */
export type HeldCapability = Readonly<v.InferOutput<typeof HeldSchema>>;

const LIST = new Collection('data/capabilities');

/** Where a token is kept follows from its audience: no other site's call leads there. */
const idOf = ({ audience, jti }: Pick<HeldCapability, 'audience' | 'jti'>): string => `${tagOf(audience)}.${jti}`;
const tagOf = (audience: string): string => toBase64url(sha256(utf8(audience)).slice(0, 16));
const jtiOf = (id: string): string => id.slice(id.indexOf('.') + 1);

const recordAt = (id: string): Address => ({ label: `data/capability/${id}`, index: 0 });
const seedAt = (id: string): Address => ({ label: `data/capability/${id}`, index: 1 });

/** A token that was released to this very origin. @throws SignetError vault_damaged */
export const readHeld = (reader: VaultReader, audience: string, jti: string): Promise<HeldCapability | undefined> =>
  readById(reader, idOf({ audience, jti }));

/** A token by its `jti`, whoever it was released to. @throws SignetError not_found */
export async function findHeld(reader: VaultReader, jti: string): Promise<HeldCapability> {
  const id = (await LIST.list(reader)).find((one) => jtiOf(one) === jti);
  const held = id === undefined ? undefined : await readById(reader, id);
  if (held === undefined) throw new SignetError('not_found', 'There is no such token any more.', { field: 'id' });
  return held;
}

/** All that are kept, oldest first. @throws SignetError vault_damaged */
export async function listHeld(reader: VaultReader): Promise<readonly HeldCapability[]> {
  const ids = await LIST.list(reader);
  return (await Promise.all(ids.map((id) => readById(reader, id)))).filter((held) => held !== undefined);
}

async function readById(reader: VaultReader, id: string): Promise<HeldCapability | undefined> {
  const bytes = await reader.get(recordAt(id), 1);
  if (bytes === undefined) return undefined;
  return parseRecord(HeldSchema, bytes, 'A token in the vault cannot be read: a newer Signet wrote it.');
}

/**
 * Keeps a token, in the transaction that releases it. Where there is no room the one that ended first goes, with its
 * receipts; one that may still be used never does.
 * @param seed of a budget: copied
 * @param now milliseconds since the epoch
 * @throws SignetError too_many where all that are kept may still be used
 */
export async function keepHeld(tx: VaultTx, held: HeldCapability, seed: SecretBytes | undefined, now: number) {
  await makeRoom(tx, held.audience, now);
  const id = idOf(held);
  await LIST.add(tx, id);
  await tx.insertUnique(recordAt(id), 1, canonicalJsonBytes(held));
  if (seed !== undefined) await tx.insertUnique(seedAt(id), 1, seed.expose().slice());
}

/** Replaces what is kept of a token. */
export const putHeld = (tx: VaultTx, held: HeldCapability): void =>
  tx.put(recordAt(idOf(held)), 1, canonicalJsonBytes(held));

/** The seed of a budget, the caller's to dispose of; undefined where there is none, or nothing is to be released any more. */
export async function openSeed(reader: VaultReader, held: HeldCapability): Promise<SecretBytes | undefined> {
  const bytes = await reader.get(seedAt(idOf(held)), 1);
  return bytes === undefined ? undefined : SecretBytes.take(bytes);
}

/** Ends a budget: no further unit can be made. Harmless where there is none. */
export const dropSeed = (tx: VaultTx, held: HeldCapability): Promise<void> => tx.delete(seedAt(idOf(held)));

/** Deletes all that is known of a token. What it took stays counted. */
export async function forgetHeld(tx: VaultTx, held: HeldCapability): Promise<void> {
  const id = idOf(held);
  await tx.delete(recordAt(id));
  await tx.delete(seedAt(id));
  await LIST.remove(tx, id);
  await forgetBudget(tx, held.jti);
  await forgetReleased(tx, held.jti);
}

/** Whether nothing more is to come of a token, as its record says. @param now milliseconds since the epoch */
export const isOver = ({ revokedAt, returned, expiresAt }: HeldCapability, now: number): boolean =>
  revokedAt !== undefined || returned !== undefined || now >= expiresAt;

async function makeRoom(tx: VaultTx, audience: string, now: number): Promise<void> {
  const ids = await LIST.list(tx);
  const own = ids.filter((id) => id.startsWith(`${tagOf(audience)}.`));
  const crowded = own.length >= MAX_HELD_OF_ONE ? own : ids;
  if (crowded === ids && ids.length < MAX_HELD) return;
  for (const id of crowded) {
    const held = await readById(tx, id);
    if (held === undefined || !isOver(held, now)) continue;
    await forgetHeld(tx, held);
    return;
  }
  throw new SignetError('too_many', 'There are too many tokens that may still be used. Nothing was released.');
}
