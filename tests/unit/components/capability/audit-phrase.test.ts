import '../policy/in-english.ts';
import { expect, test } from 'vitest';
import { aboutPhrase } from '../../../../components/audit-sentence.tsx';

test.each(['capability.released', 'capability.denied', 'capability.receipt'])(
  'what %s is about is the site’s own word, quoted: it cannot pass for a claim about the person',
  (kind) => {
    expect(aboutPhrase({ kind, claims: ['address'] })).toBe('“address”');
    expect(aboutPhrase({ kind, claims: ['age_over_21'] })).toBe('“age_over_21”');
    expect(aboutPhrase({ kind, claims: ['pay\u202eme'] })).toBe('“pay me”');
    expect(aboutPhrase({ kind, claims: [] })).toBe('');
  },
);

test('what was learned is in words', () => {
  expect(aboutPhrase({ kind: 'proof.allowed', claims: ['address'] })).toBe('your address');
});
