import { mnemonicToSeedSync } from '@scure/bip39';
import type { Page } from 'puppeteer';
import { beforeAll, describe, expect, test } from 'vitest';
import { type Person, PEOPLE } from '../../demo/issuer/people.ts';
import { startIssuer } from '../../demo/issuer/server.ts';
import { auditJournal } from '../../lib/audit/index.ts';
import { type Json, fromHex } from '../../lib/core/index.ts';
import { MemoryBackend, MemoryKeyValue, VaultKeeper } from '../../lib/vault/index.ts';
import type { Write } from '../../lib/vault/index.ts';
import { deriveVaultKeys, rootOfPhrase } from '../../lib/vault/keys/key-tree.ts';
import { entropyOfPhrase } from '../../lib/vault/keys/phrase.ts';
import { begin, ended, proofRequest } from './page-calls.ts';
import {
  PASSWORD,
  type StorageDump,
  acceptLicence,
  approve,
  askWallet,
  createVault,
  dumpStorage,
  openBrowser,
  serve,
} from './setup/harness.ts';

const LABELS = ['Grandmother’s maiden name', 'Nickname at sea'];
const VALUES = ['Quillfeather-Ashdown', 'Barnacle Seventeen'];
const PURPOSE = 'Because the lighthouse asks';
const HOST = 'lighthouse.example';

interface Dump extends StorageDump {
  /** storage.local and storage.session as JSON. */
  readonly local: Readonly<Record<string, Json>>;
  readonly session: Readonly<Record<string, Json>>;
}

let unlocked: Dump;
let locked: Dump;
let words: readonly string[];
let issuerOrigin: string;

beforeAll(async () => {
  const issuer = await startIssuer();
  issuerOrigin = issuer.origin;
  const site = await serve({ '/': '<!doctype html><title>site</title>' }, { tls: true });
  const opened = await openBrowser();
  try {
    const app = await opened.openApp();
    words = await createVault(app);
    for (const [index, label] of LABELS.entries()) {
      const tier = index === 0 ? 1 : 2;
      await askWallet(app, 'attributes.save', { label, type: 'text', value: VALUES[index] ?? '', tier });
    }
    await acceptLicence(opened, issuer);

    const page = await opened.browser.newPage();
    await page.goto(site.origin(HOST));
    const first = opened.nextConsent();
    await begin(page, 'first', `signet.requestProof(${JSON.stringify({ ...proofRequest(), purpose: PURPOSE })})`);
    await approve(await first);
    expect(await ended(page, 'first')).toHaveProperty('value');
    // One more waits while the stores are read.
    const second = opened.nextConsent();
    const waiting = { ...proofRequest('BBBBBBBBBBBBBBBBBBBBBB'), purpose: PURPOSE };
    await begin(page, 'second', `signet.requestProof(${JSON.stringify(waiting)})`);
    await second;

    await app.bringToFront();
    unlocked = await read(app);
    await askWallet(app, 'wallet.lock', {});
    await expect(askWallet(app, 'wallet.unlock', { password: 'a wrong password' })).rejects.toThrow('wrong_password');
    locked = await read(app);
  } finally {
    await opened.close();
    await site.close();
    await issuer.close();
  }
});

describe.each([
  ['while the vault is open', () => unlocked],
  ['while it is locked', () => locked],
])('all that the browser stores %s', (_, dump) => {
  test('holds no password, right or wrong', () => {
    expect(findAny(dump(), [PASSWORD, 'a wrong password'])).toEqual([]);
  });

  test('holds neither three of the words in a row, nor the bytes they stand for, nor a key made of them', async () => {
    const triples = words.slice(2).map((word, index) => `${words[index]} ${words[index + 1]} ${word}`);
    const phrase = words.join(' ');
    const entropy = entropyOfPhrase(phrase);
    const root = await rootOfPhrase(phrase);
    const keys = deriveVaultKeys(root);
    const secrets = [entropy, root, keys.sealing, keys.addressing, keys.identity, keys.audit];
    const bytes = [mnemonicToSeedSync(phrase), ...secrets.map((secret) => Uint8Array.from(secret.expose()))];
    expect(findAny(dump(), [...triples, ...bytes])).toEqual([]);
  });

  test('holds no name and no value of what the person stored', () => {
    expect(findAny(dump(), [...LABELS, ...VALUES])).toEqual([]);
  });

  test('holds no claim of the credential', () => {
    const [ada] = PEOPLE;
    if (ada === undefined) throw new Error('Nobody is on the register.');
    expect(findAny(dump(), claimsOf(ada))).toEqual([]);
  });

  test('holds no site, no issuer and no word of what they said', () => {
    const needles = [HOST, issuerOrigin, new URL(issuerOrigin).host, PURPOSE, 'Driving licence', 'State of Example'];
    expect(findAny(dump(), needles)).toEqual([]);
  });

  test('holds what it must, and the search finds it', () => {
    expect(dump().find('argon2id')).not.toEqual([]);
    expect(dump().find('anchor')).not.toEqual([]);
    expect(dump().rows.filter(({ where }) => where.includes('/records/')).length).toBeGreaterThan(20);
  });
});

