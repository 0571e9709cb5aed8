import { hkdfSync } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { SecretBytes, toHex } from '../../../../lib/core/index.ts';
import type { Address } from '../../../../lib/vault/index.ts';
import {
  deriveKey,
  deriveRecordKey,
  deriveTier2WrapKey,
  deriveVaultKeys,
  rootOfPhrase,
  signetId,
} from '../../../../lib/vault/keys/key-tree.ts';
import { recordId } from '../../../../lib/vault/blind-db/record-id.ts';

const numRuns = Number(process.env['SIGNET_RUNS'] ?? 50);
const hkdf = (secret: Uint8Array, salt: string | Uint8Array, info: string): string =>
  Buffer.from(hkdfSync('sha256', secret, salt, info, 32)).toString('hex');
const hex = (key: SecretBytes): string => toHex(key.expose());
const secret = (fill: number) => SecretBytes.take(new Uint8Array(32).fill(fill));

describe('the key tree', () => {
  test('derives each key as the design says, by another implementation of HKDF', async () => {
    const root = await rootOfPhrase(`${'abandon '.repeat(23)}art`);
    const keys = deriveVaultKeys(root);
    const bytes = root.expose();
    expect(hex(keys.sealing)).toBe(hkdf(bytes, 'vault-seal', 'signet-vault-sealing-key'));
    expect(hex(keys.addressing)).toBe(hkdf(bytes, 'blind-addressing', 'signet-addressing-key'));
    expect(hex(keys.identity)).toBe(hkdf(bytes, 'vault-identity', 'signet-vault-signing'));
    expect(hex(keys.audit)).toBe(hkdf(bytes, 'audit-log', 'signet-audit-key'));
    const id = new Uint8Array(32).fill(5);
    expect(hex(deriveRecordKey(keys.sealing, id))).toBe(hkdf(keys.sealing.expose(), id, 'signet-record-dek'));
    const joined = new Uint8Array([...keys.sealing.expose(), ...secret(9).expose()]);
    expect(hex(deriveTier2WrapKey(keys.sealing, secret(9)))).toBe(hkdf(joined, 'tier-2', 'signet-tier2-key'));
  });

  test('gives the identity a base58 id of 20 bytes', () => {
    expect(signetId(secret(1))).toMatch(/^[1-9A-HJ-NP-Za-km-z]{20,28}$/);
    expect(signetId(secret(1))).not.toBe(signetId(secret(2)));
  });

  test('takes text and its UTF-8 bytes for the same salt', () => {
    expect(hex(deriveKey(secret(1), 'é', 'x'))).toBe(hex(deriveKey(secret(1), new TextEncoder().encode('é'), 'x')));
  });
});

describe('a record id', () => {
  const addresses = fc.record({ label: fc.string().map((text) => `data/${text}` as const), index: fc.maxSafeNat() });

  test('is SHA-256 of key, label and little-endian index', () => {
    const id = recordId(secret(1), { label: 'data/a', index: 258 });
    const input = [...new Uint8Array(32).fill(1), ...new TextEncoder().encode('data/a'), 2, 1, 0, 0, 0, 0, 0, 0];
    return crypto.subtle.digest('SHA-256', Uint8Array.from(input)).then((digest) => {
      expect(id).toEqual(new Uint8Array(digest));
    });
  });

  test('is the same for the same address alone', () => {
    fc.assert(
      fc.property(addresses, addresses, (a: Address, b: Address) => {
        const same = a.label === b.label && a.index === b.index;
        expect(toHex(recordId(secret(1), a)) === toHex(recordId(secret(1), b))).toBe(same);
        expect(recordId(secret(2), a)).not.toEqual(recordId(secret(1), a));
      }),
      { numRuns },
    );
  });

  test.each([-1, 0.5, 2 ** 53, Number.NaN])('takes no index %d', (index) => {
    expect(() => recordId(secret(1), { label: 'data/a', index })).toThrow(RangeError);
  });
});
