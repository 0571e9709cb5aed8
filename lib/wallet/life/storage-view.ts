import { fromHex, toHex } from '../../core/index.ts';
import type { IntegrityReport, OwnRequest, OwnResponse, RowView } from '../../messaging/contract.ts';
import type { Address, OpenVault } from '../../vault/index.ts';
import { ROW_LENGTH } from '../../vault/index.ts';
import { openLog } from '../log/open-log.ts';
import type { Services } from '../services.ts';

/** How many bytes of a row are shown. */
const START = 16;
/** A check answers at the latest when it came this much further, as a part of the whole. */
const STRETCH = 1 / 40;

/** The rows as the database has them. @throws SignetError locked */
export async function listRows(
  { keeper }: Services,
  { after, limit }: OwnRequest<'storage.rows'>,
): Promise<OwnResponse<'storage.rows'>> {
  const vault = await keeper.open();
  const { rows, total } = await vault.stored({ limit, ...(after === undefined ? {} : { after: fromHex(after) }) });
  const views = rows.map(([id, value]): RowView => ({
    id: toHex(id),
    size: value.length,
    start: toHex(value.subarray(0, START)),
  }));
  return { rows: views, total, bytes: total * ROW_LENGTH };
}

/** Where a record of this name is kept; there need not be one. @throws SignetError locked */
export async function locateRecord(
  { keeper }: Services,
  { label, index }: OwnRequest<'storage.locate'>,
): Promise<OwnResponse<'storage.locate'>> {
  const vault = await keeper.open();
  // Any text has an id; one that begins otherwise names no record.
  const { nameId, rows } = await vault.locate({ label: label as Address['label'], index });
  return { recordId: toHex(nameId), rows: rows.map(toHex) };
}

/** Removes rows that are not the vault's. @throws SignetError `locked`, `vault_damaged`, `read_only` */
export async function cleanRows(services: Services): Promise<IntegrityReport> {
  const report = await (await services.keeper.open()).clean();
  await services.vaultChanged();
  return report;
}

/** Gives rows that are written from now on a decoy each, or none. @throws SignetError `locked`, `read_only` */
export async function turnDecoys(services: Services, on: boolean): Promise<void> {
  const log = await openLog(services);
  await log.transact(async (tx) => {
    tx.setDecoys(on);
    await tx.log({ kind: 'settings.changed' });
  });
  services.announce('audit');
}

/** Checks of every row that are under way, answered stretch by stretch. They end with the worker. */
export class RowChecks {
  #check: RowCheck | undefined;

  /**
   * Goes on with the check of this id; without one, or with one that is not known any more, begins another.
   * @throws SignetError `locked`, `storage_failed`
   */
  async next({ keeper }: Services, id?: string): Promise<OwnResponse<'storage.check'>> {
    const vault = await keeper.open();
    const check = this.#check?.id === id && this.#check !== undefined ? this.#check : new RowCheck(vault);
    this.#check = check;
    const { checked, total, report } = await check.further();
    if (report !== undefined) this.#check = undefined;
    return { id: check.id, checked, total, ...(report === undefined ? {} : { report }) };
  }
}

interface Standing {
  readonly checked: number;
  readonly total: number;
  readonly report?: IntegrityReport;
}

/** One walk over all rows, which goes on while nobody asks. */
class RowCheck {
  readonly id = crypto.randomUUID();
  readonly #walk: Promise<IntegrityReport>;
  #checked = 0;
  #total = 0;
  /** How far it was when it was last told. */
  #told = 0;
  #tell: (() => void) | undefined;

  constructor(vault: OpenVault) {
    this.#walk = vault.check((checked, total) => {
      this.#checked = checked;
      this.#total = total;
      if (checked - this.#told >= total * STRETCH) this.#tell?.();
    });
    this.#walk.catch(() => undefined); // whoever asks next gets the error
  }

  /** How far it is, once there is something to tell. */
  async further(): Promise<Standing> {
    const progress = new Promise<undefined>((resolve) => {
      this.#tell = () => resolve(undefined);
    });
    const report = await Promise.race([this.#walk, progress]);
    this.#told = this.#checked;
    return { checked: this.#checked, total: this.#total, ...(report === undefined ? {} : { report }) };
  }
}
