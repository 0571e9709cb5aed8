import { describe, expect, test } from 'vitest';
import { pairingCommitment, pairingDigits } from '../../../lib/agents/index.ts';
import type { PairingFacts } from '../../../lib/agents/index.ts';
import { toBase64url } from '../../../lib/core/index.ts';

const bytes = (length: number, fill: number): string => toBase64url(new Uint8Array(length).fill(fill));
const facts: PairingFacts = {
  extension: 'a'.repeat(32),
  publicKey: bytes(32, 1),
  walletNonce: bytes(16, 2),
  agentNonce: bytes(16, 3),
};

describe('the digits of a pairing', () => {
  test('are six, zeros in front included', () => {
    const many = Array.from({ length: 2000 }, (_, at) => pairingDigits({ ...facts, extension: String(at) }));
    expect(many.every((digits) => /^\d{6}$/.test(digits))).toBe(true);
    expect(many.some((digits) => digits.startsWith('0'))).toBe(true);
    expect(new Set(many).size).toBeGreaterThan(1980);
  });

  test.each([
    ['the key', { publicKey: bytes(32, 9) }],
    ['the extension', { extension: 'b'.repeat(32) }],
    ["the wallet's nonce", { walletNonce: bytes(16, 9) }],
    ["the program's nonce", { agentNonce: bytes(16, 9) }],
  ])('hang on %s', (_, changed) => {
    expect(pairingDigits({ ...facts, ...changed })).not.toBe(pairingDigits(facts));
  });
});

test('a commitment fixes key and nonce, and is no digits', () => {
  expect(pairingCommitment({ ...facts, agentNonce: bytes(16, 9) })).not.toBe(pairingCommitment(facts));
  expect(pairingCommitment({ ...facts, publicKey: bytes(32, 9) })).not.toBe(pairingCommitment(facts));
});
