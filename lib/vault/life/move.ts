import type { Bytes } from '../../core/index.ts';
import { SecretBytes, equalBytes, randomBytes } from '../../core/index.ts';
import type { FoundVault } from './boot.ts';
import type { CompartmentName } from './compartment.ts';
import { COMPARTMENT_NAMES, Compartment, compartmentAddress, readCompartment } from './compartment.ts';
import { clearErased, compartmentOf } from './compartments.ts';
import { damaged } from '../damage.ts';
import type { KeeperRoom } from './keeper-room.ts';
import { newHeader, rootOfEntropy } from './keeper-room.ts';
import type { VaultKeys } from '../keys/key-tree.ts';
import { copyKeys, deriveVaultKeys, disposeKeys } from '../keys/key-tree.ts';
import type { Mark } from './mark.ts';
import { encodeMark } from './mark.ts';
import { markerWrite, moveState, movingStores, settleMove, swapWrites } from './moving-stores.ts';
import type { VaultRecord } from '../blind-db/open-vault.ts';
import { OpenVault, readOnlyError } from '../blind-db/open-vault.ts';
import type { Opener } from '../keys/opener.ts';
import { isPasskeyNames } from './passkeys.ts';
import { assertNewPassword } from '../keys/password.ts';
import { phraseOfEntropy } from '../keys/phrase.ts';
import { HEADER_KEY, MARK_KEY } from '../places.ts';
import { readSettings, writeSettings } from './settings.ts';
import type { VaultTx } from '../blind-db/vault-tx.ts';
import { newTier2Key } from '../keys/wraps.ts';

/** A transaction of a move holds at most this many records, and this many bytes of them. */
const SLICE_RECORDS = 200;
const SLICE_BYTES = 256 * 1024;

export interface MoveOrder {
  /** Opens the old vault. */
  readonly opener: Opener;
  /** Of the new vault. No passkey opens it until one is added. */
  readonly password: string;
  /** Default: the one there is. */
  readonly mark?: Mark;
}

/**
 * Moves everything into a new vault: new words, a new password, another identity, every record sealed again under new
 * keys and every compartment under a new key of its own. It is the answer to words or a password that leaked.
 *
 * The new vault is built beside the old one, which stands, and takes no change meanwhile, until one batch puts the
 * new header and root into the place of the old. A worker that dies before that batch leaves the old vault, one that
 * dies after it the new one (see `settleMove`); the rows of the other are swept away.
 * @returns the new words
 * @throws SignetError `wrong_password`, `wait`, `bad_request` (fields `password`, `mark`), `read_only`,
 *   `vault_damaged` when a record cannot be read, `storage_failed`
 */
export async function moveVault(
  room: KeeperRoom,
  { found, vault }: { found: FoundVault; vault: OpenVault },
  { opener, password, mark }: MoveOrder,
): Promise<{ words: string[] }> {
  assertNewPassword(password);
  const markBytes = mark === undefined ? undefined : encodeMark(mark);
  if (vault.readOnly !== undefined) throw readOnlyError(vault.readOnly);
  using opened = await room.check.open(found, opener);
  using oldRoot = await rootOfEntropy(opened.entropy);
  await clearErased(vault);
  await sweepMove(room.options, vault);
  await vault.transact((tx) => room.notes.collect(tx));
  using entropy = SecretBytes.take(randomBytes(32));
  const plan: Plan = { room, found, vault, oldRoot, entropy, password, markBytes };
  await whileStill(vault, () => moveWhole(plan));
  await arrive(room);
  return { words: phraseOfEntropy(entropy).split(' ') };
}

interface Plan {
  readonly room: KeeperRoom;
  readonly found: FoundVault;
  readonly vault: OpenVault;
  readonly oldRoot: SecretBytes;
  /** Of the new vault. */
  readonly entropy: SecretBytes;
  readonly password: string;
  readonly markBytes: Bytes | undefined;
}

/**
 * Keeps every other writer of the old vault waiting while it is copied, for what they wrote would be lost; and closes
 * it when it is no more, so that they are told.
 */
async function whileStill(vault: OpenVault, work: () => Promise<void>): Promise<void> {
  const kept = { done: false };
  try {
    await vault.transact(async () => {
      await work();
      kept.done = true;
      vault.close();
    });
  } catch (error) {
    if (!kept.done) throw error; // closed, the transaction itself fails: it had nothing to write
  }
}

async function moveWhole(plan: Plan): Promise<void> {
  const { room, entropy, password } = plan;
  const { options } = room;
  using root = await rootOfEntropy(entropy);
  const keys = { ...deriveVaultKeys(root), tier2: newTier2Key() };
  try {
    const header = await newHeader(options, { entropy, keys, tier2: keys.tier2 }, password);
    await options.backend.batch([markerWrite('building')], [markerWrite(undefined)]);
    await build(plan, { root, keys, header });
    await swap(plan, { keys, header });
  } catch (error) {
    await Promise.allSettled([settleMove(options)]); // where that fails too, the next worker does it
    throw error;
  } finally {
    disposeKeys(keys);
  }
}

