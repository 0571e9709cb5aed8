import { SignetError } from '../../core/index.ts';
import type { AttemptCounter } from './attempts.ts';
import type { FoundVault } from './boot.ts';
import { isStorageFailure } from '../damage.ts';
import type { VaultNotes } from './notes.ts';
import type { Opener } from '../keys/opener.ts';
import type { OpenedHeader } from '../keys/wraps.ts';
import { openHeader } from '../keys/wraps.ts';

/** Tries openers on the vault's header, and counts and logs the wrong ones. */
export class OpenerCheck {
  readonly #attempts: AttemptCounter;
  readonly #notes: VaultNotes;

  constructor(attempts: AttemptCounter, notes: VaultNotes) {
    this.#attempts = attempts;
    this.#notes = notes;
  }

  /**
   * What the opener opens. The try is counted before the work that tells whether it was right.
   * @throws SignetError `wrong_password` (field `password` or `passkey`), `wait`
   */
  async open(found: FoundVault, opener: Opener): Promise<OpenedHeader> {
    await this.#attempts.begin();
    const opened = await openHeader(found.header, opener);
    if (opened === undefined) return this.#refuse(found, opener);
    await this.#attempts.forgive();
    return opened;
  }

  /** What is wrong is said whether or not the entry finds room; a vault that may only be read gets none. */
  async #refuse(found: FoundVault, opener: Opener): Promise<never> {
    const entry = found.readOnly ? Promise.resolve() : this.#notes.keep(found.header, 'vault.unlock_failed');
    await entry.catch((error: unknown) => {
      if (!isStorageFailure(error)) throw error;
    });
    throw wrongOpener(opener);
  }
}

function wrongOpener({ kind }: Opener): SignetError {
  const message = {
    password: 'This is not the password. Nothing was changed; please try again.',
    passkey: 'This passkey does not open the vault. Nothing was changed; use the password.',
  }[kind];
  return new SignetError('wrong_password', message, { field: kind });
}
