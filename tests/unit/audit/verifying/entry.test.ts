import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { AuditEntry } from '../../../../lib/audit/verifying/index.ts';
import { entryText, parseEntry } from '../../../../lib/audit/verifying/index.ts';
import { canonicalJson } from '../../../../lib/core/index.ts';
import { anyEntry } from '../../../fixtures/audit/any-entry.ts';

const RUNS = Number(process.env['SIGNET_RUNS'] ?? 300);

describe('an entry', () => {
  test('is written as canonical JSON says, and read back', () => {
    fc.assert(
      fc.property(anyEntry, (entry) => {
        expect(entryText(entry)).toBe(canonicalJson(entry));
        expect(parseEntry(entryText(entry))).toEqual(entry);
      }),
      { numRuns: RUNS },
    );
  });

  const entry = fc.sample(anyEntry, { numRuns: 1, seed: 7 })[0] as AuditEntry; // one was asked for

  test('cannot be written with a text that is not well-formed', () => {
    expect(() => entryText({ ...entry, subject: '\ud800' })).toThrow();
    expect(() => entryText({ ...entry, claims: ['\udc00'] })).toThrow();
  });

  test.each([
    ['white space', (text: string) => text.replace(':', ': ')],
    [
      'another order',
      (text: string) => JSON.stringify(Object.fromEntries(Object.entries(JSON.parse(text) as object).reverse())),
    ],
    ['a number spelled otherwise', (text: string) => text.replace('"v":1', '"v":1.0')],
    ['an escape that is not needed', (text: string) => text.replace('"salt"', '"\\u0073alt"')],
    ['a member more', (text: string) => text.replace('"v":1', '"v":1,"w":1')],
    ['a member twice', (text: string) => text.replace('"v":1', '"v":1,"v":1')],
    ['another version', (text: string) => text.replace('"v":1', '"v":2')],
    ['a negative number', (text: string) => text.replace(/"seq":\d+/, '"seq":-1')],
    ['negative zero', (text: string) => text.replace(/"seq":\d+/, '"seq":-0')],
    ['a salt with loose bits', (text: string) => text.replace(/"salt":"(.{21})./, '"salt":"$1B')],
    ['a hash with loose bits', (text: string) => text.replace(/"prev":"(.{42})./, '"prev":"$1B')],
    ['a decision that is none', (text: string) => text.replace(/"decision":"[A-Z]*"/, '"decision":"MAYBE"')],
    ['something after it', (text: string) => `${text} `],
  ])('is refused with %s', (_, change) => {
    const forged = change(entryText(entry));
    expect(forged).not.toBe(entryText(entry));
    expect(() => parseEntry(forged)).toThrow();
  });
});
