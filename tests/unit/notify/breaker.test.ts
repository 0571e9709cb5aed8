import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Breaker, Outcome } from '../../../lib/notify/breaker.ts';
import {
  CLOSED,
  COOL_DOWN,
  MAX_COOL_DOWN,
  MAX_HOLD,
  PROBE_LEASE,
  THRESHOLD,
  admit,
  afterOutcome,
} from '../../../lib/notify/breaker.ts';
import { backoff, retryAfter, systemRandom } from '../../../lib/notify/retry.ts';
import { NOON } from '../../fixtures/notify/away.ts';

const numRuns = Number(process.env['SIGNET_RUNS'] ?? 100);
const FAILED: Outcome = { kind: 'failed' };

const failing = (times: number, now = NOON, from: Breaker = CLOSED): Breaker =>
  Array.from({ length: times }).reduce<Breaker>((breaker) => afterOutcome(breaker, FAILED, now), from);

describe('a breaker', () => {
  test('opens with the fifth failure in a row, and one success begins the count anew', () => {
    expect(failing(THRESHOLD - 1)).toEqual({ state: 'closed', failures: THRESHOLD - 1 });
    expect(failing(THRESHOLD)).toEqual({ state: 'open', until: NOON + COOL_DOWN, trips: 1 });
    expect(afterOutcome(failing(THRESHOLD - 1), { kind: 'delivered' }, NOON)).toEqual(CLOSED);
  });

  test('lets nothing through while it is open, and then one: the next only when that is over, or its worker is dead', () => {
    const open = failing(THRESHOLD);
    const due = NOON + COOL_DOWN;
    expect(admit(open, due - 1)).toEqual({ admitted: false, until: due });
    const probe = admit(open, due);
    if (!probe.admitted) throw new Error('nothing went');
    expect(admit(probe.next, due)).toEqual({ admitted: false, until: due + PROBE_LEASE });
    expect(admit(probe.next, due + PROBE_LEASE)).toMatchObject({ admitted: true });
    expect(afterOutcome(probe.next, { kind: 'delivered' }, due)).toEqual(CLOSED);
  });

  test('stays open twice as long with each probe that fails, up to ten minutes', () => {
    const waits: number[] = [];
    let breaker = failing(THRESHOLD);
    for (let now = NOON; waits.length < 7;) {
      if (breaker.state !== 'open') throw new Error('it is not open');
      waits.push(breaker.until - now);
      now = breaker.until;
      const probe = admit(breaker, now);
      if (!probe.admitted) throw new Error('nothing went');
      breaker = afterOutcome(probe.next, FAILED, now);
    }
    expect(waits).toEqual([30, 60, 120, 240, 480, 600, 600].map((seconds) => seconds * 1000));
    expect(MAX_COOL_DOWN).toBe(600_000);
  });

  test('opens at once where the receiver asks for time, for as long as that', () => {
    const asked = afterOutcome(CLOSED, { kind: 'failed', retryAfter: 90_000 }, NOON);
    expect(asked).toEqual({ state: 'open', until: NOON + 90_000, trips: 1 });
    expect(afterOutcome(asked, { kind: 'failed', retryAfter: 120_000 }, NOON)).toMatchObject({ until: NOON + 120_000 });
  });

  test('is gone with 410, whatever comes after', () => {
    const gone = afterOutcome(CLOSED, { kind: 'gone' }, NOON);
    expect(afterOutcome(gone, { kind: 'delivered' }, NOON)).toEqual({ state: 'gone' });
    expect(admit(gone, NOON + 1e9)).toEqual({ admitted: false });
  });

  test('does not stay open for days because a clock was put back', () => {
    expect(admit({ state: 'open', until: NOON, trips: 1 }, NOON - 2 * MAX_HOLD)).toMatchObject({ admitted: true });
  });

  test('never has two probes out at once, nor keeps a receiver away for longer than an hour', () => {
    const outcome = fc.oneof(
      fc.constantFrom<Outcome>(FAILED, { kind: 'delivered' }, { kind: 'redirected' }),
      fc.integer({ min: 0, max: 10 * MAX_HOLD }).map((retry): Outcome => ({ kind: 'failed', retryAfter: retry })),
    );
    const event = fc.record({ wait: fc.nat(2 * MAX_COOL_DOWN), outcome });
    fc.assert(
      fc.property(fc.array(event, { maxLength: 40 }), (events) => {
        let [breaker, now] = [CLOSED, NOON];
        for (const { wait, outcome: came } of events) {
          now += wait;
          const admission = admit(breaker, now);
          if (!admission.admitted) {
            expect((admission.until ?? Infinity) - now).toBeLessThanOrEqual(MAX_HOLD);
            continue;
          }
          if (breaker.state !== 'closed') expect(admit(admission.next, now).admitted).toBe(false);
          breaker = afterOutcome(admission.next, came, now);
        }
      }),
      { numRuns },
    );
  });
});

describe('a retry', () => {
  test('waits anything from nothing up to a time that doubles, a minute at most', () => {
    const longest = [1, 2, 3, 7, 12].map((attempts) => backoff(attempts, () => 0.999999));
    expect(longest).toEqual([999, 1999, 3999, 59_999, 59_999]);
    expect(backoff(12, () => 0)).toBe(0);
  });

  test('takes its chance from the platform: evenly, and never the whole', () => {
    const drawn = Array.from({ length: 2000 }, systemRandom);
    expect(drawn.every((n) => n >= 0 && n < 1)).toBe(true);
    const upper = drawn.filter((n) => n >= 0.5).length;
    expect(upper).toBeGreaterThan(850); // more than six standard deviations
    expect(upper).toBeLessThan(1150);
  });

  test.each<[string | null, number | undefined]>([
    ['0', 0],
    [' 120 ', 120_000],
    ['999999999', MAX_HOLD],
    ['Tue, 24 Nov 2026 12:01:30 GMT', 90_000],
    ['Tue, 24 Nov 2026 11:00:00 GMT', 0],
    ['Tue, 24 Nov 2036 11:00:00 GMT', MAX_HOLD],
    [null, undefined],
    ['', undefined],
    ['-5', undefined],
    ['1.5', undefined],
    ['soon', undefined],
    ['2026-11-24T12:01:30Z', undefined],
    ['Tue, 99 Nov 2026 12:01:30 GMT', undefined],
  ])('asked for with Retry-After “%s” is one after %s ms', (header, wait) => {
    expect(retryAfter(header, NOON)).toBe(wait);
  });
});
