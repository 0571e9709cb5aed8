import * as v from 'valibot';
import { SignetError, canonicalJsonBytes } from '../../core/index.ts';
import type { Address, Tier } from './address.ts';
import { damaged } from '../damage.ts';
import type { VaultReader, VaultTx } from './vault-tx.ts';
import { parseRecord } from './parse-record.ts';

/** A page stays within about three rows, whatever its label. */
const PAGE_LENGTH = 3600;
const MAX_ID_LENGTH = 128;

const HeadSchema = v.strictObject({ v: v.literal(1), pages: v.pipe(v.number(), v.integer(), v.minValue(0)) });
const PageSchema = v.strictObject({ v: v.literal(1), ids: v.array(v.string()) });

/**
 * A named list of item ids, kept in sealed pages: how records that belong together find each other (design §5).
 * Index 0 holds the number of pages, the pages follow. Ids keep the order in which they were added.
 */
export class Collection {
  readonly #label: Address['label'];
  readonly #tier: Tier;

  /** @param label no other records may use it */
  constructor(label: Address['label'], tier: Tier = 1) {
    this.#label = label;
    this.#tier = tier;
  }

  /** All ids, oldest first. @throws SignetError vault_damaged */
  async list(vault: VaultReader): Promise<readonly string[]> {
    const ids: string[] = [];
    const pages = await this.#pages(vault);
    for (let page = 1; page <= pages; page++) ids.push(...(await this.#page(vault, page)));
    return ids;
  }

  /**
   * Adds an id at the end; one that is there already stays where it is.
   * @param id at most 128 characters
   * @throws SignetError internal when it is longer
   */
  async add(tx: VaultTx, id: string): Promise<void> {
    if (id.length > MAX_ID_LENGTH) throw new SignetError('internal', 'This id is too long for a collection.');
    if ((await this.list(tx)).includes(id)) return;
    const pages = await this.#pages(tx);
    const last = pages === 0 ? undefined : [...(await this.#page(tx, pages)), id];
    if (last !== undefined && encodePage(last).length <= PAGE_LENGTH) {
      this.#putPage(tx, pages, last);
      return;
    }
    this.#putPage(tx, pages + 1, [id]);
    this.#putPages(tx, pages + 1);
  }

  /** Removes an id; harmless when it is not there. */
  async remove(tx: VaultTx, id: string): Promise<void> {
    const pages = await this.#pages(tx);
    for (let page = 1; page <= pages; page++) {
      const ids = await this.#page(tx, page);
      if (!ids.includes(id)) continue;
      const rest = ids.filter((other) => other !== id);
      if (rest.length === 0) return this.#dropPage(tx, page, pages);
      this.#putPage(tx, page, rest);
      return;
    }
  }

  /** Closes the gap page by page, so that the order stays. */
  async #dropPage(tx: VaultTx, dropped: number, pages: number): Promise<void> {
    for (let page = dropped; page < pages; page++) this.#putPage(tx, page, await this.#page(tx, page + 1));
    await tx.delete({ label: this.#label, index: pages });
    this.#putPages(tx, pages - 1);
  }

  async #pages(vault: VaultReader): Promise<number> {
    const bytes = await vault.get({ label: this.#label, index: 0 }, this.#tier);
    if (bytes === undefined) return 0;
    return parseRecord(HeadSchema, bytes, 'A list in the vault cannot be read: a newer Signet wrote it.').pages;
  }

  async #page(vault: VaultReader, page: number): Promise<readonly string[]> {
    const bytes = await vault.get({ label: this.#label, index: page }, this.#tier);
    if (bytes === undefined) throw damaged('A page of a list in the vault is missing.');
    return parseRecord(PageSchema, bytes, 'A list in the vault cannot be read: a newer Signet wrote it.').ids;
  }

  #putPages(tx: VaultTx, pages: number): void {
    tx.put({ label: this.#label, index: 0 }, this.#tier, canonicalJsonBytes({ v: 1, pages }));
  }

  #putPage(tx: VaultTx, page: number, ids: readonly string[]): void {
    tx.put({ label: this.#label, index: page }, this.#tier, encodePage(ids));
  }
}

const encodePage = (ids: readonly string[]) => canonicalJsonBytes({ v: 1, ids });
