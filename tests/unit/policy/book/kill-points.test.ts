import { describe, expect, test } from 'vitest';
import type { PolicyBook } from '../../../../lib/policy/index.ts';
import {
  adoptLog,
  commitFacts,
  countUse,
  decideOnRecord,
  dismissSuggestion,
  FRESH_STATE,
  noteAnswer,
  noteDisclosure,
  noteFacts,
  setAsideTampered,
  suggestionsOf,
} from '../../../../lib/policy/index.ts';
import type { VaultTx } from '../../../../lib/vault/index.ts';
import { MemoryBackend, MemoryKeyValue, OpenVault } from '../../../../lib/vault/index.ts';
import { bareKeys } from '../../../fixtures/vault/bare-vault.ts';
import { Fuse, WorkerDied, mortal } from '../../../fixtures/vault/dying.ts';
import { cloneBackend } from '../../../fixtures/vault/machine.ts';
import { BAR, NOW, SHOP, contentOf, newBook, requestOf, ruleOf, setOf } from './book-vault.ts';

interface Disk {
  readonly backend: MemoryBackend;
  readonly local: MemoryKeyValue;
}

async function copyOf({ backend, local }: Disk): Promise<Disk> {
  const copy = { backend: await cloneBackend(backend), local: new MemoryKeyValue() };
  for (const key of local.dump().keys()) await copy.local.set(key, (await local.get(key)) ?? null);
  return copy;
}

const locked = ruleOf({ id: 'locked', effect: 'deny', subject: { site: BAR }, locked: true });
const once = ruleOf({ obligations: { max_uses: 1 } });

async function answerAll(tx: VaultTx): Promise<void> {
  const [subject, kind] = [SHOP, 'site'] as const;
  await noteAnswer(tx, { subject, kind, claim: 'email', label: '', answer: 'allowed', at: NOW });
}

/** A vault with something of everything that the book keeps. */
async function filled(): Promise<Disk> {
  const disk = { backend: new MemoryBackend(), local: new MemoryKeyValue() };
  const vault = OpenVault.empty(disk, bareKeys());
  const book = newBook();
  for (const rules of [[locked], [locked, once]]) {
    await vault.transact((tx) => book.save(tx, () => setOf(...rules), { at: NOW }));
  }
  for (let n = 0; n < 5; n++) await vault.transact(answerAll);
  await vault.transact((tx) => answer(tx, book));
  return disk;
}

/** All that is written beside an answer. */
async function answer(tx: VaultTx, book: PolicyBook): Promise<void> {
  const policy = await book.current(tx);
  const decided = decideOnRecord(policy.compiled, requestOf(SHOP, 'age_over_21'), FRESH_STATE, { askable: true });
  const claims = [{ claim: 'age_over_21', label: 'over 21', format: 'bbs' }];
  await noteDisclosure(tx, { subject: SHOP, claims, told: [{ claim: 'age_over_21', answer: true }], at: NOW });
  await countUse(tx, { ruleId: once.id, subject: SHOP, at: NOW });
  await noteFacts(tx, { seq: 1, time: NOW }, commitFacts({ version: 1, policy: policy.hash, decided: [decided] }));
  await answerAll(tx);
}

const suggestionIn = async (tx: VaultTx, book: PolicyBook): Promise<string> => {
  const { compiled: policy } = await book.current(tx);
  return (await suggestionsOf(tx, { policy, now: NOW })).suggestions[0]?.id ?? '';
};

/** Puts an older state of the table in place, so that there is something to set aside. */
const spoil = async (tx: VaultTx): Promise<void> => {
  await tx.delete({ label: 'sys/answers/head', index: 0 });
  await setAsideTampered(tx);
};

const deeds: Readonly<Record<string, (tx: VaultTx, book: PolicyBook) => Promise<unknown>>> = {
  'a rule that is saved': (tx, book) => book.save(tx, (set) => setOf(...set.rules, ruleOf({ id: 'new' })), { at: NOW }),
  'a rule that goes, with its uses': (tx, book) => book.save(tx, () => setOf(locked), { at: NOW }),
  'a locked rule that was unlocked': (tx, book) => book.save(tx, () => setOf(), { at: NOW, unlock: ['locked'] }),
  'a version that is brought back': (tx, book) => book.bringBack(tx, 1, { at: NOW }),
  'a set that is imported': (tx, book) => book.importSet(tx, setOf(locked, ruleOf({ id: 'theirs' })), { at: NOW }),
  'an answer, with its count, its facts, what the site learned': answer,
  'an answer with the rule that makes it “always”': async (tx, book) => {
    await answer(tx, book);
    await book.save(tx, (set) => setOf(...set.rules, ruleOf({ id: 'always' })), { at: NOW });
  },
  'a suggestion that is dismissed': async (tx, book) => dismissSuggestion(tx, await suggestionIn(tx, book)),
  'records that are set aside': spoil,
  'a log that is taken over': (tx) => adoptLog(tx, [{ subject: BAR, time: NOW, claims: ['age_over_18', 'email'] }]),
};

describe('whenever the worker dies, the vault is as before or as after', () => {
  test.each(Object.keys(deeds))('%s', async (what) => {
    const deed = deeds[what];
    if (deed === undefined) throw new Error('no such deed');
    const disk = await filled();
    const before = await labelsAndSizes(disk);
    let deaths = 0;
    let after: unknown;
    for (let writes = 0, burnt = true; burnt; writes++) {
      const copy = await copyOf(disk);
      const fuse = new Fuse(writes);
      const seen = mortal({ ...copy, session: new MemoryKeyValue() }, fuse);
      const { vault } = await OpenVault.open(seen, bareKeys(), undefined);
      const outcome = await vault.transact((tx) => deed(tx, newBook())).then(() => 'done', deathOf);
      burnt = fuse.burnt;
      const { vault: again } = await OpenVault.open(copy, bareKeys(), undefined);
      expect(await again.check()).toMatchObject({ missing: 0, altered: 0, strangers: 0 });
      const now = await labelsAndSizes(copy);
      if (outcome === 'done') after = now;
      else {
        deaths += 1;
        await expectWhole(again);
        if (JSON.stringify(now) !== JSON.stringify(before)) after = after === undefined ? now : expectSame(after, now);
      }
    }
    expect(deaths).toBeGreaterThan(0);
    expect(after).not.toEqual(before);
  });
});

function expectSame(one: unknown, other: unknown): unknown {
  expect(other).toEqual(one);
  return other;
}

const deathOf = (error: unknown): 'died' => {
  if (error instanceof WorkerDied || (error instanceof Error && error.cause instanceof WorkerDied)) return 'died';
  throw error;
};

/** What salts and signatures leave alike: which records there are, and how long they are. */
async function labelsAndSizes(disk: Disk): Promise<readonly (readonly [string, number])[]> {
  const { vault } = await OpenVault.open(await copyOf(disk), bareKeys(), undefined);
  return [...(await contentOf(vault))].map(([name, content]) => [name, roughly(content)] as const);
}

/** Random generations have as many digits as they have. */
const roughly = (content: string): number => content.replace(/\d+/g, '0').length;

/** Rules, counts and answers fit together. */
async function expectWhole(vault: OpenVault): Promise<void> {
  const book = newBook();
  const { compiled: policy, version } = await book.current(vault);
  expect((await book.versions(vault))[0]?.version).toBe(version);
  expect((await suggestionsOf(vault, { policy, now: NOW })).tampered).toBe(0);
}
