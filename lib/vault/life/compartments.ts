import * as v from 'valibot';
import { SignetError, canonicalJsonBytes } from '../../core/index.ts';
import type { Address } from '../blind-db/address.ts';
import type { CompartmentName, StoredCompartment } from './compartment.ts';
import {
  COMPARTMENT_NAMES,
  compartmentAddress,
  compartmentId,
  compartmentPrefix,
  readCompartment,
} from './compartment.ts';
import type { KeeperRoom } from './keeper-room.ts';
import type { OpenVault } from '../blind-db/open-vault.ts';
import type { VaultReader, VaultTx } from '../blind-db/vault-tx.ts';
import { parseRecord } from '../blind-db/parse-record.ts';

/** Records that go in one transaction. */
const SLICE = 64;

const ErasingSchema = v.strictObject({ v: v.literal(1), id: v.string() });

/** Says that rows of a compartment whose key is gone still have to go. */
const erasingAddress = (name: CompartmentName): Address => ({ label: `sys/compartment-erasing/${name}`, index: 0 });

/** A compartment, and how many Tier 3 records lie in it. */
export interface CompartmentFacts extends StoredCompartment {
  readonly records: number;
}

/** The compartments that there are. Reads every record where there is one. @throws SignetError vault_damaged */
export async function listCompartments(vault: OpenVault): Promise<readonly CompartmentFacts[]> {
  const read = await Promise.all(COMPARTMENT_NAMES.map((name) => readCompartment(vault, name)));
  const found = read.filter((stored) => stored !== undefined);
  const counts = new Map<CompartmentName, number>();
  if (found.length > 0) {
    for await (const { address, tier } of vault.records()) {
      const name = tier === 3 ? compartmentOf(address) : undefined;
      if (name !== undefined) counts.set(name, (counts.get(name) ?? 0) + 1);
    }
  }
  return found.map((stored) => ({ ...stored, records: counts.get(stored.name) ?? 0 }));
}

/** The compartment that an address lies in, by its label. */
export const compartmentOf = ({ label }: Address): CompartmentName | undefined =>
  COMPARTMENT_NAMES.find((name) => label.startsWith(compartmentPrefix(name)));

/**
 * Erases a compartment: its wrapped key goes in one logged transaction, and that it went is looked at; what was
 * granted before ends. From then on this vault cannot open its records. They themselves go with `clearErased`.
 * @throws SignetError `not_found`, `storage_failed` when the wrapped key is still there
 */
export async function eraseCompartment(
  { options, notes, live }: KeeperRoom,
  vault: OpenVault,
  name: CompartmentName,
): Promise<void> {
  const { rows } = await vault.locate(compartmentAddress(name));
  await vault.transact(async (tx) => {
    const stored = await readCompartment(tx, name);
    if (stored === undefined) throw new SignetError('not_found', 'There is no such compartment any more.');
    await tx.delete(compartmentAddress(name));
    tx.put(erasingAddress(name), 1, canonicalJsonBytes({ v: 1, id: stored.id }));
    await notes.append(tx, 'compartment.erased', compartmentId(stored));
  });
  live.endGrants();
  const left = await Promise.all(rows.map((row) => options.backend.get('records', row)));
  if (left.every((row) => row === undefined) && (await readCompartment(vault, name)) === undefined) return;
  throw new SignetError('storage_failed', 'The key of the compartment is still there. Erasing did not finish.');
}

/** Removes the rows of compartments whose keys are gone. Harmless when repeated; goes on where a worker died. */
export async function clearErased(vault: OpenVault): Promise<void> {
  for (const name of COMPARTMENT_NAMES) {
    const id = await erasedId(vault, name);
    if (id !== undefined) await clearSlices(vault, name, id);
  }
}

/**
 * Within a transaction that makes a compartment: removes what an erased one of this name left, so that nobody takes
 * the new one's records for it.
 */
export async function clearErasedIn(tx: VaultTx, vault: OpenVault, name: CompartmentName): Promise<void> {
  if ((await erasedId(tx, name)) === undefined) return;
  for (const address of await addressesIn(vault, name)) await tx.delete(address);
  await tx.delete(erasingAddress(name));
}

/** Lists first, lest a page of a list stand without its head: what is not Tier 3 goes in one transaction. */
async function clearSlices(vault: OpenVault, name: CompartmentName, id: string): Promise<void> {
  const addresses = await addressesIn(vault, name);
  const tiers = await Promise.all(addresses.map((address) => vault.tierOf(address)));
  const lists = addresses.filter((_, i) => tiers[i] !== 3);
  const boxes = addresses.filter((_, i) => tiers[i] === 3);
  const slices = Array.from({ length: Math.ceil(boxes.length / SLICE) }, (_, i) =>
    boxes.slice(i * SLICE, (i + 1) * SLICE),
  );
  for (const slice of [lists, ...slices, [erasingAddress(name)]]) {
    const over = await vault.transact(async (tx) => {
      if ((await erasedId(tx, name)) !== id) return true;
      for (const address of slice) await tx.delete(address);
      return false;
    });
    if (over) return; // somebody made the compartment anew, and cleared it first
  }
}

async function addressesIn(vault: OpenVault, name: CompartmentName): Promise<readonly Address[]> {
  const found: Address[] = [];
  for await (const { address } of vault.records()) if (compartmentOf(address) === name) found.push(address);
  return found;
}

async function erasedId(vault: VaultReader, name: CompartmentName): Promise<string | undefined> {
  const bytes = await vault.get(erasingAddress(name), 1);
  if (bytes === undefined) return undefined;
  return parseRecord(ErasingSchema, bytes, 'An erased compartment cannot be read: a newer Signet wrote it.').id;
}
