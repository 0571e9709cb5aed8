import { ED25519_TORSION_SUBGROUP, ed25519 } from '@noble/curves/ed25519.js';
import { sha512 } from '@noble/hashes/sha2.js';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { NoteSignatures } from '../../../lib/audit/note-signatures.ts';
import type { Note } from '../../../lib/audit/verifying/index.ts';
import { isSignedBy, parseNote, signNote } from '../../../lib/audit/verifying/index.ts';
import type { Bytes } from '../../../lib/core/index.ts';
import { concatBytes, fromHex, toHex, utf8 } from '../../../lib/core/index.ts';
import { keyOf } from '../../fixtures/audit/signed-log.ts';

const RUNS = Number(process.env['SIGNET_RUNS'] ?? 100);
const ORDER = 2n ** 252n + 27742317777372353535851937790883648493n;
const { key, seed } = keyOf(2);
const note = parseNote(signNote('one\n', key, seed));

const little = (number: bigint): Bytes => fromHex(number.toString(16).padStart(64, '0')).reverse();
const signed = (text: string, signature: Bytes, by = key): Note => ({ text, signatures: [{ ...by, signature }] });
const [own = fromHex('')] = note.signatures.map(({ signature }) => signature);
/** SHA-512(R ‖ A ‖ M), what RFC 8032 §5.1.6 multiplies the key with. */
const challenge = (r: Bytes, text: string) => sha512(concatBytes(r, key.publicKey, utf8(text)));
const check = (it: Note, by = key) => new NoteSignatures().isSignedBy(it, by);

describe('the signatures of many notes', () => {
  test('are those of the key that signed, and of no other', async () => {
    const signatures = new NoteSignatures();
    const other = keyOf(3).key;
    expect(await signatures.isSignedBy(note, key)).toBe(true);
    expect(await signatures.isSignedBy(note, { ...key, publicKey: other.publicKey })).toBe(false);
    expect(await signatures.isSignedBy(note, other)).toBe(false);
    expect(await signatures.isSignedBy(note, key)).toBe(true);
  });

  test('hold exactly where the slower check says so, whatever is changed', async () => {
    const mutation = fc.record({ at: fc.nat(63), xor: fc.nat(255), text: fc.constantFrom('one\n', 'two\n') });
    await fc.assert(
      fc.asyncProperty(mutation, async ({ at, xor, text }) => {
        const changed = signed(
          text,
          own.map((byte, i) => (i === at ? byte ^ xor : byte)),
        );
        expect(await check(changed)).toBe(isSignedBy(changed, key));
      }),
      { numRuns: RUNS },
    );
  });

  test('are not taken with another S for the same signature, nor with one too short or too long', async () => {
    const s = BigInt(`0x${toHex(own.slice(32).reverse())}`);
    for (const signature of [
      concatBytes(own.slice(0, 32), little(s + ORDER)),
      own.slice(0, 63),
      concatBytes(own, Uint8Array.of(0)),
    ]) {
      expect(await check(signed('one\n', signature))).toBe(false);
    }
  });

  test.each(ED25519_TORSION_SUBGROUP)('are not those of a key of small order: %s', async (hex) => {
    const weak = { ...key, publicKey: fromHex(hex) };
    const identity = fromHex(ED25519_TORSION_SUBGROUP.find((point) => point.startsWith('01')) ?? '');
    // S = 0 and R = the point itself or the neutral one: with such a key that fits many texts.
    for (const r of [identity, fromHex(hex)]) {
      for (let i = 0; i < 16; i++) {
        expect(await check(signed(`${i}\n`, concatBytes(r, new Uint8Array(32)), weak), weak)).toBe(false);
      }
    }
  });

  test.each(ED25519_TORSION_SUBGROUP)(
    'are not taken with an R of small order, even of the key’s owner: %s',
    async (hex) => {
      const { scalar } = ed25519.utils.getExtendedPublicKey(seed.expose());
      const r = fromHex(hex);
      const k = ed25519.Point.Fn.create(BigInt(`0x${toHex(challenge(r, 'one\n').reverse())}`));
      const theirs = signed('one\n', concatBytes(r, little(ed25519.Point.Fn.create(k * scalar))));
      expect(isSignedBy(theirs, key)).toBe(true);
      expect(await check(theirs)).toBe(false);
    },
  );

  test('are not those of a key in another spelling', async () => {
    const twisted = { ...key, publicKey: little(2n ** 255n - 19n + 1n) };
    expect(await check(signed('one\n', concatBytes(twisted.publicKey, new Uint8Array(32)), twisted), twisted)).toBe(
      false,
    );
  });
});
