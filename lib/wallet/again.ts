import { SignetError } from '../core/index.ts';
import type { PageRequest } from '../requests/index.ts';
import type { Services } from './services.ts';

/** How often another worker over the same vault may be quicker. */
const MAX_TRIES = 200;

/**
 * Settles a request, and tries again where another worker wrote to the vault meanwhile: what is counted must not be
 * refused because somebody else counted at the same time. A `changed` that names a field is about what changed, and is
 * passed on.
 */
export async function againWhileOutrun<T>(
  { queue }: Pick<Services, 'queue'>,
  { id }: PageRequest,
  settle: () => Promise<T>,
): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await settle();
    } catch (thrown) {
      const { reason, field } = SignetError.from(thrown);
      const isOutrun = reason === 'changed' && field === undefined && queue.get(id)?.state.phase === 'waiting';
      if (!isOutrun || tries === MAX_TRIES) throw thrown;
    }
  }
}
