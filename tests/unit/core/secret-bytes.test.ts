import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import { SecretBytes } from '../../../lib/core/index.ts';

const make = () => SecretBytes.take(Uint8Array.of(1, 2, 3));

describe('secret bytes', () => {
  test('are zeroed when disposed, and then gone', () => {
    const bytes = Uint8Array.of(1, 2, 3);
    const secret = SecretBytes.take(bytes);
    secret.dispose();
    secret.dispose();
    expect(bytes).toEqual(Uint8Array.of(0, 0, 0));
    expect(() => secret.expose()).toThrow(expect.objectContaining({ reason: 'locked' }) as Error);
  });

  test('are disposed at the end of a block that uses them', () => {
    const bytes = Uint8Array.of(9);
    {
      using secret = SecretBytes.take(bytes);
      expect(secret.length).toBe(1);
    }
    expect(bytes).toEqual(Uint8Array.of(0));
  });

  test('are refused by JSON, structured clone and string conversion', () => {
    expect(() => JSON.stringify({ key: make() })).toThrow('never serialised');
    expect(() => structuredClone(make())).toThrow();
    expect(() => String.prototype.concat(make() as unknown as string)).toThrow(); // a slip that types would catch
  });

  test('print as nothing but their name', () => {
    expect(inspect(make())).toBe('[secret]');
    expect(make().toString()).toBe('[secret]');
    expect(Object.values(make()).some((value) => value instanceof Uint8Array)).toBe(false);
  });
});
