import { SignetError } from '../core/index.ts';

/**
 * Tries work once more that was stopped for its time: for checks whose failure would cost more than the wait, such as
 * an offer that its issuer counts as taken.
 * @throws what the second try throws; whatever else the first one throws
 */
export async function againIfLate<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (SignetError.from(error).reason !== 'timed_out') throw error;
    return work();
  }
}
