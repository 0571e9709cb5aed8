import { describe, expect, it } from 'vitest';
import { LoadQueue } from '../../../components/load-queue.ts';

/** Work that is done when the test says so. */
function held(log: string[], name: string) {
  const { promise, resolve } = Promise.withResolvers<void>();
  const work = () => {
    log.push(name);
    return promise;
  };
  return { work, finish: resolve };
}

const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

describe('a load queue', () => {
  it('begins what was wanted last first', async () => {
    const log: string[] = [];
    const queue = new LoadQueue(1);
    const [first, second, third] = [held(log, 'first'), held(log, 'second'), held(log, 'third')];
    queue.add(first.work);
    queue.add(second.work);
    queue.add(third.work);
    await turn();
    expect(log).toEqual(['third']);
    third.finish();
    await turn();
    second.finish();
    await turn();
    expect(log).toEqual(['third', 'second', 'first']);
  });

  it('runs no more at once than it may', async () => {
    const log: string[] = [];
    const queue = new LoadQueue(2);
    const all = ['a', 'b', 'c', 'd'].map((name) => held(log, name));
    for (const { work } of all) queue.add(work);
    await turn();
    expect(log).toHaveLength(2);
    for (const { finish } of all) finish();
    await turn();
    expect(log).toHaveLength(4);
  });

  it('never begins what was taken back, and lets go on what has begun', async () => {
    const log: string[] = [];
    const queue = new LoadQueue(1);
    const [slow, unwanted] = [held(log, 'slow'), held(log, 'unwanted')];
    const takeBackSlow = queue.add(slow.work);
    await turn();
    const takeBack = queue.add(unwanted.work);
    takeBack();
    takeBackSlow();
    slow.finish();
    await turn();
    expect(log).toEqual(['slow']);
  });
});
