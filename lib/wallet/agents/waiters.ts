import type { PageRequest, RequestQueue } from '../../requests/index.ts';
import type { After } from './stages.ts';

/** Whoever waits for the person: looked at again whenever something that waits has changed. */
export class Waiters {
  readonly #waiting = new Set<() => void>();

  /** Something that waited may not wait any more. */
  wake(): void {
    for (const look of [...this.#waiting]) look();
  }

  /** Until a request waits no more, its time is over, so many milliseconds have passed, or nobody wants to know. */
  async until(
    queue: RequestQueue,
    id: PageRequest['id'],
    {
      milliseconds,
      signal,
      after,
    }: { readonly milliseconds: number; readonly signal: AbortSignal; readonly after: After },
  ): Promise<void> {
    const over = Promise.withResolvers<void>();
    const end = (): void => over.resolve();
    const look = (): void => {
      if (queue.get(id)?.state.phase !== 'waiting') end();
    };
    const stop = after(milliseconds, end);
    signal.addEventListener('abort', end, { once: true });
    this.#waiting.add(look);
    look();
    if (signal.aborted) end();
    try {
      await over.promise;
    } finally {
      stop();
      signal.removeEventListener('abort', end);
      this.#waiting.delete(look);
    }
  }
}
