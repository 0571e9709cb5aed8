import type { AuditLog, LoggedTx } from '../audit/index.ts';
import type { Clock } from '../core/index.ts';
import { SignetError, fromUtf8, randomBytes, toBase64url, utf8 } from '../core/index.ts';
import type { Address, CompartmentName, Grant, OpenVault, VaultReader } from '../vault/index.ts';
import { Collection, compartmentPrefix, readCompartment } from '../vault/index.ts';
import type { Attribute, AttributeInput, StoredAttribute } from './attribute.ts';
import { checkAttribute, decodeAttribute, encodeAttribute, encodeGated } from './attribute.ts';

const LIST = new Collection('data/attributes');
const addressOf = (id: string): Address => ({ label: `data/attribute/${id}`, index: 0 });
const valueAddress = (name: CompartmentName, id: string): Address => ({
  label: `${compartmentPrefix(name)}attribute/${id}`,
  index: 0,
});

/** An attribute whose value was opened. */
export type OpenedAttribute = Pick<AttributeInput, 'label' | 'type' | 'value'>;

/** Those that can be read, how many are missing or altered, and what is wrong with the first of these. */
export interface ReadableAttributes {
  readonly attributes: readonly Attribute[];
  readonly unreadable: number;
  readonly damage?: SignetError;
}

/** All that can be read, oldest first. @throws SignetError vault_damaged when the list itself cannot be read */
export async function listReadableAttributes(reader: VaultReader): Promise<ReadableAttributes> {
  const ids = await LIST.list(reader);
  const found = await Promise.all(ids.map((id) => readUnlessDamaged(reader, id)));
  const damaged = found.filter((stored) => stored instanceof SignetError);
  const [damage] = damaged;
  return {
    attributes: found.flatMap((one) => (one === undefined || one instanceof SignetError ? [] : [one.attribute])),
    unreadable: damaged.length,
    ...(damage === undefined ? {} : { damage }),
  };
}

/**
 * What the person stores about themselves, each a record sealed at its own tier; every change is logged, without
 * label or value. At Tier 3 the value lies in a compartment and takes a grant; its label is Tier 1.
 */
export class Attributes {
  readonly #log: AuditLog;
  readonly #clock: Clock;

  constructor(log: AuditLog, { clock }: { readonly clock: Clock }) {
    this.#log = log;
    this.#clock = clock;
  }

  /**
   * All of them, oldest first. What a password reset or an erased compartment took away is not among them.
   * @throws SignetError vault_damaged when one of them cannot be read
   */
  async list(): Promise<readonly Attribute[]> {
    const { attributes, damage } = await this.listReadable();
    if (damage !== undefined) throw damage;
    return attributes;
  }

