import { readFile } from 'node:fs/promises';
import type { Page } from 'puppeteer';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { OwnReply } from '../../lib/messaging/ask.ts';
import type { OwnRequest, OwnRoute } from '../../lib/messaging/contract.ts';
import { SeededRandom } from '../fixtures/seeded-random.ts';
import { EMPTY_PROFILE, type Profile, readProfile, recordKeys, writeProfile } from './profile.ts';
import type { Reaper } from './reaper.ts';
import { createReaper } from './reaper.ts';
import { untilNoWindow } from './scene.ts';
import { type ExtensionBrowser, PASSWORD, askWallet, openBrowser } from './setup/harness.ts';

/** How often the worker dies: more often with `npm run test:long`. */
const KILLS = Number(process.env['SIGNET_KILLS'] ?? 6);
const SEED = Number(process.env['SIGNET_SEED'] ?? Date.now() % 1_000_000);
/** Deaths fall into the time that the operation took undisturbed, and this share of it more. */
const OVERTIME = 0.1;

const MARK = { shape: 'anchor', colour: 'sea' } as const;
const NEW_PASSWORD = 'seven quiet lighthouses 19';
const OTHER_PASSWORD = 'nine distant bakeries 27';
const PASSPHRASE = 'eleven borrowed umbrellas 8';
/** What the log says when rows, header or anchor were tampered with: a death must never look like that. */
const ALARMS = ['vault.anchor_missing', 'vault.header_recovered', 'vault.rows_differ', 'inbox.dropped'];

const LABELS = ['Name', 'Size', 'Worry', 'Diagnosis'];
const WRITTEN = ['First', 'Second', 'Third', 'Fourth', 'Fifth'];

let opened: ExtensionBrowser;
let reaper: Reaper;
/** A document of our origin without any script of ours: nothing in it wakes the worker by itself. */
let ours: Page;
/** A vault with LABELS in it, locked; another one; and a backup of the first, Tier 3 included. */
let home: Profile;
let elsewhere: Profile;
let backup: readonly string[];
let backupBytes: number;

const ask: <R extends OwnRoute>(route: R, request: OwnRequest<R>) => ReturnType<typeof askWallet<R>> = (
  route,
  request,
) => askWallet(ours, route, request);

beforeAll(async () => {
  opened = await openBrowser();
  reaper = await createReaper(opened);
  ours = await opened.browser.newPage();
  await ours.goto(opened.url('manifest.json'));

  elsewhere = await furnish(OTHER_PASSWORD, ['Elsewhere'], async () => {});
  home = await furnish(PASSWORD, LABELS, async () => {
    const made = await ask('backup.make', { passphrase: PASSPHRASE, tier3: true });
    backupBytes = made.bytes;
    const chunks: string[] = [];
    for (let index = 0; index < made.chunks; index += 1) {
      chunks.push((await ask('backup.chunk', { id: made.id, index })).data);
    }
    backup = chunks;
    await ask('backup.saved', { id: made.id });
  });
});
afterAll(() => opened.close());

/** A vault made on an empty profile, with records of every tier in it, as it lies there locked. */
async function furnish(password: string, labels: readonly string[], more: () => Promise<void>): Promise<Profile> {
  await startFrom(EMPTY_PROFILE);
  await ask('wallet.create', { password, mark: MARK });
  for (const label of labels) await save(label, password);
  await more();
  await ask('wallet.lock', {});
  await reaper.kill();
  return readProfile(ours);
}

async function startFrom(profile: Profile): Promise<void> {
  await reaper.kill();
  await writeProfile(ours, profile);
}

const save = (label: string, password: string) => ask('attributes.save', inputOf(label, password));

function inputOf(label: string, password: string): OwnRequest<'attributes.save'> {
  const input = { label, type: 'text', value: `${label}: some words about it` } as const;
  if (label === 'Diagnosis') return { ...input, tier: 3, compartment: 'health', opener: { password } };
  return { ...input, tier: label === 'Worry' ? 2 : 1 };
}

/** How an asking ended. `died`: the worker did, before it answered. */
type End =
  { readonly kind: 'done' } | { readonly kind: 'refused'; readonly reason: string } | { readonly kind: 'died' };

/** Asks the worker, which may die meanwhile. */
async function venture<R extends OwnRoute>(route: R, request: OwnRequest<R>): Promise<End> {
  const reply = await ours.evaluate(
    (message) => chrome.runtime.sendMessage<unknown, OwnReply | undefined>(message).catch(() => undefined),
    { route, request },
  );
  if (reply === undefined) return { kind: 'died' };
  return reply.ok ? { kind: 'done' } : { kind: 'refused', reason: reply.error.reason };
}

