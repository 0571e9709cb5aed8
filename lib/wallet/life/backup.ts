import { AuditLog } from '../../audit/index.ts';
import type { Clock } from '../../core/index.ts';
import { SignetError, fromBase64, toBase64 } from '../../core/index.ts';
import { listCredentials, markMaybeUsed } from '../../credentials/index.ts';
import type { BackupReport, OwnRequest, OwnResponse, RestoreReport } from '../../messaging/contract.ts';
import type { BackupManifest, OpenVault, RestoreRules, Restored, VaultFacts, VaultReader } from '../../vault/index.ts';
import {
  Transfers,
  makeBackup,
  noteSavedBackups,
  readRestored,
  readSavedBackups,
  rehearseBackup,
  savedBackupOf,
} from '../../vault/index.ts';
import type { SignedCheckpoint } from '../log/log-facts.ts';
import { checkpointOf, entriesOf } from '../log/log-facts.ts';
import { openLog } from '../log/open-log.ts';
import type { LifeServices, Services, VaultServices } from '../services.ts';

/** How long a backup is recent, in milliseconds. */
const RECENT = 30 * 24 * 60 * 60_000;

/** Changes since the last backup that are no reason yet to be reminded. */
const FEW = 3;

/** What changes the things a person would miss. */
const CHANGES = [
  ...['attribute.added', 'attribute.changed', 'attribute.deleted'],
  ...['credential.received', 'credential.deleted'],
];

type Clocked = Pick<Services, 'keeper' | 'clock'>;

/** How many changes were counted, up to which entry of the log. */
interface Counted {
  readonly vault: OpenVault;
  readonly from: number;
  readonly to: number;
  readonly changes: number;
}

/** Making, rehearsing and restoring backups, for our own pages. Files on their way are in memory alone. */
export class BackupDesk {
  readonly #transfers = new Transfers();
  #counted: Counted | undefined;

  /** Makes a backup and keeps it until it was fetched. @throws SignetError `bad_request`, `locked`, `read_only` */
  async make(services: Clocked, order: OwnRequest<'backup.make'>): Promise<OwnResponse<'backup.make'>> {
    const { keeper, clock } = services;
    const vault = await keeper.open();
    const desk = await keeper.desk();
    if (desk === undefined) {
      throw new SignetError('read_only', 'A newer Signet wrote this vault. Update Signet to make a backup of it.');
    }
    const { manifest, file } = await untilStill(async () => {
      const signed = await checkpointOf(logOf(vault, clock));
      const facts = (reader: VaultReader) => factsOf(vault, reader, signed);
      return makeBackup(vault, { ...order, madeAt: clock(), backend: desk.backend, facts });
    });
    const { id, pieces } = this.#transfers.offer(file, manifest, clock());
    const day = new Date(manifest.madeAt).toISOString().slice(0, 10);
    return { id, chunks: pieces, bytes: file.length, name: `signet-backup-${day}.signet` };
  }

