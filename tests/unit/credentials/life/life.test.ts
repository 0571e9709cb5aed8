import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SignetError } from '../../../../lib/core/index.ts';
import type { CredentialStatus, LifeFacts } from '../../../../lib/credentials/index.ts';
import { isOver, isUsable, phaseOf, rateOf, stateOf, usableInstances } from '../../../../lib/credentials/index.ts';
import type { DecayPolicy } from '../../../../lib/credentials/life/index.ts';
import { afterStatus, afterUse, assertDecayPolicy, assertUsable } from '../../../../lib/credentials/life/index.ts';

const RUNS = Number(process.env['SIGNET_RUNS'] ?? 300);
const NOW = Date.UTC(2026, 5, 1, 12);
const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

/** A credential of two fresh copies, as a record of before this was known says it. */
const fresh = (changes: Partial<LifeFacts> = {}): LifeFacts => ({
  receivedAt: NOW,
  instancesReceived: 2,
  instances: [0, 1],
  lastReused: false,
  ...changes,
});

const lasting = (decay: DecayPolicy, changes: Partial<LifeFacts> = {}): LifeFacts => fresh({ decay, ...changes });

const used = (facts: LifeFacts, at = NOW): LifeFacts => ({
  ...facts,
  ...afterUse(facts, usableInstances(facts)[0] ?? -1, at),
});

const asked = (facts: LifeFacts, statuses: readonly CredentialStatus[], at = NOW): LifeFacts => ({
  ...facts,
  ...afterStatus(facts, new Map(statuses.entries()), at),
});

const refusal = (facts: LifeFacts, now = NOW): string | undefined => {
  try {
    assertUsable(facts, now);
    return undefined;
  } catch (error) {
    if (error instanceof SignetError) return error.reason;
    throw error;
  }
};

describe('the state of a credential', () => {
  it('is active until a copy of it was shown', () => {
    expect(stateOf(fresh(), NOW)).toBe('active');
    expect(stateOf(used(fresh()), NOW)).toBe('presented');
    expect(stateOf(used(used(fresh())), NOW)).toBe('presented');
  });

  it('is known of records from before uses were counted', () => {
    expect(stateOf(fresh({ instances: [1] }), NOW)).toBe('presented');
    expect(stateOf(fresh({ instancesReceived: 1, instances: [0], lastReused: true }), NOW)).toBe('presented');
  });

  it('is expired half a minute after its time, as clocks differ, and no sooner', () => {
    const facts = fresh({ expiresAt: NOW / 1000 });
    expect(stateOf(facts, NOW + 29_999)).toBe('active');
    expect(stateOf(facts, NOW + 30_000)).toBe('expired');
    expect(refusal(facts, NOW + 30_000)).toBe('expired');
  });

  it('is expired when the time that it was agreed to live is over, to the millisecond', () => {
    const facts = lasting({ timeToLive: DAY });
    expect(stateOf(facts, NOW + DAY - 1)).toBe('active');
    expect(refusal(facts, NOW + DAY)).toBe('expired');
  });

  it('is revoked when every copy that is left is invalid', () => {
    expect(stateOf(asked(fresh(), ['invalid', 'invalid']), NOW)).toBe('revoked');
    expect(stateOf(asked(used(fresh()), ['valid', 'invalid']), NOW)).toBe('revoked');
    expect(refusal(asked(fresh(), ['invalid', 'invalid']))).toBe('revoked');
  });

  it.each<readonly CredentialStatus[]>([
    ['suspended', 'suspended'],
    ['invalid', 'suspended'],
    ['unknown', 'unknown'],
  ])('is suspended when its copies are %s and %s: that may pass', (...statuses) => {
    const facts = asked(fresh(), statuses);
    expect(stateOf(facts, NOW)).toBe('suspended');
    expect(() => assertUsable(facts, NOW)).toThrow(
      expect.objectContaining({ reason: 'revoked', message: expect.stringContaining('suspended') as string }),
    );
    expect(stateOf(asked(facts, ['valid', 'valid']), NOW)).toBe('active');
  });

  it('holds back a copy that is not valid, and shows the others', () => {
    const facts = asked(fresh(), ['invalid', 'valid']);
    expect(stateOf(facts, NOW)).toBe('active');
    expect(usableInstances(facts)).toEqual([1]);
    expect(() => afterUse(facts, 0, NOW)).toThrow(expect.objectContaining({ reason: 'changed' }));
    expect(used(facts)).toMatchObject({ instances: [0, 1], lastReused: true });
  });

  it('says nothing of a copy that nobody answered for', () => {
    expect(usableInstances(asked(fresh(), ['valid']))).toEqual([0]);
  });
});

