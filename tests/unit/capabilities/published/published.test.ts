import { ed25519 } from '@noble/curves/ed25519.js';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { PublishedToken } from '../../../../lib/capabilities/index.ts';
import { publishedEnvelope, readPublishedToken, verifyPublishedToken } from '../../../../lib/capabilities/index.ts';
import { SignetError, toHex, utf8 } from '../../../../lib/core/index.ts';
import { NOW } from '../../../fixtures/capabilities.ts';

const numRuns = Number(process.env['SIGNET_RUNS'] ?? 200);

const SEED = new Uint8Array(32).fill(3);
const ISSUER = toHex(ed25519.getPublicKey(SEED));
const POLICY = '(and (= (get req "action") "read") (<= (get req "amount") 100))';

type Fields = Partial<Omit<PublishedToken, 'signature'>>;

/** A token as the published SDKs mint it. */
function mint(fields: Fields = {}, seed = SEED): string {
  const token = {
    version: '0.2.0',
    policy: POLICY,
    sealed: false,
    public_key: toHex(ed25519.getPublicKey(seed)),
    ...fields,
  } as const;
  return JSON.stringify({ ...token, signature: toHex(ed25519.sign(publishedEnvelope(token), seed)) });
}

/** A token whose fields were changed after it was signed. */
const change = (text: string, changes: object): string =>
  JSON.stringify({ ...(JSON.parse(text) as object), ...changes }); // a test's own token is an object

const reasonOf = (text: string, now = NOW): string | undefined => {
  const verdict = verifyPublishedToken(text, [ISSUER], now);
  return verdict.valid ? undefined : verdict.reason;
};

describe('a token in the published form', () => {
  test('is read under a pinned issuer', () => {
    const expires = '2026-11-28T13:00:00+01:00';
    const extra = { merkle_root: 'ab'.repeat(32), hash_chain_commitment: 'cd'.repeat(32), sealed: true };
    expect(verifyPublishedToken(mint({ ...extra, expires }), [ISSUER], NOW - 1)).toEqual({
      ...{ valid: true, policy: POLICY, sealed: true, expires: NOW },
      ...{ merkleRoot: extra.merkle_root, hashChainCommitment: extra.hash_chain_commitment },
    });
  });

  test('is signed over fields joined by NUL, trimmed and not written anew', () => {
    const envelope = publishedEnvelope({ policy: `\n${POLICY}  \n`, sealed: true, expires: '2030-01-01T00:00:00Z' });
    expect(envelope).toEqual(utf8(`${POLICY}\0\0\x001\x002030-01-01T00:00:00Z`));
    expect(reasonOf(mint({ policy: `  (and   #t ) \n` }))).toBeUndefined();
    expect(verifyPublishedToken(mint({ policy: `  (and   #t ) \n` }), [ISSUER], NOW)).toMatchObject({
      policy: '(and   #t )',
    });
  });

  test.each<[string, object]>([
    ['policy', { policy: '#t' }],
    ['seal', { sealed: true }],
    ['end', { expires: '2030-01-01T00:00:00Z' }],
    ['root', { merkle_root: 'ab'.repeat(32) }],
    ['commitment', { hash_chain_commitment: 'ab'.repeat(32) }],
  ])('is not signed with another %s', (_, changes) => {
    expect(reasonOf(change(mint(), changes))).toBe('bad_signature');
  });

  test('that its bearer signed is nobody’s', () => {
    expect(reasonOf(mint({}, new Uint8Array(32).fill(4)))).toBe('untrusted_issuer');
    expect(reasonOf(change(mint({}, new Uint8Array(32).fill(4)), { public_key: ISSUER }))).toBe('bad_signature');
  });

  test('that rests on an unsigned holder key is refused for it, stripped, swapped or as it came', () => {
    expect(reasonOf(mint({ pop_key: 'ab'.repeat(32) }))).toBe('unsigned_holder_key');
    expect(reasonOf(change(mint({ pop_key: 'ab'.repeat(32) }), { pop_key: 'cd'.repeat(32) }))).toBe(
      'unsigned_holder_key',
    );
  });

  test.each([
    'not-a-date',
    '',
    'never',
    '2026',
    '2026-02-30T00:00:00Z',
    '2026-13-01T00:00:00Z',
    '2026-11-28',
    '2026-11-28T25:00:00Z',
    '2026-11-28 12:00:00',
    'Sat, 28 Nov 2026 12:00:00 GMT',
  ])('that ends %j is malformed, and does not live for ever', (expires) => {
    expect(reasonOf(mint({ expires }))).toBe('malformed');
  });

  test('that has ended is refused', () => {
    expect(reasonOf(mint({ expires: '2026-11-28T12:00:00Z' }))).toBe('expired');
    expect(reasonOf(mint({ expires: '2026-11-28T12:00:00.001Z' }))).toBeUndefined();
    expect(reasonOf(mint({ expires: '2026-11-28T12:00:01Z' }), Number.NaN)).toBe('expired');
  });

  test.each<[string, object]>([
    ['NUL in its policy', { policy: '#t\0' }],
    ['NUL in its end', { expires: '2030-01-01T00:00:00Z\0' }],
    ['an empty policy', { policy: ' \n' }],
    ['a policy over 64 KiB', { policy: `(= "${'x'.repeat(65_536)}" "")` }],
    ['a policy that is no text', { policy: 7 }],
    ['half a character', { policy: '"\ud83d"' }],
    ['a root that is no hexadecimal', { merkle_root: 'x'.repeat(64) }],
    ['a root in capitals', { merkle_root: 'AB'.repeat(32) }],
    ['a root that is short', { merkle_root: 'ab' }],
    ['a commitment that is empty', { hash_chain_commitment: '' }],
    ['a key with NUL', { public_key: `${'ab'.repeat(31)}\0\0` }],
    ['a signature that is short', { signature: 'ab' }],
    ['a seal that is a word', { sealed: 'false' }],
    ['no seal', { sealed: undefined }],
    ['another version', { version: '0.3.0' }],
    ['a field that nobody knows', { audience: 'x' }],
    ['a field of a prototype', JSON.parse('{"__proto__": {"a": 1}}') as object],
  ])('with %s is malformed', (_, changes) => {
    expect(reasonOf(change(mint(), changes))).toBe('malformed');
  });

  test('is not signed by a key that is no point, or by no signature', () => {
    const weak = '00'.repeat(32);
    expect(verifyPublishedToken(change(mint(), { public_key: weak }), [weak], NOW)).toMatchObject({
      reason: 'bad_signature',
    });
    expect(reasonOf(change(mint(), { signature: 'ff'.repeat(64) }))).toBe('bad_signature');
  });

  test('is read or refused, whatever is sent', () => {
    const good = mint();
    const texts = fc.oneof(
      fc.string(),
      fc.json(),
      fc
        .tuple(fc.nat(good.length), fc.string({ maxLength: 2 }))
        .map(([at, put]) => good.slice(0, at) + put + good.slice(at + 1)),
    );
    fc.assert(
      fc.property(texts, (text) => {
        expect(() => readPublishedToken(text)).not.toThrow(TypeError);
        const verdict = verifyPublishedToken(text, [ISSUER], NOW);
        if (verdict.valid) expect(verdict.policy).toBe(POLICY);
      }),
      { numRuns },
    );
  });

  test('throws nothing of its own but one kind of error', () => {
    expect(() => readPublishedToken('[')).toThrow(SignetError);
    expect(() => readPublishedToken('['.repeat(100_000))).toThrow(SignetError);
    expect(() => readPublishedToken('x'.repeat(1_000_000))).toThrow(SignetError);
  });
});
