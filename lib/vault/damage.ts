import { SignetError } from '../core/index.ts';

/** The error for stored data that is not what the vault wrote. @param what one sentence for people */
export const damaged = (what: string, cause?: unknown): SignetError =>
  new SignetError('vault_damaged', what, cause === undefined ? {} : { cause });

export const noVault = (): SignetError => new SignetError('no_vault', 'There is no vault yet.');

export const lockedError = (): SignetError => new SignetError('locked', 'Signet is locked.');

/** Whether it was storage that failed, and not we. */
export const isStorageFailure = (error: unknown): error is SignetError =>
  error instanceof SignetError && error.reason === 'storage_failed';

/** Whether storage failed because there is no room left. */
export const isFull = (error: unknown): boolean =>
  isStorageFailure(error) && error.cause instanceof Error && error.cause.name === 'QuotaExceededError';