describe('a use', () => {
  it('takes its copy while others are left, and keeps the last one as reused', () => {
    expect(used(fresh())).toMatchObject({ instances: [1], lastReused: false, uses: 1 });
    expect(used(used(fresh()))).toMatchObject({ instances: [1], lastReused: true, uses: 2 });
    expect(used(used(used(fresh())))).toMatchObject({ instances: [1], lastReused: true, uses: 3 });
  });

  it('of a copy that is gone is refused', () => {
    expect(() => afterUse(used(fresh()), 0, NOW)).toThrow(
      expect.objectContaining({ reason: 'changed', field: 'instance' }),
    );
  });

  it('that was agreed to be the last takes every copy, and there is none after it', () => {
    const facts = used(lasting({ uses: 1 }));
    expect(facts).toMatchObject({ instances: [], consumedAt: NOW, uses: 1 });
    expect(stateOf(facts, NOW)).toBe('consumed');
    expect(() => afterUse(facts, 1, NOW)).toThrow(expect.objectContaining({ reason: 'consumed' }));
  });

  it('may come as often as was agreed, whichever copy is shown', () => {
    let facts = lasting({ uses: 3 });
    for (let use = 1; use <= 3; use++) {
      expect(refusal(facts)).toBeUndefined();
      facts = used(facts);
    }
    expect(refusal(facts)).toBe('consumed');
  });

  it('counts the uses of before the policy was agreed', () => {
    expect(stateOf(used(lasting({ uses: 3 }, { uses: 2 })), NOW)).toBe('consumed');
  });
});

describe('a rate', () => {
  const twice = { rate: { times: 2, within: 10 * MINUTE, grace: 1 } };

  it('lets so many uses through, then those of grace, then none before the oldest has passed', () => {
    let facts = lasting(twice, { instancesReceived: 9, instances: [0, 1, 2, 3, 4, 5, 6, 7, 8] });
    const rates = [0, 1, 2].map((minute) => {
      const { rate } = rateOf(facts, NOW + minute * MINUTE);
      facts = used(facts, NOW + minute * MINUTE);
      return rate;
    });
    expect(rates).toEqual(['within', 'within', 'grace']);
    expect(rateOf(facts, NOW + 3 * MINUTE)).toEqual({ rate: 'over', until: NOW + 10 * MINUTE });
    expect(refusal(facts, NOW + 10 * MINUTE - 1)).toBe('wait');
    expect(rateOf(facts, NOW + 10 * MINUTE)).toEqual({ rate: 'grace' });
    expect(rateOf(facts, NOW + 11 * MINUTE)).toEqual({ rate: 'within' });
  });

  it('does not forget uses when the clock is set back', () => {
    const facts = used(used(used(lasting(twice), NOW), NOW), NOW);
    expect(rateOf(facts, NOW - DAY)).toEqual({ rate: 'over', until: NOW - DAY + 10 * MINUTE });
  });

  it('keeps no more times than it counts', () => {
    let facts = lasting(twice);
    for (let use = 0; use < 20; use++) facts = used(facts, NOW + use * 10 * MINUTE);
    expect(facts.recentUses).toHaveLength(3);
  });

  it('never lets more through than it says, in any stretch of its time', () => {
    const waits = fc.array(fc.integer({ min: 0, max: 4 * MINUTE }), { maxLength: 40 });
    const policies = fc.record({ times: fc.integer({ min: 1, max: 4 }), grace: fc.integer({ min: 0, max: 3 }) });
    fc.assert(
      fc.property(waits, policies, (gaps, { times, grace }) => {
        let facts = lasting({ rate: { times, within: 10 * MINUTE, grace } });
        let now = NOW;
        const shown: number[] = [];
        for (const gap of gaps) {
          now += gap;
          if (!isUsable(facts, now)) continue;
          facts = used(facts, now);
          shown.push(now);
        }
        for (const start of shown) {
          const within = shown.filter((use) => use >= start && use < start + 10 * MINUTE);
          expect(within.length).toBeLessThanOrEqual(times + grace);
        }
      }),
      { numRuns: RUNS },
    );
  });
});

