import type { AuditLog, LoggedTx } from '../audit/index.ts';
import type { Clock } from '../core/index.ts';
import { SignetError, randomBytes, toBase64url } from '../core/index.ts';
import type { Address, VaultReader } from '../vault/index.ts';
import { Collection } from '../vault/index.ts';
import type { Attribute, AttributeInput } from './attribute.ts';
import { checkAttribute, decodeAttribute, encodeAttribute } from './attribute.ts';

const LIST = new Collection('data/attributes');
const addressOf = (id: string): Address => ({ label: `data/attribute/${id}`, index: 0 });

/**
 * What the person stores about themselves, each a record sealed at its own tier; every change is logged, without
 * label or value.
 */
export class Attributes {
  readonly #log: AuditLog;
  readonly #clock: Clock;

  constructor(log: AuditLog, { clock }: { readonly clock: Clock }) {
    this.#log = log;
    this.#clock = clock;
  }

  /** All of them, oldest first. What a password reset took away is not among them. @throws SignetError vault_damaged */
  async list(): Promise<readonly Attribute[]> {
    const ids = await LIST.list(this.#log.vault);
    const found = await Promise.all(ids.map((id) => readAttribute(this.#log.vault, id)));
    return found.filter((attribute) => attribute !== undefined);
  }

  /** @throws SignetError bad_request, naming the field */
  async add(input: AttributeInput): Promise<Attribute> {
    const attribute = { ...checkAttribute(input), id: toBase64url(randomBytes(16)), updatedAt: this.#clock() };
    return this.#log.transact(async (tx) => {
      await forgetLost(tx);
      putAttribute(tx, attribute);
      await LIST.add(tx, attribute.id);
      await tx.log({ kind: 'attribute.added' });
      return attribute;
    });
  }

  /** Replaces all of an attribute; another tier moves the record. @throws SignetError `bad_request`, `not_found` */
  async change(id: string, input: AttributeInput): Promise<Attribute> {
    const attribute = { ...checkAttribute(input), id, updatedAt: this.#clock() };
    return this.#log.transact(async (tx) => {
      await assertThere(tx, id);
      putAttribute(tx, attribute);
      await tx.log({ kind: 'attribute.changed' });
      return attribute;
    });
  }

  /** @throws SignetError not_found */
  async delete(id: string): Promise<void> {
    await this.#log.transact(async (tx) => {
      await assertThere(tx, id);
      await tx.delete(addressOf(id));
      await LIST.remove(tx, id);
      await tx.log({ kind: 'attribute.deleted' });
    });
  }
}

const putAttribute = (tx: LoggedTx, attribute: Attribute): void =>
  tx.put(addressOf(attribute.id), attribute.tier, encodeAttribute(attribute));

async function readAttribute(vault: VaultReader, id: string): Promise<Attribute | undefined> {
  const tier = await vault.tierOf(addressOf(id));
  const bytes = tier === undefined ? undefined : await vault.get(addressOf(id), tier);
  return tier === undefined || bytes === undefined ? undefined : decodeAttribute(id, tier, bytes);
}

async function assertThere(tx: LoggedTx, id: string): Promise<void> {
  if ((await tx.tierOf(addressOf(id))) === undefined) {
    throw new SignetError('not_found', 'There is no such attribute any more.', { field: 'id' });
  }
}

/** Takes ids off the list whose records went with Tier 2 when the password was reset. */
async function forgetLost(tx: LoggedTx): Promise<void> {
  for (const id of await LIST.list(tx)) {
    if ((await tx.tierOf(addressOf(id))) === undefined) await LIST.remove(tx, id);
  }
}
