import { argon2Sync } from 'node:crypto';
import { argon2idAsync } from '@noble/hashes/argon2.js';
import { describe, expect, test, vi } from 'vitest';
import { delayAfter } from '../../../../lib/vault/life/attempts.ts';
import {
  KDF_CEILING,
  KDF_FLOOR,
  calibratedCost,
  assertNewPassword,
  isBearableCost,
  newKdfParameters,
  stretchPassword,
} from '../../../../lib/vault/keys/password.ts';
import { MARK, Machine, PASSWORD, byPassword } from '../../../fixtures/vault/machine.ts';

vi.unmock('@noble/hashes/argon2.js');

describe('a password', () => {
  test('stretches to two different halves, and to others under another salt', async () => {
    const parameters = newKdfParameters();
    const { wrapKey, p } = await stretchPassword(PASSWORD, parameters);
    expect(wrapKey.expose()).not.toEqual(p.expose());
    const other = await stretchPassword(PASSWORD, newKdfParameters());
    expect(other.wrapKey.expose()).not.toEqual(wrapKey.expose());
  });

  test('stretches as another implementation of Argon2id does', async () => {
    const shipped = await vi.importActual<{ readonly argon2idAsync: unknown }>('@noble/hashes/argon2.js');
    expect(argon2idAsync).toBe(shipped.argon2idAsync);
    const salt = new Uint8Array(16).fill(2);
    const { wrapKey, p } = await stretchPassword(PASSWORD, { ...KDF_FLOOR, salt });
    const { m: memory, t: passes, p: parallelism } = KDF_FLOOR;
    const cost = { memory, passes, parallelism, tagLength: 64 };
    const expected = argon2Sync('argon2id', { message: PASSWORD, nonce: salt, ...cost });
    expect(Buffer.concat([wrapKey.expose(), p.expose()])).toEqual(expected);
  });

  test.each(['', 'nine char', '\u{1F600}'.repeat(9), 'e\u0301'.repeat(9)])(
    'is refused when new and short: %j',
    (password) => {
      expect(() => assertNewPassword(password)).toThrow(expect.objectContaining({ field: 'password' }) as Error);
    },
  );

  test('that no keyboard writes is refused', async () => {
    for (const password of ['\uD800'.repeat(10), 'x'.repeat(1001)]) {
      await expect(stretchPassword(password, newKdfParameters())).rejects.toMatchObject({ field: 'password' });
    }
  });
});

describe('the cost of a password', () => {
  test('is bearable from the floor to the ceiling', () => {
    expect([KDF_FLOOR, KDF_CEILING].map(isBearableCost)).toEqual([true, true]);
  });

  test.each([
    { m: KDF_FLOOR.m - 1 },
    { t: 1 },
    { p: 0 },
    { m: KDF_CEILING.m + 1 },
    { t: 11 },
    { p: 5 },
    { m: Number.NaN },
    { t: Infinity },
    { m: 20_000.5 },
  ])('is not with %j', (change) => {
    expect(isBearableCost({ ...KDF_FLOOR, ...change })).toBe(false);
  });
});

describe('wrong passwords', () => {
  test('wait longer the more there were', () => {
    const seconds = Array.from({ length: 12 }, (_, i) => delayAfter(i + 1) / 1000);
    expect(seconds).toEqual([0, 0, 0, 0, 5, 30, 60, 300, 900, 900, 900, 900]);
  });

  test('wait through a restart, refuse even the right one, and are forgiven by it when the time has come', async () => {
    const machine = new Machine();
    await machine.worker().create({ password: PASSWORD, mark: MARK });
    machine.endBrowser();
    for (let i = 0; i < 5; i++) {
      await expect(machine.worker().unlock(byPassword('wrong password'))).rejects.toMatchObject({
        reason: 'wrong_password',
      });
    }
    const worker = machine.worker();
    expect(await worker.retryAt()).toBe(machine.clock.now + 5_000);
    await expect(worker.unlock(byPassword(PASSWORD))).rejects.toMatchObject({ reason: 'wait', field: 'password' });
    machine.clock.now -= 3_600_000;
    expect(await worker.retryAt()).toBe(machine.clock.now + 5_000);
    machine.clock.now += 3_600_000 + 5_000;
    await worker.unlock(byPassword(PASSWORD));
    expect(await worker.retryAt()).toBeUndefined();
    expect(await machine.local.get('attempts')).toBeUndefined();
  });

  test('cannot be forgotten by scribbling over their number', async () => {
    const machine = new Machine();
    await machine.worker().create({ password: PASSWORD, mark: MARK });
    await machine.local.set('attempts', { failures: -1, at: 'never' });
    expect(await machine.worker().retryAt()).toBe(machine.clock.now + 15 * 60_000);
  });
});

describe('the cost of a new password', () => {
  const machineTaking = (milliseconds: number): (() => number) => {
    let calls = 0;
    return () => milliseconds * calls++;
  };

  test.each([
    [2_000, 2],
    [500, 2],
    [250, 4],
    [100, 10],
    [0, 10],
  ])('on a machine that takes %d ms for the floor is %d passes', async (milliseconds, t) => {
    const cost = await calibratedCost(machineTaking(milliseconds));
    expect(cost).toEqual({ ...KDF_FLOOR, t });
    expect(isBearableCost(cost)).toBe(true);
  });
});
