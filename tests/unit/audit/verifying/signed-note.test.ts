import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  formatVerifierKey,
  isSignedBy,
  openCheckpoint,
  parseNote,
  parseVerifierKey,
  signCheckpoint,
  signNote,
} from '../../../../lib/audit/verifying/index.ts';
import { SecretBytes, fromBase64, utf8 } from '../../../../lib/core/index.ts';
import { keyOf } from '../../../fixtures/audit/signed-log.ts';

const RUNS = Number(process.env['SIGNET_RUNS'] ?? 300);

describe('the examples of the specifications', () => {
  test('the example note of C2SP opens with its key', () => {
    const key = parseVerifierKey('example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k');
    const note = parseNote(
      'This is an example message.\n\n— example.com/foo ' +
        'Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n',
    );
    expect(isSignedBy(note, key)).toBe(true);
    expect(note.text).toBe('This is an example message.\n');
  });

  test('the note of Go’s sumdb is what its key signs, byte for byte', () => {
    const key = parseVerifierKey('PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW');
    const secret = fromBase64('AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz').slice(1);
    const text =
      "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n";
    const signed =
      text +
      '\n— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n';
    expect(signNote(text, key, SecretBytes.take(secret))).toBe(signed);
    expect(isSignedBy(parseNote(signed), key)).toBe(true);
  });
});

describe('a verifier key', () => {
  const { key } = keyOf(1);

  test('is written and read in one way', () => {
    expect(parseVerifierKey(formatVerifierKey(key))).toEqual(key);
  });

  test('is refused with any character changed, missing or added', () => {
    const text = formatVerifierKey(key);
    fc.assert(
      fc.property(fc.nat(text.length - 1), fc.string({ minLength: 0, maxLength: 2 }), (at, put) => {
        const mutated = text.slice(0, at) + put + text.slice(at + 1);
        fc.pre(mutated !== text);
        expect(() => parseVerifierKey(mutated)).toThrow();
      }),
      { numRuns: RUNS },
    );
  });
});

describe('a note', () => {
  const { key, seed } = keyOf(2);
  const other = keyOf(3);
  const note = signNote('one\n\ntwo\n', key, seed);

  test('is signed by the key that signed it, and no other', () => {
    expect(isSignedBy(parseNote(note), key)).toBe(true);
    expect(isSignedBy(parseNote(note), other.key)).toBe(false);
    expect(isSignedBy(parseNote(note), { ...key, publicKey: other.key.publicKey })).toBe(false);
  });

  test('may carry signatures that we do not know', () => {
    const line = signNote('one\n\ntwo\n', other.key, other.seed).split('\n').at(-2) ?? '';
    const parsed = parseNote(`${note}${line}\n`);
    expect(isSignedBy(parsed, key)).toBe(true);
    expect(isSignedBy(parsed, other.key)).toBe(true);
  });

  test.each([
    ['no signature', 'one\n'],
    ['no blank line', note.replaceAll('\n\n', '\n')],
    ['no newline at its end', note.slice(0, -1)],
    ['a second newline at its end', `${note}\n`],
    ['another dash', note.replace('—', '-')],
    ['a tab', note.replace('one', 'o\tne')],
    ['a carriage return', note.replaceAll('\n', '\r\n')],
    ['a lone surrogate', note.replace('one', 'o\ud800')],
    ['one key signing twice', note + (note.split('\n').at(-2) ?? '') + '\n'],
    ['a name with a plus', note.replace('signet.tools', 'signet+tools')],
    ['base64 without its padding', note.replace(/=+\n$/, '\n')],
    ['a signature of no bytes', `one\n\n— ${key.name} AAAAAA==\n`],
  ])('is refused with %s', (_, text) => {
    expect(() => parseNote(text)).toThrow();
  });
});

describe('a checkpoint', () => {
  const { key, seed } = keyOf(4);
  const stated = { size: 812, root: new Uint8Array(32).fill(7), time: Date.UTC(2026, 10, 23, 20, 15) };
  const text = signCheckpoint(stated, key, seed);

  test('says what was signed', () => {
    expect(openCheckpoint(text, key)).toEqual({ origin: key.name, ...stated });
    expect(text.split('\n').slice(0, 4)).toEqual([
      key.name,
      '812',
      'BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=',
      'time 2026-11-23T20:15:00.000Z',
    ]);
  });

  test('is refused with any byte changed, missing or added', () => {
    const bytes = utf8(text);
    fc.assert(
      fc.property(fc.nat(bytes.length), fc.nat(2), fc.uint8Array({ maxLength: 3 }), (at, cut, put) => {
        const mutated = Buffer.concat([bytes.subarray(0, at), put, bytes.subarray(at + cut)]);
        fc.pre(!mutated.equals(bytes));
        expect(() => openCheckpoint(mutated.toString('utf8'), key)).toThrow();
      }),
      { numRuns: RUNS },
    );
  });

  const signed = (...lines: readonly string[]): string =>
    signNote(lines.map((line) => `${line}\n`).join(''), key, seed);
  const root = 'BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=';
  const time = 'time 2026-11-23T20:15:00.000Z';

  test.each([
    ['another log’s name', signed('signet.tools/log/00000000', '812', root, time)],
    ['a size with a leading zero', signed(key.name, '0812', root, time)],
    ['a size that is no number', signed(key.name, '1e3', root, time)],
    ['a size beyond every tree', signed(key.name, '9007199254740991', root, time)],
    ['a root that is too short', signed(key.name, '812', 'BwcH', time)],
    ['base64 with loose bits', signed(key.name, '812', root.replace('c=', 'd='), time)],
    ['no time', signed(key.name, '812', root)],
    ['another spelling of the time', signed(key.name, '812', root, 'time 2026-11-23T20:15:00Z')],
    ['a day that is none', signed(key.name, '812', root, 'time 2026-02-30T20:15:00.000Z')],
    ['a line more', signed(key.name, '812', root, time, 'more')],
  ])('is refused with %s, however well signed', (_, forged) => {
    expect(() => openCheckpoint(forged, key)).toThrow();
  });

  test('is refused when somebody else signed it too: nothing here could check that', () => {
    const other = keyOf(5);
    const line =
      signNote(text.slice(0, text.lastIndexOf('\n\n') + 1), other.key, other.seed)
        .split('\n')
        .at(-2) ?? '';
    expect(() => openCheckpoint(`${text}${line}\n`, key)).toThrow();
  });
});
