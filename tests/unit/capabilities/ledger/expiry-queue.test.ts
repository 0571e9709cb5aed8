import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ExpiryQueue } from '../../../../lib/capabilities/ledger/expiry-queue.ts';

const numRuns = Number(process.env['SIGNET_RUNS'] ?? 20);

const drain = (queue: ExpiryQueue, now: number): readonly string[] => {
  const taken: string[] = [];
  for (let id = queue.takeBefore(now); id !== undefined; id = queue.takeBefore(now)) taken.push(id);
  return taken;
};

describe('what waits to be forgotten', () => {
  test('comes out by time, whatever the order in which it went in', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(30), { maxLength: 200 }), fc.nat(31), (times, now) => {
        const queue = new ExpiryQueue();
        for (const [i, time] of times.entries()) queue.add(`${i}`, time);
        const due = drain(queue, now).map((id) => times[Number(id)]);
        expect(due).toEqual(times.filter((time) => time < now).sort((a, b) => a - b));
        expect(queue.size).toBe(times.length - due.length);
        expect(drain(queue, Infinity)).toHaveLength(times.length - due.length);
        expect(queue.size).toBe(0);
      }),
      { numRuns },
    );
  });

  test('stays up to its time and not beyond', () => {
    const queue = new ExpiryQueue();
    queue.add('a', 10);
    expect(queue.takeBefore(10)).toBeUndefined();
    expect(queue.takeBefore(11)).toBe('a');
    expect(queue.takeBefore(11)).toBeUndefined();
  });
});
