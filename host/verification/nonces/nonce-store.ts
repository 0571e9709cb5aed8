import type { ReplayStore } from '../../../lib/sdk/index.ts';

/**
 * Remembers which nonces were answered: for one process in memory, for several in a place that they share. `remember`
 * rejects with a SignetError `network` where the place does not answer; then nothing is accepted.
 */
export interface NonceStore extends ReplayStore {
  /**
   * Milliseconds since the epoch: from then on it remembers every nonce that was answered, before it may not. 0: it always
   * did. Undefined while it does not answer.
   */
  readonly completeSince: number | undefined;
  /** Whether it answers now. Never rejects. */
  isReady(): Promise<boolean>;
  close(): Promise<void>;
}

/** What a nonce of an audience is remembered by: 43 characters, however long the nonce. @param origin has no line break */
export const nonceId = (origin: string, nonce: string): string =>
  process.getBuiltinModule('node:crypto').createHash('sha256').update(`${origin}\n${nonce}`).digest('base64url');