/** Several askings, until one does not end well. */
async function ventureAll(askings: readonly (() => Promise<End>)[]): Promise<End> {
  for (const asking of askings) {
    const end = await asking();
    if (end.kind !== 'done') return end;
  }
  return { kind: 'done' };
}

/** Something that the worker dies over. */
interface Deed {
  readonly name: string;
  /** What is stored when it begins. */
  readonly start: () => Profile;
  /** Asked before it begins, in a worker that lives. */
  readonly before: () => Promise<void>;
  /** @param struck whether the worker was killed: whoever waits for it need not any longer */
  readonly run: (struck: AbortSignal) => Promise<End>;
  /** What must hold when it is over, in a worker of its own. */
  readonly after: (end: End) => Promise<void>;
}

const nothing = (): Promise<void> => Promise.resolve();
async function unlock(): Promise<void> {
  await ask('wallet.unlock', { password: PASSWORD });
}

/** Labels whose saving was acknowledged. */
let acknowledged: string[] = [];

const DEEDS: readonly Deed[] = [
  {
    name: 'a vault is made',
    start: () => EMPTY_PROFILE,
    before: nothing,
    run: () => venture('wallet.create', { password: PASSWORD, mark: MARK }),
    async after(end) {
      const { vault } = await ask('wallet.status', {});
      expect(vault).toBeOneOf(end.kind === 'done' ? ['unlocked'] : ['none', 'locked', 'unlocked']);
      if (vault === 'none') await ask('wallet.create', { password: PASSWORD, mark: MARK });
      expect(await passwordThatOpens([PASSWORD])).toBe(PASSWORD);
      await expectWhole([]);
    },
  },
  {
    name: 'it is unlocked',
    start: () => home,
    before: nothing,
    run: () => venture('wallet.unlock', { password: PASSWORD }),
    async after(end) {
      expect((await ask('wallet.status', {})).vault).toBeOneOf(
        end.kind === 'done' ? ['unlocked'] : ['locked', 'unlocked'],
      );
      expect(await passwordThatOpens([PASSWORD])).toBe(PASSWORD);
      await expectWhole(LABELS);
    },
  },
  {
    name: 'records are written',
    start: () => home,
    async before() {
      await unlock();
      acknowledged = [];
    },
    run: () =>
      ventureAll(
        WRITTEN.map((label) => async () => {
          const end = await venture('attributes.save', inputOf(label, PASSWORD));
          if (end.kind === 'done') acknowledged.push(label);
          return end;
        }),
      ),
    async after() {
      const written = (await labels()).filter((label) => WRITTEN.includes(label));
      expect(written.slice(0, acknowledged.length)).toEqual(acknowledged);
      expect(WRITTEN.slice(0, written.length)).toEqual(written);
      expect(written.length - acknowledged.length).toBeLessThanOrEqual(1);
      await expectWhole([...LABELS, ...written]);
      expect(await entriesOf('attribute.added')).toBe(LABELS.length + written.length);
    },
  },
  {
    name: 'the password is changed',
    start: () => home,
    before: unlock,
    run: () => venture('wallet.changePassword', { current: { password: PASSWORD }, next: NEW_PASSWORD }),
    async after(end) {
      expect((await ask('wallet.status', {})).vault).toBe('unlocked');
      const password = await passwordThatOpens([PASSWORD, NEW_PASSWORD]);
      if (end.kind === 'done') expect(password).toBe(NEW_PASSWORD);
      await expectWhole(LABELS);
      expect(await openDiagnosis(password)).toBe('Diagnosis: some words about it');
    },
  },
  {
    name: 'a backup is restored over another vault',
    start: () => elsewhere,
    before: nothing,
    run: () => restoreBackup(),
    async after(end) {
      const { vault } = await ask('wallet.status', {});
      expect(vault).toBeOneOf(end.kind === 'done' ? ['unlocked'] : ['none', 'locked', 'unlocked']);
      if (vault === 'none') expect(await restoreBackup()).toEqual({ kind: 'done' });
      const password = await passwordThatOpens([PASSWORD, OTHER_PASSWORD]);
      if (end.kind === 'done') expect(password).toBe(PASSWORD);
      await expectWhole(password === PASSWORD ? LABELS : ['Elsewhere']);
    },
  },
  {
    name: 'the vault is erased',
    start: () => home,
    before: unlock,
    run: () => venture('wallet.erase', { confirm: 'erase' }),
    async after(end) {
      const { vault } = await ask('wallet.status', {});
      expect(vault).toBeOneOf(end.kind === 'done' ? ['none'] : ['none', 'unlocked']);
      if (vault === 'unlocked') return expectWhole(LABELS);
      await expect.poll(storedRows).toEqual({ records: 0, meta: 0 });
      expect(await venture('wallet.unlock', { password: PASSWORD })).toEqual({ kind: 'refused', reason: 'no_vault' });
    },
  },
  {
    name: 'a compartment is erased',
    start: () => home,
    before: unlock,
    run: () => venture('compartments.erase', { name: 'health', confirm: 'erase' }),
    async after(end) {
      const left = await labels();
      expect(LABELS.slice(0, 3)).toEqual(left.slice(0, 3));
      if (end.kind === 'done') expect(left).toHaveLength(3);
      if (left.length === 4) expect(await openDiagnosis(PASSWORD)).toBe('Diagnosis: some words about it');
      await expectWhole(left);
      expect(await entriesOf('compartment.erased')).toBe(4 - left.length);
    },
  },
  {
    name: 'a vault of the first version is migrated',
    start: () => first.profile,
    before: nothing,
    run: () => venture('wallet.unlock', { password: first.password }),
    async after(end) {
      expect((await ask('wallet.status', {})).vault).toBeOneOf(
        end.kind === 'done' ? ['unlocked'] : ['locked', 'unlocked'],
      );
      expect(await passwordThatOpens([first.password])).toBe(first.password);
      await expectWhole(first.labels);
      expect((await ask('credentials.list', {})).credentials).toHaveLength(1);
      expect((await ask('audit.list', { limit: 1 })).total).toBeGreaterThan(first.entries);
    },
  },
  {
    name: 'every row moves to a new place',
    start: () => home,
    before: nothing,
    run: async (struck) => {
      const end = await venture('wallet.unlock', { password: PASSWORD });
      if (end.kind === 'done') await untilAllMoved(struck);
      return end;
    },
    async after() {
      expect(await passwordThatOpens([PASSWORD])).toBe(PASSWORD);
      await expectWhole(LABELS);
    },
  },
  {
    name: 'the vault moves to new words',
    start: () => home,
    before: unlock,
    run: () => venture('wallet.move', { opener: { password: PASSWORD }, password: NEW_PASSWORD }),
    async after(end) {
      const password = await passwordThatOpens([PASSWORD, NEW_PASSWORD]);
      if (end.kind === 'done') expect(password).toBe(NEW_PASSWORD);
      await expectWhole(LABELS);
      expect(await openDiagnosis(password)).toBe('Diagnosis: some words about it');
    },
  },
];

