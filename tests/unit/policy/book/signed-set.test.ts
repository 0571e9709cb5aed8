import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { canonicalJson } from '../../../../lib/core/index.ts';
import { readExport, readPolicySet, signedExport } from '../../../../lib/policy/index.ts';
import { deriveKey } from '../../../../lib/vault/index.ts';
import { ed25519 } from '@noble/curves/ed25519.js';
import { toBase64url } from '../../../../lib/core/index.ts';
import { anyPolicySet } from '../../../fixtures/policy/any-policy.ts';
import { bareKeys } from '../../../fixtures/vault/bare-vault.ts';
import { BAR, ruleOf, setOf } from './book-vault.ts';

const RUNS = Number(process.env['SIGNET_RUNS'] ?? 20);
const { identity } = bareKeys();
const stranger = bareKeys(40).identity;
const set = setOf(ruleOf(), ruleOf({ id: 'bar', subject: { site: BAR }, effect: 'deny' }));

interface Export {
  v: unknown;
  set: { rules: Record<string, unknown>[] } & Record<string, unknown>;
  key: string;
  signature: string;
}
const text = signedExport(identity, set);
const changed = (change: (parts: Export) => unknown): string => {
  const parts = JSON.parse(text) as Export;
  change(parts);
  return JSON.stringify(parts);
};

describe('an exported set', () => {
  test('comes back whole, and tells by whom it was signed', () => {
    using seed = deriveKey(identity, 'policy', 'signet-policy-key');
    const key = toBase64url(ed25519.getPublicKey(seed.expose()));
    expect(readExport(text, identity)).toEqual({ set, signedBy: 'this_vault', key });
    expect(readExport(text, stranger)).toEqual({ set, signedBy: 'another', key });
  });

  test('is canonical JSON, and the same however its members are ordered', () => {
    expect(canonicalJson(JSON.parse(text))).toBe(text);
    const reordered = JSON.stringify(Object.fromEntries(Object.entries(JSON.parse(text) as object).reverse()));
    expect(readExport(reordered, identity)).toMatchObject({ signedBy: 'this_vault' });
  });

  test('is signed by nobody where it is a bare set', () => {
    expect(readExport(canonicalJson(set), identity)).toEqual({ set, signedBy: 'nobody' });
  });

  test.each([
    [
      'whose rule permits where it denied',
      (parts: Export) => void (parts.set.rules[0] = { ...parts.set.rules[0], effect: 'permit' }),
    ],
    ['that lacks a rule', (parts: Export) => void parts.set.rules.pop()],
    ['whose rules stand in another order', (parts: Export) => void parts.set.rules.reverse()],
    [
      'with another signature',
      (parts: Export) => void (parts.signature = signatureOf(signedExport(identity, setOf()))),
    ],
    ['with another key', (parts: Export) => void (parts.key = keyOf(signedExport(stranger, set)))],
    ['with a key of small order', (parts: Export) => void (parts.key = `${'A'.repeat(42)}A`)],
    ['without a set', (parts: Export) => void ((parts as { set: unknown }).set = null)],
  ])('%s is refused', (_, change) => {
    expect(() => readExport(changed(change), identity)).toThrow(
      expect.objectContaining({ reason: 'bad_request', field: 'signature' }) as Error,
    );
  });

  test.each([
    ['of another version', (parts: Export) => void (parts.v = 2), 'v'],
    [
      'with a member that exports do not have',
      (parts: Export) => void ((parts as unknown as Record<string, unknown>)['also'] = 1),
      'also',
    ],
    ['without a signature', (parts: Export) => Reflect.deleteProperty(parts, 'signature'), 'signature'],
    ['with a padded signature', (parts: Export) => void (parts.signature += '=='), 'signature'],
    ['with a short key', (parts: Export) => void (parts.key = parts.key.slice(0, 40)), 'key'],
  ])('%s is refused, naming that', (_, change, field) => {
    expect(() => readExport(changed(change), identity)).toThrow(
      expect.objectContaining({ reason: 'bad_request', field }) as Error,
    );
  });

  test.each([
    '',
    'null',
    '[]',
    '"rules"',
    '{"v":1}',
    '{"rules":',
    `${'['.repeat(100)}${']'.repeat(100)}`,
    ' '.repeat(4_000_001),
  ])('that is none is refused: %#', (none) => {
    expect(() => readExport(none, identity)).toThrow(expect.objectContaining({ reason: 'bad_request' }) as Error);
  });

  test('that says more than this Signet can read is refused, though it is signed', () => {
    using seed = deriveKey(identity, 'policy', 'signet-policy-key');
    const unsorted = { ...set, rules: [...set.rules].reverse() };
    const signature = toBase64url(ed25519.sign(new TextEncoder().encode(canonicalJson(unsorted)), seed.expose()));
    const said = JSON.stringify({ v: 1, set: unsorted, key: keyOf(text), signature });
    expect(() => readExport(said, identity)).toThrow(
      expect.objectContaining({ reason: 'bad_request', field: 'set' }) as Error,
    );
  });

  test('comes back whole, whatever rules it has; and not with one letter changed', () => {
    fc.assert(
      fc.property(
        anyPolicySet(),
        fc.nat(),
        fc.constantFrom('a', 'Z', '0', '9', '"', '{', '}', ',', '-', '_'),
        (any, at, letter) => {
          const whole = readPolicySet(any);
          const exported = signedExport(identity, whole);
          expect(readExport(exported, identity)).toMatchObject({ set: whole, signedBy: 'this_vault' });
          const place = at % exported.length;
          const other = exported.slice(0, place) + letter + exported.slice(place + 1);
          if (other === exported) return;
          expect(() => readExport(other, identity)).toThrow(
            expect.objectContaining({ reason: 'bad_request' }) as Error,
          );
        },
      ),
      { numRuns: RUNS },
    );
  });
});

const keyOf = (exported: string): string => (JSON.parse(exported) as Export).key;
const signatureOf = (exported: string): string => (JSON.parse(exported) as Export).signature;
