import type { AuditLog, LogVerification } from '../../audit/index.ts';
import { openCheckpoint } from '../../audit/index.ts';
import { Mutex, randomBytes, toBase64, toHex } from '../../core/index.ts';
import type { AuditProblem, CheckpointView } from '../../messaging/contract.ts';
import { openLog } from './open-log.ts';
import type { VaultServices } from '../services.ts';

/** Steps of verifying in one stretch: two thousand entries, a tenth of a second. */
const STRETCH = 8;

/** How far checking the log has come. */
export interface LogCheckProgress {
  readonly id: string;
  readonly checked: number;
  readonly total: number;
  readonly done: boolean;
  readonly problem?: AuditProblem;
  /** Where the log stands, once it was found whole. */
  readonly checkpoint?: CheckpointView;
}

interface Run {
  readonly id: string;
  readonly log: AuditLog;
  readonly verification: LogVerification;
}

/** The one check of the log that is under way: each question does a stretch of it. Gone with the worker. */
export class LogChecks {
  #run: Promise<Run> | undefined;
  readonly #turns = new Mutex();

  /**
   * @param id of the check to go on with; anew without one, or when nobody knows it any more
   * @throws SignetError `locked`, `storage_failed`
   */
  advance(services: VaultServices, id: string | undefined): Promise<LogCheckProgress> {
    return this.#turns.run(() => this.#stretch(services, id));
  }

  async #stretch(services: VaultServices, id: string | undefined): Promise<LogCheckProgress> {
    const run = await this.#runOf(services, id);
    for (let i = 0; i < STRETCH && !run.verification.progress.done; i++) await run.verification.step();
    const { progress } = run.verification;
    const { checked, total, done, problem } = progress;
    const found = { id: run.id, checked, total, done };
    if (!done) return found;
    this.#run = undefined;
    return problem === undefined ? { ...found, checkpoint: await note(services, run.log) } : { ...found, problem };
  }

  async #runOf(services: VaultServices, id: string | undefined): Promise<Run> {
    const run = await this.#run?.catch(() => undefined);
    if (run !== undefined && run.id === id && !run.log.vault.closed) return run;
    this.#run = begin(services);
    return this.#run;
  }
}

async function begin(services: VaultServices): Promise<Run> {
  const log = await openLog(services);
  return { id: toHex(randomBytes(16)), log, verification: await log.verify() };
}

/** A log that was found whole says so itself, and has a checkpoint of that moment. */
async function note(services: VaultServices, log: AuditLog): Promise<CheckpointView> {
  const { size, root, time } = openCheckpoint(await log.checkpoint(), log.verifierKey());
  if (log.vault.readOnly === undefined) {
    await log.transact((tx) => tx.log({ kind: 'log.checked' }));
    services.announce('audit');
  }
  return { size, root: toBase64(root), time };
}
