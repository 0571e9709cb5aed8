import { closeSync, fsyncSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { SignetError } from '../../lib/core/index.ts';

/** A file that was not there before, readable by its owner alone. One that is not kept goes again. */
export class NewFile implements Disposable {
  readonly #path: string;
  readonly #descriptor: number;
  #isKept = false;

  private constructor(path: string, descriptor: number) {
    this.#path = path;
    this.#descriptor = descriptor;
  }

  /** @throws SignetError storage_failed when there is such a file, or it cannot be made */
  static make(path: string): NewFile {
    try {
      return new NewFile(path, openSync(path, 'wx', 0o600));
    } catch (cause) {
      const isThere = cause instanceof Error && 'code' in cause && cause.code === 'EEXIST';
      const what = isThere ? 'is there already' : 'cannot be written';
      throw new SignetError('storage_failed', `${path} ${what}. Nothing was changed.`, { cause });
    }
  }

  /** @throws SignetError storage_failed */
  write(content: string | Uint8Array): void {
    this.#try(() => writeFileSync(this.#descriptor, content));
  }

  /** From now on it is on the disk. @throws SignetError storage_failed */
  keep(): void {
    this.#try(() => fsyncSync(this.#descriptor));
    this.#isKept = true;
  }

  [Symbol.dispose](): void {
    closeSync(this.#descriptor);
    if (!this.#isKept) rmSync(this.#path, { force: true });
  }

  #try(act: () => void): void {
    try {
      act();
    } catch (cause) {
      throw new SignetError('storage_failed', `${this.#path} cannot be written.`, { cause });
    }
  }
}
