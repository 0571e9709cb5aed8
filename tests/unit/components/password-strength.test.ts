import { beforeAll, describe, expect, it } from 'vitest';
import type { MeasureStrength } from '../../../components/password-strength.ts';
import { loadStrength } from '../../../components/password-strength.ts';

let measure: MeasureStrength;
beforeAll(async () => {
  measure = await loadStrength();
});

describe('the strength of a password', () => {
  it.each(['Password123!', 'password', 'P@ssw0rd2026', 'qwertyuiop', '1234567890', 'aaaaaaaaaaaa', 'signetsignet'])(
    'is at most 1 for %s, which is among the first to be tried',
    (password) => {
      expect(measure(password).score).toBeLessThanOrEqual(1);
    },
  );

  it('says why a weak password is weak and what would help', () => {
    expect(measure('Password123!').advice).toEqual(['advice_common', 'advice_words']);
  });

  it('is 4 for several unrelated words, with nothing to advise', () => {
    expect(measure('river lamp orbit seven')).toEqual({ score: 4, advice: [] });
  });

  it('does not fail on an empty password or on one of the largest size', () => {
    expect(measure('').score).toBe(0);
    expect(measure('x'.repeat(1024)).score).toBeLessThanOrEqual(4);
  });
});
