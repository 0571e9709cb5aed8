import { SignetError } from '../core/index.ts';

/** The error for stored data that is not what the vault wrote. @param what one sentence for people */
export const damaged = (what: string, cause?: unknown): SignetError =>
  new SignetError('vault_damaged', what, cause === undefined ? {} : { cause });

export const noVault = (): SignetError => new SignetError('no_vault', 'There is no vault yet.');

export const lockedError = (): SignetError => new SignetError('locked', 'Signet is locked.');