describe('a locked vault', () => {
  test('leaves no half of the session behind', () => {
    expect(unlocked.session).toHaveProperty('session');
    expect(locked.session).not.toHaveProperty('session');
    expect(unlocked.rows.some(({ where }) => isMeta(where, 'session'))).toBe(true);
    expect(locked.rows.some(({ where }) => isMeta(where, 'session'))).toBe(false);
  });

  test('opens for nobody who has all of its bytes, and for whoever has the password too', async () => {
    await expect((await keeperOver(locked)).open()).rejects.toMatchObject({ reason: 'locked' });
    const keeper = await keeperOver(locked);
    await expect(keeper.unlock({ kind: 'password', password: 'another wrong password' })).rejects.toMatchObject({
      reason: 'wrong_password',
    });
    await keeper.unlock({ kind: 'password', password: PASSWORD });
    await expect(keeper.open()).resolves.toMatchObject({ closed: false });
  });

  test('does not open with either half of a session that has ended', async () => {
    const withSecret = await keeperOver({ ...locked, session: unlocked.session });
    await expect(withSecret.open()).rejects.toMatchObject({ reason: 'locked' });
    const withBlob = await keeperOver({ ...unlocked, session: locked.session });
    await expect(withBlob.open()).rejects.toMatchObject({ reason: 'locked' });
  });

  test('would open with both: the attempt is a real one', async () => {
    await expect((await keeperOver(unlocked)).open()).resolves.toMatchObject({ closed: false });
  });
});

async function read(app: Page): Promise<Dump> {
  // Storage areas hold JSON and nothing else.
  const [local, session] = (await app.evaluate(() =>
    Promise.all([chrome.storage.local.get(), chrome.storage.session.get()]),
  )) as [Dump['local'], Dump['session']];
  return { ...(await dumpStorage(app)), local, session };
}

/** The real code over a copy of the bytes, as they would lie on another machine. */
async function keeperOver({ rows, local, session }: Dump): Promise<VaultKeeper> {
  const backend = new MemoryBackend();
  await backend.batch(rows.flatMap(toWrite), []);
  return new VaultKeeper({
    backend,
    local: await keyValueOf(local),
    session: await keyValueOf(session),
    clock: Date.now,
    journal: auditJournal(),
  });
}

function toWrite({ where, bytes }: StorageDump['rows'][number]): Write[] {
  const [, store, key] = /^indexedDB\/[^/]+\/(records|meta)\/([0-9a-f]+)$/.exec(where) ?? [];
  if (key === undefined) return [];
  const value = Uint8Array.from(bytes);
  return store === 'records'
    ? [{ store, key: fromHex(key), value }]
    : [{ store: 'meta', key: Buffer.from(key, 'hex').toString(), value }];
}

async function keyValueOf(area: Readonly<Record<string, Json>>): Promise<MemoryKeyValue> {
  const values = new MemoryKeyValue();
  for (const [name, value] of Object.entries(area)) await values.set(name, value);
  return values;
}

const findAny = (dump: Dump, needles: readonly (string | Uint8Array)[]): string[] =>
  needles.flatMap((needle) => dump.find(needle));

const isMeta = (where: string, key: string): boolean => where.endsWith(`/meta/${Buffer.from(key).toString('hex')}`);

/** Claims long enough that they do not stand in random bytes by chance. */
const claimsOf = ({ family_name, birthdate, address, driving_privileges }: Person): string[] =>
  [family_name, birthdate, ...Object.values(address), ...driving_privileges.map(({ issue_date }) => issue_date)].filter(
    (claim) => claim.length > 4,
  );