interface FirstVersion {
  readonly profile: Profile;
  readonly password: string;
  readonly labels: readonly string[];
  readonly entries: number;
}

const first: FirstVersion = await readFirstVersion();

/** What the first version's own code left on a disk. */
async function readFirstVersion(): Promise<FirstVersion> {
  const file = new URL('../fixtures/vault/versions/v1.json', import.meta.url);
  // The shape that the file's README tells of.
  const { password, expected, rows } = JSON.parse(await readFile(file, 'utf8')) as {
    password: string;
    expected: { attributes: { label: string }[]; logEntries: number };
    rows: { records: [string, string][]; meta: [string, string][]; mirror: string; anchor: unknown };
  };
  return {
    profile: { records: rows.records, meta: rows.meta, local: { header: rows.mirror, anchor: rows.anchor } },
    password,
    labels: expected.attributes.map(({ label }) => label),
    entries: expected.logEntries,
  };
}

async function restoreBackup(): Promise<End> {
  const { id } = await ask('restore.begin', { bytes: backupBytes });
  return ventureAll([
    ...backup.map((data, index) => () => venture('restore.chunk', { id, index, data })),
    () =>
      venture('restore.commit', {
        id,
        passphrase: PASSPHRASE,
        opener: { password: PASSWORD },
        mark: MARK,
        eraseExisting: true,
      }),
  ]);
}

async function untilAllMoved(struck: AbortSignal): Promise<void> {
  const before = new Set(home.records.map(([key]) => key));
  while (!struck.aborted && (await recordKeys(ours)).some((key) => before.has(key)));
}

/** How much is stored. Nothing of an erased vault opens from the beginning; its rows go in the background. */
async function storedRows() {
  const { records, meta } = await readProfile(ours);
  return { records: records.length, meta: meta.length };
}

const labels = async (): Promise<string[]> => (await ask('attributes.list', {})).attributes.map(({ label }) => label);

async function entriesOf(kind: string): Promise<number> {
  const { entries } = await ask('audit.list', { limit: 200 });
  return entries.filter((entry) => entry.kind === kind).length;
}

