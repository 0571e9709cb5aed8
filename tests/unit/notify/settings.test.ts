import { beforeEach, describe, expect, test } from 'vitest';
import type { NotifySettings, SigningSecret } from '../../../lib/notify/index.ts';
import {
  ROTATION_OVERLAP,
  dropOldSecret,
  newHmacSecret,
  newSigningKey,
  readNotifySettings,
  rotateSecret,
  saveNotifySettings,
  spellPublicKey,
  spellSecret,
  viewSecrets,
} from '../../../lib/notify/index.ts';
import { readSecrets } from '../../../lib/notify/signing-secrets.ts';
import { OpenVault } from '../../../lib/vault/index.ts';
import { NOON } from '../../fixtures/notify/away.ts';
import { RemotePerson } from '../../fixtures/notify/remote-person.ts';
import type { BareStores } from '../../fixtures/vault/bare-vault.ts';
import { bareKeys, bareStores, reopen } from '../../fixtures/vault/bare-vault.ts';

const { publicKey } = new RemotePerson();
const SETTINGS: NotifySettings = {
  webhook: { url: 'https://hooks.example/signet', tells: 'nothing' },
  answers: { publicKey, url: 'https://hooks.example/answers?for=me', tier3: true },
};

let stores: BareStores;
let vault: OpenVault;

beforeEach(() => {
  stores = bareStores();
  vault = OpenVault.empty(stores, bareKeys());
});

const save = (settings: NotifySettings): Promise<void> => vault.transact((tx) => saveNotifySettings(tx, settings));
const rotate = (secret: SigningSecret, now = NOON): Promise<void> =>
  vault.transact((tx) => rotateSecret(tx, secret, now));
const signing = async (now = NOON) => (await readSecrets(vault, now)).map(spellSecret);

describe('the settings', () => {
  test('are none at first, and then what was saved, also for another worker', async () => {
    expect(await readNotifySettings(vault)).toEqual({});
    await save(SETTINGS);
    expect(await readNotifySettings(await reopen(stores))).toEqual(SETTINGS);
    await save({});
    expect(await readNotifySettings(vault)).toEqual({});
  });

  test('may name this machine', async () => {
    await save({ webhook: { url: 'http://127.0.0.1:8080/hook', tells: 'names' } });
    expect((await readNotifySettings(vault)).webhook?.url).toBe('http://127.0.0.1:8080/hook');
  });

  const webhook = (url: string): NotifySettings => ({ webhook: { url, tells: 'names' } });
  const answers = (changes: object): NotifySettings => ({ answers: { publicKey, tier3: false, ...changes } });
  test.each<[string, NotifySettings, string]>([
    ['a webhook without encryption', webhook('http://hooks.example/'), 'webhook.url'],
    ['a webhook in the local network without it', webhook('http://192.168.0.7/'), 'webhook.url'],
    ['a webhook with a password in it', webhook('https://me:secret@hooks.example/'), 'webhook.url'],
    ['a webhook with a fragment', webhook('https://hooks.example/#x'), 'webhook.url'],
    ['a webhook that is no address', webhook('hooks.example'), 'webhook.url'],
    ['a webhook of another protocol', webhook('ftp://hooks.example/'), 'webhook.url'],
    ['an endless address', webhook(`https://hooks.example/${'a'.repeat(2000)}`), 'settings'],
    ['an answer URL without encryption', answers({ url: 'http://hooks.example/' }), 'answers.url'],
    ['a key that is none', answers({ publicKey: 'abc' }), 'answers.publicKey'],
    ['a key under which anybody can sign', answers({ publicKey: `AQ${'A'.repeat(41)}` }), 'answers.publicKey'],
    ['a key in another spelling', answers({ publicKey: `${publicKey}=` }), 'answers.publicKey'],
    ['anything that is no setting', { more: 1 } as NotifySettings, 'settings'],
  ])('do not take %s, and stay as they were', async (_, settings, field) => {
    await save(SETTINGS);
    await expect(save(settings)).rejects.toMatchObject({ reason: 'bad_request', field });
    expect(await readNotifySettings(vault)).toEqual(SETTINGS);
  });
});

describe('the secrets', () => {
  test('are two for a day when one takes the place of another, the new one first', async () => {
    const [old, next] = [newHmacSecret(), newSigningKey()];
    await rotate(old, NOON - 1000);
    await rotate(next);
    expect(await signing(NOON + ROTATION_OVERLAP - 1)).toEqual([next, old].map(spellSecret));
    expect(await signing(NOON + ROTATION_OVERLAP)).toEqual([spellSecret(next)]);
  });

  test('are never three', async () => {
    const [first, second, third] = [newHmacSecret(), newHmacSecret(), newHmacSecret()];
    for (const secret of [first, second, third]) await rotate(secret);
    expect(await signing()).toEqual([third, second].map(spellSecret));
  });

  test('are one at once where the old one got out', async () => {
    const [old, next] = [newHmacSecret(), newHmacSecret()];
    await rotate(old);
    await rotate(next);
    await vault.transact(dropOldSecret);
    expect(await signing()).toEqual([spellSecret(next)]);
  });

  test('show their public half, and how long they rotate, to the screen, and nothing else', async () => {
    expect(await viewSecrets(vault, NOON)).toBeUndefined();
    const key = newSigningKey();
    await rotate(newHmacSecret());
    expect(await viewSecrets(vault, NOON)).toEqual({});
    await rotate(key);
    expect(await viewSecrets(vault, NOON)).toEqual({
      publicKey: spellPublicKey(key),
      rotatingUntil: NOON + ROTATION_OVERLAP,
    });
    expect(await viewSecrets(vault, NOON + ROTATION_OVERLAP)).toEqual({ publicKey: spellPublicKey(key) });
  });

  test('stay with the receiver: another path of it keeps them, another origin has none', async () => {
    await save(SETTINGS);
    await rotate(newHmacSecret());
    await save({ ...SETTINGS, webhook: { url: 'https://hooks.example/other', tells: 'names' } });
    expect(await signing()).toHaveLength(1);
    await save({ ...SETTINGS, webhook: { url: 'https://other.example/signet', tells: 'names' } });
    expect(await signing()).toEqual([]);
  });
});