  /** One piece of the file, base64. @throws SignetError `not_found` when the transfer has ended, `locked` */
  async chunk(services: Clocked, { id, index }: OwnRequest<'backup.chunk'>): Promise<OwnResponse<'backup.chunk'>> {
    await this.#assertUnlocked(services);
    return { data: toBase64(this.#transfers.fetch(id, index, services.clock())) };
  }

  /** The person saved the file: the vault remembers that there is such a backup. @throws SignetError `not_found` */
  async saved(services: VaultServices & LifeServices, id: string): Promise<void> {
    await this.#assertUnlocked(services);
    const manifest = this.#transfers.offered(id, services.clock());
    const log = await openLog(services);
    await log.transact(async (tx) => {
      await noteSavedBackups(tx, [savedBackupOf(manifest)]);
      await tx.log({ kind: 'backup.made', subject: manifest.compartments.map(({ name }) => name).join(',') });
    });
    this.#transfers.forgetOffered();
    services.announce('audit');
    await services.vaultChanged();
  }

  /** Announces a file that is to be rehearsed or restored. @throws SignetError bad_request */
  begin({ clock }: Pick<Services, 'clock'>, { bytes }: OwnRequest<'restore.begin'>): OwnResponse<'restore.begin'> {
    return { id: this.#transfers.begin(bytes, clock()) };
  }

  /** Takes the next piece of it. @throws SignetError `bad_request`, `not_found` */
  take({ clock }: Pick<Services, 'clock'>, { id, index, data }: OwnRequest<'restore.chunk'>): void {
    this.#transfers.put(id, index, fromBase64(data), clock());
  }

  /** Opens the whole file and says what it holds. Changes nothing. @throws SignetError `backup_refused`, `not_found` */
  async rehearse(services: Clocked, { id, passphrase }: OwnRequest<'restore.rehearse'>): Promise<BackupReport> {
    const { keeper, clock } = services;
    const file = this.#transfers.received(id, clock());
    const vault = (await keeper.state()) === 'unlocked' ? await keeper.open() : undefined;
    const { manifest, sameVault } = await rehearseBackup(file, passphrase, vault?.keys);
    const report = reportOf(manifest);
    if (vault === undefined || sameVault === undefined) return report;
    if (!sameVault) return { ...report, sameVault };
    const { checkpoint } = await checkpointOf(logOf(vault, clock));
    return { ...report, sameVault, here: checkpoint };
  }

  /** Puts the backup in the place of what is here. @throws SignetError as `restoreBackup` of lib/vault */
  async commit(
    services: VaultServices & LifeServices,
    { id, ...order }: OwnRequest<'restore.commit'>,
  ): Promise<RestoreReport> {
    const file = this.#transfers.received(id, services.clock());
    const rules = new WalletRules(services.clock);
    try {
      const restored = await services.keeper.restoreBackup({ ...order, file }, rules);
      this.#transfers.forget();
      return restoreReportOf(restored, rules.maybeUsed);
    } finally {
      await services.vaultChanged();
      for (const changed of ['requests', 'credentials', 'attributes', 'audit'] as const) services.announce(changed);
    }
  }

  /**
   * Whether the person should be reminded: there is something to lose, and no backup ever, one of more than 30 days
   * ago, or more than a few changes since.
   */
  async isDue({ keeper, clock }: Clocked): Promise<boolean> {
    if ((await keeper.state()) !== 'unlocked') return false;
    const vault = await keeper.open();
    const last = (await readSavedBackups(vault)).at(-1);
    const restored = (await readRestored(vault)).at(-1);
    const isAfter = restored !== undefined && restored.at > (last?.at ?? 0);
    const from = (isAfter ? restored.backup.size : last?.checkpoint.size) ?? 0;
    const changes = await this.#changesSince(vault, from, clock);
    if (last === undefined) return changes > 0;
    return changes > FEW || (changes > 0 && clock() - last.at > RECENT);
  }

  /** Counts on where it stopped last time: a log is not read again for each look at the status. */
  async #changesSince(vault: OpenVault, from: number, clock: Clock): Promise<number> {
    const log = logOf(vault, clock);
    const known = this.#counted?.vault === vault && this.#counted.from === from ? this.#counted : undefined;
    const to = await log.count();
    let changes = known?.changes ?? 0;
    if (changes <= FEW) {
      for await (const entry of entriesOf(log, CHANGES, known?.to ?? from)) {
        if (entry.seq < to) changes += 1;
        if (changes > FEW) break;
      }
    }
    this.#counted = { vault, from, to, changes };
    return changes;
  }

  /** A file made from an open vault is not handed out once that was locked. */
  async #assertUnlocked({ keeper }: Clocked): Promise<void> {
    try {
      await keeper.open();
    } catch (error) {
      this.#transfers.forgetOffered();
      throw error;
    }
  }
}

const logOf = (vault: OpenVault, clock: Clock): AuditLog => new AuditLog(vault, { clock });

/** @throws SignetError changed when the log has grown since the checkpoint was signed */
async function factsOf(vault: OpenVault, reader: VaultReader, signed: SignedCheckpoint): Promise<VaultFacts> {
  const { checkpoint, text } = signed;
  if (toBase64(await vault.logHead()) !== checkpoint.root) {
    throw new SignetError('changed', 'The vault changed while the backup was made. Please try again.');
  }
  return { checkpoint, signedCheckpoint: text, credentials: (await listCredentials(reader)).length };
}

const TRIES = 5;

/** Tries again while the vault is being written to. */
async function untilStill<T>(work: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await work();
    } catch (error) {
      if (tries === TRIES || SignetError.from(error).reason !== 'changed') throw error;
    }
  }
}

/** What a restore means for what the wallet keeps. */
class WalletRules implements RestoreRules {
  readonly #clock: Clock;
  maybeUsed = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  async history(replaced: OpenVault) {
    const log = logOf(replaced, this.#clock);
    const erased: string[] = [];
    for await (const { subject } of entriesOf(log, ['compartment.erased'])) erased.push(subject);
    return { checkpoint: (await checkpointOf(log)).checkpoint, erased };
  }

  async afterwards(tx: Parameters<RestoreRules['afterwards']>[0]): Promise<void> {
    this.maybeUsed = await markMaybeUsed(tx);
  }
}

const reportOf = (manifest: BackupManifest): BackupReport => ({
  madeAt: manifest.madeAt,
  records: manifest.records,
  credentials: manifest.credentials,
  compartments: manifest.compartments.map(({ name }) => name),
  withoutTier3: manifest.withoutTier3,
  checkpoint: manifest.checkpoint,
});

const restoreReportOf = ({ tier2Lost, ...restored }: Restored, maybeUsed: number): RestoreReport => ({
  ...restored,
  maybeUsed,
  ...(tier2Lost ? { tier2Lost } : {}),
});