/** The new vault's secrets. */
interface Fresh {
  readonly root: SecretBytes;
  readonly keys: VaultKeys;
  readonly header: Bytes;
}

async function build({ room, vault, oldRoot }: Plan, { root, keys, header }: Fresh): Promise<void> {
  const built = OpenVault.empty(movingStores(room.options), copyKeys(keys));
  try {
    const decoys = await vault.decoys();
    using doors = await built.transact(async (tx) => {
      tx.setDecoys(decoys);
      return remakeCompartments(vault, tx, { oldRoot, root });
    });
    for await (const slice of slicesOf(vault)) {
      await built.transact((tx) => {
        for (const record of slice) tx.put(record.address, record.tier, reseal(record, doors));
        return Promise.resolve();
      });
    }
    const log = { head: await vault.logHead(), state: await vault.logState() };
    await built.transact(async (tx) => {
      tx.raw({ store: 'meta', key: HEADER_KEY, value: header });
      tx.setLog(log);
      writeSettings(tx, { ...(await readSettings(tx)), phraseConfirmed: false });
      await room.options.journal.moved?.(tx, vault);
      await room.notes.append(tx, 'vault.moved');
    });
  } finally {
    built.close();
  }
}

/** Each compartment by its old key and its new one. */
interface Doors extends Disposable {
  readonly of: ReadonlyMap<CompartmentName, { readonly from: Compartment; readonly to: Compartment }>;
}

/** Compartments keep their ids, by which records name them; their keys are new. */
async function remakeCompartments(
  vault: OpenVault,
  tx: VaultTx,
  { oldRoot, root }: { oldRoot: SecretBytes; root: SecretBytes },
): Promise<Doors> {
  const of = new Map<CompartmentName, { from: Compartment; to: Compartment }>();
  for (const name of COMPARTMENT_NAMES) {
    const stored = await readCompartment(vault, name);
    if (stored === undefined) continue;
    of.set(name, { from: Compartment.open(oldRoot, vault, stored), to: Compartment.make(root, tx, stored) });
  }
  return { of, [Symbol.dispose]: () => of.forEach((door) => [door.from, door.to].forEach((c) => c[Symbol.dispose]())) };
}

/** What goes along: all but the wraps of compartments, which are made anew, and the names of passkeys, which are not. */
async function* slicesOf(vault: OpenVault): AsyncGenerator<readonly VaultRecord[]> {
  const made = COMPARTMENT_NAMES.map((name) => compartmentAddress(name).label);
  let slice: VaultRecord[] = [];
  let bytes = 0;
  for await (const record of vault.records()) {
    if (made.includes(record.address.label) || isPasskeyNames(record.address)) continue;
    slice.push(record);
    bytes += record.bytes.length;
    if (slice.length < SLICE_RECORDS && bytes < SLICE_BYTES) continue;
    yield slice;
    slice = [];
    bytes = 0;
  }
  yield slice;
}

function reseal({ address, tier, bytes }: VaultRecord, { of }: Doors): Bytes {
  if (tier !== 3) return bytes;
  const name = compartmentOf(address);
  const door = name === undefined ? undefined : of.get(name);
  if (door === undefined) throw damaged('A record belongs to a compartment that is not there.');
  using plaintext = SecretBytes.take(door.from.open(address, bytes));
  return door.to.seal(address, plaintext.expose());
}

/** The last transaction: from here on the new vault stands, open in the session that the old one was open in. */
async function swap({ room, found, markBytes }: Plan, { keys, header }: Pick<Fresh, 'keys' | 'header'>): Promise<void> {
  const { options, live } = room;
  const { writes, expected } = await swapWrites(options, { header: found.stored });
  const own = [await live.blobOf(keys, header)];
  if (markBytes !== undefined) own.push({ store: 'meta', key: MARK_KEY, value: markBytes });
  try {
    await options.backend.batch([...writes, ...own], expected);
  } catch (error) {
    if (!equalBytes((await options.backend.get('meta', HEADER_KEY)) ?? new Uint8Array(), header)) throw error;
  }
}

/** The move is durable: what fails here is done by whoever opens the vault next. */
async function arrive({ options, live }: KeeperRoom): Promise<void> {
  live.close();
  await Promise.allSettled([settleMove(options)]);
}

/**
 * Removes the rows that a move left of the vault that does not stand: nothing knows them any more.
 * @throws SignetError vault_damaged when they cannot be told from the others
 */
export async function sweepMove({ backend }: KeeperRoom['options'], vault: OpenVault): Promise<void> {
  if ((await moveState({ backend })) !== 'sweeping') return;
  await vault.clean();
  await backend.batch([markerWrite(undefined)], []);
}