describe('a phase', () => {
  const policy: DecayPolicy = {
    timeToLive: 3 * DAY,
    phases: [
      { phase: 'ageing', afterTime: DAY, afterUses: 2 },
      { phase: 'fading', afterTime: 2 * DAY },
    ],
  };

  it('begins with its time', () => {
    const facts = lasting(policy);
    const phases = [0, DAY - 1, DAY, 2 * DAY, 3 * DAY].map((age) => phaseOf(facts, NOW + age));
    expect(phases).toEqual(['fresh', 'fresh', 'ageing', 'fading', 'over']);
  });

  it('begins with its uses, and stays begun', () => {
    const facts = used(used(lasting(policy)));
    expect(phaseOf(facts, NOW)).toBe('ageing');
    expect(phaseOf(facts, NOW - DAY)).toBe('ageing');
  });

  it('is over when the credential is, by whatever end', () => {
    expect(phaseOf(asked(fresh(), ['invalid', 'invalid']), NOW)).toBe('over');
    expect(phaseOf(used(lasting({ uses: 1 })), NOW)).toBe('over');
    expect(phaseOf(fresh({ expiresAt: 1 }), NOW)).toBe('over');
  });

  it('is fresh for what fades by no policy, however old it is', () => {
    expect(phaseOf(fresh(), NOW + 4000 * DAY)).toBe('fresh');
  });
});

describe('a policy', () => {
  it.each<[string, object]>([
    ['decay.timeToLive', { timeToLive: 0 }],
    ['decay.timeToLive', { timeToLive: 1.5 }],
    ['decay.uses', { uses: 0 }],
    ['decay.uses', { uses: -1 }],
    ['decay.rate', { rate: { times: 0, within: 1, grace: 0 } }],
    ['decay.rate', { rate: { times: 1, within: 0, grace: 0 } }],
    ['decay.rate', { rate: { times: 1, within: 1, grace: -1 } }],
    ['decay.rate', { rate: { times: 200, within: 1, grace: 57 } }],
    ['decay.phases', { phases: [{ phase: 'ageing' }] }],
    ['decay.phases', { phases: [{ phase: 'late', afterTime: 1 }] }],
    ['decay.phases', { phases: [{ phase: 'ageing', afterUses: 0 }] }],
    ['decay.phases', { phases: ['fading', 'ageing'].map((phase) => ({ phase, afterTime: 1 })) }],
    ['decay.phases', { phases: ['fading', 'fading'].map((phase) => ({ phase, afterTime: 1 })) }],
  ])('is refused by its %s: %j', (field, policy) => {
    expect(() => assertDecayPolicy(policy)).toThrow(expect.objectContaining({ reason: 'bad_request', field }));
  });

  it('may be empty, or say everything', () => {
    assertDecayPolicy({});
    const phases = [
      { phase: 'ageing', afterUses: 1 },
      { phase: 'fading', afterTime: 5 },
    ] as const;
    assertDecayPolicy({ timeToLive: 1, uses: 1, rate: { times: 1, within: 1, grace: 0 }, phases });
  });
});

describe('an end', () => {
  const statuses = fc.constantFrom<CredentialStatus>('valid', 'invalid', 'suspended', 'unknown');
  const events = fc.array(
    fc.oneof(
      fc.record({ use: fc.nat({ max: 3 }) }),
      fc.record({ statuses: fc.array(statuses, { minLength: 3, maxLength: 3 }) }),
      fc.record({ wait: fc.integer({ min: 0, max: 3 * DAY }) }),
    ),
    { maxLength: 30 },
  );
  const policies = fc.constantFrom<DecayPolicy>(
    {},
    { uses: 2 },
    { timeToLive: 2 * DAY },
    { uses: 5, timeToLive: 5 * DAY },
    { rate: { times: 1, within: DAY, grace: 1 } },
  );

  it('is never left: nothing that happens afterwards changes anything, and each refusal names it', () => {
    fc.assert(
      fc.property(events, policies, (happening, decay) => {
        let facts = lasting(decay, { instancesReceived: 3, instances: [0, 1, 2], expiresAt: (NOW + 9 * DAY) / 1000 });
        let now = NOW;
        for (const event of happening) {
          const before = stateOf(facts, now);
          if ('wait' in event) {
            now += event.wait;
            if (isOver(before)) expect(stateOf(facts, now)).toBe(before);
            continue;
          }
          const happens = (): object =>
            'use' in event
              ? afterUse(facts, event.use, now)
              : afterStatus(facts, new Map(event.statuses.entries()), now);
          if (isOver(before)) {
            expect(happens).toThrow(expect.objectContaining({ reason: before }));
            continue;
          }
          try {
            facts = { ...facts, ...happens() };
          } catch (error) {
            expect(error).toMatchObject({ reason: expect.stringMatching(/^(?:changed|wait|revoked)$/) as string });
          }
          expect(facts.instances.length === 0).toBe(facts.consumedAt !== undefined);
        }
      }),
      { numRuns: RUNS },
    );
  });
});
