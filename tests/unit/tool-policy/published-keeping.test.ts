import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../../lib/core/index.ts';
import { SecretBytes } from '../../../lib/core/index.ts';
import type { Decision, Entrusted } from '../../../lib/tool-policy/index.ts';
import { NO_MEMORY, applyPreflight, compilePolicy, isEntrusted } from '../../../lib/tool-policy/index.ts';
import { isSealed, loadPolicy, sealPolicy } from '../../../lib/tool-policy/reading/index.ts';

/** Behaviours 44 to 46 of the published engine: what it keeps beside its rules. */

describe('what is entrusted', () => {
  const card: Entrusted = { name: 'card', isOneTime: true, isUsed: false, expiresAt: 1000 };

  test('44: is absent once it has expired, and once it is used where it is for one time', () => {
    expect(isEntrusted([card], 'card', 999)).toBe(true);
    expect(isEntrusted([card], 'card', 1000)).toBe(false);
    expect(isEntrusted([{ ...card, isUsed: true }], 'card', 0)).toBe(false);
    expect(isEntrusted([{ ...card, isUsed: true, isOneTime: false }], 'card', 0)).toBe(true);
    expect(isEntrusted([card], 'cards', 0)).toBe(false);
  });
});

describe('the seal of a policy', () => {
  const key = (byte: number) => SecretBytes.take(new Uint8Array(32).fill(byte));

  test('45: is the same for the same file and key, and another for each other', () => {
    const seal = sealPolicy('version: 1', key(1));
    expect(sealPolicy('version: 1', key(1))).toBe(seal);
    expect(sealPolicy('version: 1\n', key(1))).not.toBe(seal);
    expect(sealPolicy('version: 1', key(2))).not.toBe(seal);
    expect(isSealed('version: 1', `${seal}\n`, key(1))).toBe(true);
  });

  test.each([undefined, '', 'no base64', sealPolicy('version: 1', key(2)), sealPolicy('version: 2', key(1))])(
    '45: %s is none',
    (seal) => {
      expect(isSealed('version: 1', seal, key(1))).toBe(false);
    },
  );
});

describe('the second pass', () => {
  const task = compilePolicy(
    loadPolicy(`rules:
  - { name: only_src, tool_pattern: ^Edit$, action: ASK, reason: Not of this task, alternative: ask for it, conditions: ["not(matches(file_path, '^/src/'))"] }
  - { name: no_net, tool_pattern: ^WebFetch$, action: DENY, reason: No network }
`),
  );
  const apply = (first: Decision['verdict'], tool: string, input: JsonObject, violations = 0) =>
    applyPreflight(
      { verdict: first, rule: 'first', locked: false, reason: '' },
      task,
      { tool, input },
      NO_MEMORY,
      violations,
    );

  test('46: comes only after a first one that does not deny', () => {
    expect(apply('DENY', 'WebFetch', {})).toMatchObject({ decision: { rule: 'first' }, isViolation: false });
    expect(apply('ALLOW', 'WebFetch', {})).toMatchObject({
      decision: { verdict: 'DENY', rule: 'no_net' },
      isViolation: true,
    });
  });

  test('46: says what to do instead', () => {
    expect(apply('ALLOW', 'Edit', { file_path: '/etc/x' }).decision).toMatchObject({
      verdict: 'ASK',
      reason: 'Not of this task Instead: ask for it',
    });
  });

  test('46: never makes a decision milder', () => {
    expect(apply('ASK', 'Edit', { file_path: '/src/x' })).toMatchObject({
      decision: { verdict: 'ASK' },
      isViolation: false,
    });
    expect(apply('ASK', 'Edit', { file_path: '/etc/x' })).toMatchObject({
      decision: { verdict: 'ASK', rule: 'first' },
    });
    expect(apply('ASK', 'WebFetch', {})).toMatchObject({ decision: { verdict: 'DENY' } });
  });

  test('46: denies from the fifth violation on', () => {
    const fourth = apply('ALLOW', 'Edit', { file_path: '/etc/x' }, 3);
    const fifth = apply('ALLOW', 'Edit', { file_path: '/etc/x' }, 4);
    expect([fourth.decision.verdict, fifth.decision.verdict]).toEqual(['ASK', 'DENY']);
  });
});