  /** As `listReadableAttributes`. @throws SignetError vault_damaged when the list itself cannot be read */
  listReadable(): Promise<ReadableAttributes> {
    return listReadableAttributes(this.#log.vault);
  }

  /** @throws SignetError not_found */
  async get(id: string): Promise<Attribute> {
    const stored = await readAttribute(this.#log.vault, id);
    if (stored === undefined) throw goneError();
    return stored.attribute;
  }

  /**
   * @param grant needed at Tier 3
   * @throws SignetError bad_request, naming the field; `opener` when a grant is needed and there is none
   */
  add(input: AttributeInput, grant?: Grant): Promise<Attribute> {
    return this.#log.transact((tx) => this.addIn(tx, input, grant));
  }

  /** As `add`, in the transaction of a caller. */
  async addIn(tx: LoggedTx, input: AttributeInput, grant?: Grant): Promise<Attribute> {
    const checked = checkAttribute(input);
    const id = toBase64url(randomBytes(16));
    const attribute = await putAttribute(tx, { ...checked, id, updatedAt: this.#clock() }, grant);
    await LIST.add(tx, id);
    await tx.log({ kind: 'attribute.added' });
    return attribute;
  }

  /**
   * Replaces all of an attribute; another tier or compartment moves it.
   * @param grant needed where it goes to Tier 3
   * @throws SignetError `bad_request`, `not_found`
   */
  change(id: string, input: AttributeInput, grant?: Grant): Promise<Attribute> {
    return this.#log.transact((tx) => this.changeIn(tx, id, input, grant));
  }

  /** As `change`, in the transaction of a caller. */
  async changeIn(tx: LoggedTx, id: string, input: AttributeInput, grant?: Grant): Promise<Attribute> {
    const checked = checkAttribute(input);
    await deleteValue(tx, await assertThere(tx, id));
    const attribute = await putAttribute(tx, { ...checked, id, updatedAt: this.#clock() }, grant);
    await tx.log({ kind: 'attribute.changed' });
    return attribute;
  }

  /** @throws SignetError not_found */
  async delete(id: string): Promise<void> {
    await this.#log.transact(async (tx) => {
      await deleteValue(tx, await assertThere(tx, id));
      await tx.delete(addressOf(id));
      await LIST.remove(tx, id);
      await tx.log({ kind: 'attribute.deleted' });
    });
  }

  /**
   * Opens the value of an attribute at Tier 3. That its compartment was opened is logged before; its label is not.
   * @throws SignetError `not_found` when it, or its compartment, is gone; `vault_damaged`
   */
  async open(id: string, grant: Grant): Promise<OpenedAttribute> {
    const stored = await readAttribute(grant.vault, id);
    if (stored?.gated === undefined) throw goneError();
    const { attribute, gated } = stored;
    const address = valueAddress(gated.name, id);
    const opened = await grant.compartment(grant.vault, gated.name);
    const box = await grant.vault.get(address, 3);
    if (box === undefined) throw goneError();
    const bytes = opened.open(address, box);
    const value = fromUtf8(bytes);
    bytes.fill(0);
    return { label: attribute.label, type: attribute.type, value };
  }
}

async function putAttribute(
  tx: LoggedTx,
  whole: AttributeInput & Pick<Attribute, 'id' | 'updatedAt'>,
  grant: Grant | undefined,
): Promise<Attribute> {
  const { value, compartment: name, ...attribute } = whole;
  if (name === undefined) {
    tx.put(addressOf(whole.id), whole.tier, encodeAttribute(whole));
    return whole;
  }
  if (grant === undefined) {
    throw new SignetError('bad_request', 'This takes your password or passkey.', { field: 'opener' });
  }
  const compartment = await grant.ensureCompartment(tx, name);
  const address = valueAddress(name, whole.id);
  tx.put(address, 3, compartment.seal(address, utf8(value)));
  tx.put(addressOf(whole.id), 1, encodeGated(attribute, { name, id: compartment.id }));
  return { ...attribute, compartment: name };
}

async function readUnlessDamaged(vault: VaultReader, id: string): Promise<StoredAttribute | SignetError | undefined> {
  try {
    return await readAttribute(vault, id);
  } catch (thrown) {
    const error = SignetError.from(thrown);
    if (error.reason === 'vault_damaged') return error;
    throw error;
  }
}

/** An attribute, unless a password reset or an erased compartment took what it said. */
async function readAttribute(vault: VaultReader, id: string): Promise<StoredAttribute | undefined> {
  const tier = await vault.tierOf(addressOf(id));
  const bytes = tier === undefined ? undefined : await vault.get(addressOf(id), tier);
  if (tier === undefined || bytes === undefined) return undefined;
  const stored = decodeAttribute(id, tier, bytes);
  const { gated } = stored;
  if (gated === undefined) return stored;
  const stands = (await readCompartment(vault, gated.name))?.id === gated.id;
  return stands && (await vault.tierOf(valueAddress(gated.name, id))) !== undefined ? stored : undefined;
}

async function assertThere(tx: LoggedTx, id: string): Promise<StoredAttribute> {
  const stored = await readAttribute(tx, id);
  if (stored === undefined) throw goneError();
  return stored;
}

const goneError = (): SignetError =>
  new SignetError('not_found', 'There is no such attribute any more.', { field: 'id' });

/** The value of one at Tier 3 goes with it, or when it moves. */
async function deleteValue(tx: LoggedTx, { attribute, gated }: StoredAttribute): Promise<void> {
  if (gated !== undefined) await tx.delete(valueAddress(gated.name, attribute.id));
}

/**
 * Takes ids off the list, and what is left of their records, whose records or values went with Tier 2 or with a
 * compartment: the log has said so when that happened. One that cannot be read stays.
 * @throws SignetError vault_damaged when the list itself cannot be read
 */
export async function forgetLostAttributes(vault: OpenVault): Promise<void> {
  const isLost = async (reader: VaultReader, id: string) => (await readUnlessDamaged(reader, id)) === undefined;
  const lost: string[] = [];
  for (const id of await LIST.list(vault)) if (await isLost(vault, id)) lost.push(id);
  if (lost.length === 0) return;
  await vault.transact(async (tx) => {
    for (const id of lost) {
      if (!(await isLost(tx, id))) continue;
      await tx.delete(addressOf(id));
      await LIST.remove(tx, id);
    }
  });
}
