import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { AuthorityEvent, AuthorityState } from '../../../../lib/capabilities/index.ts';
import { nextAuthorityState, receivedState } from '../../../../lib/capabilities/index.ts';

const STATES: readonly AuthorityState[] = ['offered', 'accepted', 'rejected', 'expired', 'revoked'];
const EVENTS: readonly AuthorityEvent[] = ['accept', 'reject', 'expire', 'revoke'];

describe('an authority’s offer', () => {
  test.each<[AuthorityState, AuthorityEvent, AuthorityState | undefined]>([
    ['offered', 'accept', 'accepted'],
    ['offered', 'reject', 'rejected'],
    ['offered', 'expire', 'expired'],
    ['offered', 'revoke', undefined],
    ['accepted', 'accept', undefined],
    ['accepted', 'reject', undefined],
    ['accepted', 'expire', undefined],
    ['accepted', 'revoke', 'revoked'],
    ['rejected', 'accept', undefined],
    ['rejected', 'reject', undefined],
    ['rejected', 'expire', undefined],
    ['rejected', 'revoke', undefined],
    ['expired', 'accept', undefined],
    ['expired', 'reject', undefined],
    ['expired', 'expire', undefined],
    ['expired', 'revoke', undefined],
    ['revoked', 'accept', undefined],
    ['revoked', 'reject', undefined],
    ['revoked', 'expire', undefined],
    ['revoked', 'revoke', undefined],
  ])('that is %s is, after "%s", %s', (state, event, next) => {
    expect(nextAuthorityState(state, event)).toBe(next);
  });

  test.each(['constructor', '__proto__', 'toString'])('knows no event called %s', (event) => {
    for (const state of STATES) expect(nextAuthorityState(state, event as AuthorityEvent)).toBeUndefined(); // what untyped callers pass
  });

  test('never comes back from an end, whatever happens', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...EVENTS), { maxLength: 12 }), (events) => {
        const trail: AuthorityState[] = ['offered'];
        for (const event of events) {
          const next = nextAuthorityState(trail.at(-1) ?? 'offered', event);
          if (next !== undefined) trail.push(next);
        }
        expect(new Set(trail).size).toBe(trail.length);
        expect(trail.length).toBeLessThanOrEqual(3);
      }),
      { numRuns: Number(process.env['SIGNET_RUNS'] ?? 100) },
    );
  });

  test.each(STATES)('that was seen before and is %s is not offered again', (state) => {
    const known = new Map([['seen', state]]);
    expect(receivedState(known, 'seen')).toBeUndefined();
    expect(receivedState(known, 'new')).toBe('offered');
  });
});
