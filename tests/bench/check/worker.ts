import type { BatchOptions } from '../batches.ts';
import type { CheckCase } from './time-check.ts';
import { timeCheck } from './time-check.ts';

/** What a worker is asked, and what it answers. */
export interface CheckOrder {
  readonly asked: CheckCase;
  readonly batches: BatchOptions;
}
export type CheckTimes = { readonly samples: readonly number[] } | { readonly error: string };

/** Runs in a browser's worker: the SDK as a service there has it. */
self.addEventListener('message', ({ data }: MessageEvent<CheckOrder>) => {
  void timeCheck(data.asked, data.batches).then(
    (samples) => self.postMessage({ samples } satisfies CheckTimes),
    (error: unknown) => self.postMessage({ error: String(error) } satisfies CheckTimes),
  );
});