/** The one of these that opens the vault; the others must not. */
async function passwordThatOpens(passwords: readonly string[]): Promise<string> {
  const opening: string[] = [];
  for (const password of passwords) {
    await ask('wallet.lock', {});
    const end = await venture('wallet.unlock', { password });
    if (end.kind === 'done') opening.push(password);
    else expect(end).toEqual({ kind: 'refused', reason: 'wrong_password' });
  }
  const [password, ...others] = opening;
  if (password === undefined || others.length > 0) throw new Error(`${opening.length} passwords open the vault.`);
  if (passwords.at(-1) !== password) await ask('wallet.unlock', { password });
  return password;
}

/** What is in the open vault is all there, and nothing says that anybody tampered with it. */
async function expectWhole(wanted: readonly string[]): Promise<void> {
  expect(await labels()).toEqual(wanted);
  expect(await ask('wallet.status', {})).toMatchObject({ vault: 'unlocked', rowsDiffer: false });
  await expectRowsStand();
  await expectLogVerifies();
  const { entries } = await ask('audit.list', { limit: 200 });
  expect(entries.map(({ kind }) => kind).filter((kind) => ALARMS.includes(kind))).toEqual([]);
}

/** Rows of what was erased go in the background: then none are missing, altered or strange. */
async function expectRowsStand(): Promise<void> {
  await expect.poll(checkRows).toMatchObject({ missing: 0, altered: 0, strangers: 0 });
}

async function checkRows() {
  for (let id: string | undefined; ;) {
    const step = await ask('storage.check', id === undefined ? {} : { id });
    if (step.report !== undefined) return step.report;
    id = step.id;
  }
}

async function expectLogVerifies(): Promise<void> {
  for (let id: string | undefined; ;) {
    const step = await ask('audit.verify', id === undefined ? {} : { id });
    expect(step.problem).toBeUndefined();
    if (step.done) return;
    id = step.id;
  }
}

/** What the record in the compartment says, as its owner sees it. */
async function openDiagnosis(password: string): Promise<string> {
  const { attributes } = await ask('attributes.list', {});
  const id = attributes.find(({ label }) => label === 'Diagnosis')?.id ?? '';
  const appears = opened.nextConsent();
  await ask('attributes.open', { id });
  const consent = await appears;
  const [waiting] = (await ask('requests.list', {})).waiting;
  const { value } = await ask('requests.openRecord', { requestId: waiting?.requestId ?? '', opener: { password } });
  await consent.close().catch(ignoreClosedWindow); // its purpose served, it goes by itself
  await untilNoWindow(opened);
  return value;
}

function ignoreClosedWindow(error: unknown): void {
  if (!/closed|detached|Target|Session/i.test(String(error))) throw error;
}

const after = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** How long a deed takes when nobody dies, in milliseconds; what must hold after it holds then too. */
const spans = new Map<Deed, number>();

async function spanOf(deed: Deed): Promise<number> {
  const known = spans.get(deed);
  if (known !== undefined) return known;
  await startFrom(deed.start());
  await deed.before();
  const begun = performance.now();
  const end = await deed.run(new AbortController().signal);
  const span = performance.now() - begun;
  expect(end).toEqual({ kind: 'done' });
  await reaper.kill();
  await deed.after(end);
  spans.set(deed, span);
  return span;
}

/**
 * Deaths in turn over the deeds, beginning with any; shares of a deed's time. Passwords are stretched first and stores
 * written last: two in three deaths fall into the last third.
 */
function deaths(): [deed: string, percent: number][] {
  const random = new SeededRandom(SEED);
  const from = Math.floor(random.next() * DEEDS.length);
  return Array.from({ length: KILLS }, (_, i) => {
    const share = random.next();
    const late = i % 3 !== 0 ? 2 / 3 + share / 3 : share;
    return [DEEDS[(from + i) % DEEDS.length]?.name ?? '', Math.round(late * (1 + OVERTIME) * 100)];
  });
}

describe(`a worker that dies, seed ${SEED},`, () => {
  test.for(deaths())(
    'while %s, %i hundredths of its time after it began, leaves the old state or the new one',
    async ([name, percent]) => {
      const deed = DEEDS.find((one) => one.name === name);
      if (deed === undefined) throw new Error(`Nobody does this: ${name}`);
      const moment = ((await spanOf(deed)) * percent) / 100;

      await startFrom(deed.start());
      await deed.before();
      const struck = new AbortController();
      const death = after(moment).then(async () => {
        await reaper.strike();
        struck.abort();
      });
      const [end] = await Promise.all([deed.run(struck.signal), death]);
      await reaper.kill();
      await deed.after(end);
    },
  );
});
