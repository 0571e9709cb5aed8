import { SignetError, equalBytes } from '../core/index.ts';
import type { OpenVault } from '../vault/index.ts';
import { openOwnCheckpoint, readKeys } from './log-keys.ts';
import { decodeState } from './log-state.ts';
import { readPruned } from './pruned.ts';
import { readCheckpoint } from './records.ts';
import type { VerificationProgress } from './verification-pass.ts';
import { VerificationPass } from './verification-pass.ts';
import type { Checkpoint, LogProblem } from './verifying/index.ts';
import { checkpointIn, problem } from './verifying/index.ts';

/**
 * Verifies the log as it stood at the beginning, step by step: the chain, the tree, the summary and root of each
 * block, every signature, and the end against the vault's root. What is appended meanwhile is not looked at; when
 * entries are pruned meanwhile it begins anew.
 */
export class LogVerification {
  readonly #vault: OpenVault;
  readonly #earlier: Checkpoint | undefined;
  #pass: VerificationPass | LogProblem;

  private constructor(vault: OpenVault, earlier: Checkpoint | undefined, pass: VerificationPass | LogProblem) {
    this.#vault = vault;
    this.#earlier = earlier;
    this.#pass = pass;
  }

  /**
   * @param against a checkpoint that was taken of this log earlier: its text, or that of an export or proof with it
   * @throws SignetError `bad_request` when that is no checkpoint of this log, `locked`
   */
  static async begin(vault: OpenVault, against?: string): Promise<LogVerification> {
    const earlier = against === undefined ? undefined : openOwnCheckpoint(checkpointIn(against), await readKeys(vault));
    return new LogVerification(vault, earlier, await beginPass(vault, earlier));
  }

  get progress(): VerificationProgress {
    if (this.#pass instanceof VerificationPass) return this.#pass.progress;
    return { checked: 0, total: 0, done: true, problem: this.#pass };
  }

  /** A block, a dozen milliseconds of work; nothing once it is done. @throws SignetError `locked`, `storage_failed` */
  async step(): Promise<VerificationProgress> {
    const pass = this.#pass;
    if (!(pass instanceof VerificationPass) || pass.progress.done) return this.progress;
    await pass.step();
    if (pass.progress.problem !== undefined && (await this.#wasPruned(pass))) {
      this.#pass = await beginPass(this.#vault, this.#earlier);
    }
    return this.progress;
  }

  /** Goes on to the end without a pause. */
  async run(): Promise<VerificationProgress> {
    while (!this.progress.done) await this.step();
    return this.progress;
  }

  async #wasPruned(pass: VerificationPass): Promise<boolean> {
    return decodeState(await this.#vault.logState()).pruned !== pass.pruned;
  }
}

/** @returns what is wrong when not even that can be read which the log is held against */
async function beginPass(vault: OpenVault, earlier: Checkpoint | undefined): Promise<VerificationPass | LogProblem> {
  try {
    for (;;) {
      const before = await vault.logState();
      const [head, keys] = [await vault.logHead(), await readKeys(vault)];
      const [pruned, signed] = [await readPruned(vault), await readCheckpoint(vault)];
      // All of one moment: otherwise something was written in between.
      if (!equalBytes(before, await vault.logState())) continue;
      return new VerificationPass(vault, { state: decodeState(before), head, keys, pruned, signed, earlier });
    }
  } catch (error) {
    const { reason, message } = SignetError.from(error);
    if (reason !== 'vault_damaged' && reason !== 'bad_request') throw error;
    return problem('unreadable', 0, message);
  }
}
