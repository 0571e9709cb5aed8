export interface BatchOptions {
  /** Samples. */
  readonly batches: number;
  /** Calls in each. */
  readonly calls: number;
}

/** The clock ticks too coarsely for one call: each sample is the mean of a batch, in microseconds. */
export async function timeBatches({ batches, calls }: BatchOptions, act: () => unknown): Promise<number[]> {
  await runBatch(calls, act);
  const samples: number[] = [];
  for (let batch = 0; batch < batches; batch += 1) {
    const start = performance.now();
    await runBatch(calls, act);
    samples.push(((performance.now() - start) * 1000) / calls);
  }
  return samples;
}

/** A call that returns no promise is not awaited: waiting would cost more than some of them do. */
async function runBatch(calls: number, act: () => unknown): Promise<void> {
  for (let call = 0; call < calls; call += 1) {
    const result = act();
    if (result instanceof Promise) await result;
  }
}
