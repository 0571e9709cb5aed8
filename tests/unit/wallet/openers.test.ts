import { beforeEach, describe, expect, test } from 'vitest';
import type { OwnHandlers } from '../../../lib/messaging/own-router.ts';
import type { Opener } from '../../../lib/messaging/contract.ts';
import { toBase64url } from '../../../lib/core/index.ts';
import { createOwnHandlers } from '../../../lib/wallet/index.ts';
import { withOpener } from '../../../lib/wallet/life/opener.ts';
import type { Opener as VaultOpener } from '../../../lib/vault/index.ts';
import { Authenticator } from '../../fixtures/vault/passkeys.ts';
import { PASSWORD, createTestWallet } from '../../fixtures/wallet.ts';
import type { TestWallet } from '../../fixtures/wallet.ts';

const OTHER_PASSWORD = 'another long password';
const MARK = { shape: 'leaf', colour: 'teal' };
const byPassword: Opener = { password: PASSWORD };

let wallet: TestWallet;
let own: OwnHandlers;
let words: readonly string[];

beforeEach(async () => {
  wallet = await createTestWallet();
  own = createOwnHandlers(() => Promise.resolve(wallet.services));
  ({ words } = await own['wallet.create']({ password: PASSWORD, mark: MARK }));
});

/** What a page of ours would send once the passkey had answered to this salt. */
async function sent(key: Authenticator, salt: string): Promise<Opener> {
  using prf = await key.answer(salt);
  return { passkey: { id: key.id, prf: toBase64url(prf.expose()) } };
}

async function addKey(key: Authenticator, name = 'Laptop') {
  const { salt } = await own['passkeys.prepare']({});
  using prf = await key.answer(salt);
  return await own['passkeys.add']({ opener: byPassword, id: key.id, prf: toBase64url(prf.expose()), name });
}

async function bySalt(key: Authenticator): Promise<Opener> {
  const { passkeys } = await own['wallet.status']({});
  return sent(key, passkeys.find(({ id }) => id === key.id)?.salt ?? '');
}

const keep = (opener: Opener) =>
  own['attributes.save']({
    ...{ label: 'Blood type', type: 'text', value: '0 negative', tier: 3, compartment: 'health', opener },
  });

describe('a passkey', () => {
  test('is prepared, added and listed, and then asked for by the locked wallet', async () => {
    const key = new Authenticator();
    const { salt, userId } = await own['passkeys.prepare']({});
    expect([salt, userId].map((text) => text.length)).toEqual([43, 43]);
    const { passkeys } = await addKey(key);
    expect(passkeys).toMatchObject([{ id: key.id, name: 'Laptop' }]);
    await own['wallet.lock']({});
    expect(await own['wallet.status']({})).toMatchObject({ vault: 'locked', passkeys: [{ id: key.id, salt }] });
    await own['wallet.unlock'](await bySalt(key));
    expect(await own['wallet.status']({})).toMatchObject({ vault: 'unlocked', rowsDiffer: false });
  });

  test('shows the words, and sets a new password', async () => {
    const key = new Authenticator();
    await addKey(key);
    expect((await own['wallet.revealPhrase'](await bySalt(key))).words).toEqual(words);
    await own['wallet.changePassword']({ current: await bySalt(key), next: OTHER_PASSWORD });
    await own['wallet.lock']({});
    await expect(own['wallet.unlock'](byPassword)).rejects.toMatchObject({ reason: 'wrong_password' });
    await own['wallet.unlock']({ password: OTHER_PASSWORD });
  });

  test('that was removed opens nothing', async () => {
    const key = new Authenticator();
    await addKey(key);
    const opener = await bySalt(key);
    expect(await own['passkeys.remove']({ id: key.id })).toEqual({ passkeys: [] });
    await own['wallet.lock']({});
    await expect(own['wallet.unlock'](opener)).rejects.toMatchObject({ reason: 'wrong_password', field: 'passkey' });
    expect((await own['wallet.status']({})).passkeys).toEqual([]);
  });

  test('is forgotten as soon as what it opens is done, or has failed', async () => {
    const kept: VaultOpener[] = [];
    const opener = await sent(new Authenticator(), '');
    await withOpener(opener, (known) => Promise.resolve(kept.push(known)));
    const failing = withOpener(opener, (known) => {
      kept.push(known);
      return Promise.reject(new Error('the story ends badly'));
    });
    await expect(failing).rejects.toThrow('ends badly');
    for (const known of kept) {
      expect(() => (known.kind === 'passkey' ? known.prf.expose() : undefined)).toThrow('forgotten');
    }
  });

  test('whose answer is spelled loosely is refused', async () => {
    const loose = { passkey: { id: 'abc', prf: `${'A'.repeat(42)}B` } };
    await expect(own['wallet.unlock'](loose)).rejects.toMatchObject({ reason: 'bad_request' });
  });
});

describe('a compartment', () => {
  test('is listed with what lies in it, and erased with it', async () => {
    expect(await own['compartments.list']({})).toEqual({ compartments: [] });
    await keep(byPassword);
    expect(await own['compartments.list']({})).toEqual({
      compartments: [{ name: 'health', records: 1, backups: [] }],
    });
    await own['compartments.erase']({ name: 'health', confirm: 'erase' });
    expect(await own['compartments.list']({})).toEqual({ compartments: [] });
    expect(await own['attributes.list']({})).toEqual({ attributes: [] });
    const again = own['compartments.erase']({ name: 'health', confirm: 'erase' });
    await expect(again).rejects.toMatchObject({ reason: 'not_found' });
  });

  test('is not listed while locked', async () => {
    await own['wallet.lock']({});
    await expect(own['compartments.list']({})).rejects.toMatchObject({ reason: 'locked' });
  });
});

describe('a move to a new vault', () => {
  test('gives new words and another identity, and keeps what is stored', async () => {
    await keep(byPassword);
    const before = await own['wallet.status']({});
    const moved = await own['wallet.move']({ opener: byPassword, password: OTHER_PASSWORD });
    expect(moved.words).toHaveLength(24);
    expect(moved.words).not.toEqual(words);
    const after = await own['wallet.status']({});
    expect(after).toMatchObject({ vault: 'unlocked', phraseUnconfirmed: true, rowsDiffer: false, mark: MARK });
    expect(after.signetId).not.toBe(before.signetId);
    expect((await own['attributes.list']({})).attributes).toMatchObject([{ label: 'Blood type', tier: 3 }]);
    expect((await own['wallet.revealPhrase']({ password: OTHER_PASSWORD })).words).toEqual(moved.words);
  });

  test('with a wrong password changes nothing', async () => {
    const { signetId } = await own['wallet.status']({});
    const move = own['wallet.move']({ opener: { password: 'wrong password' }, password: OTHER_PASSWORD });
    await expect(move).rejects.toMatchObject({ reason: 'wrong_password' });
    expect(await own['wallet.status']({})).toMatchObject({
      vault: 'unlocked',
      ...(signetId === undefined ? {} : { signetId }),
    });
  });
});

describe('an erased vault', () => {
  test('is none at once', async () => {
    await own['wallet.erase']({ confirm: 'erase' });
    expect(await own['wallet.status']({})).toMatchObject({ vault: 'none', passkeys: [] });
    await own['wallet.create']({ password: OTHER_PASSWORD, mark: MARK });
    expect(await own['attributes.list']({})).toEqual({ attributes: [] });
  });
});
