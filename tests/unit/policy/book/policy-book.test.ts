import fc from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';
import { canonicalJson } from '../../../../lib/core/index.ts';
import type { PolicyBook, PolicySet, Rule } from '../../../../lib/policy/index.ts';
import { EMPTY_POLICY_HASH } from '../../../../lib/audit/index.ts';
import { assertImportable, policyHashOf, readPolicySet, usesOf, countUse } from '../../../../lib/policy/index.ts';
import type { OpenVault } from '../../../../lib/vault/index.ts';
import { anyPolicySet } from '../../../fixtures/policy/any-policy.ts';
import { BAR, DAY, NOW, SHOP, contentOf, emptyVault, inOne, newBook, ruleOf, saveRules, setOf } from './book-vault.ts';

const RUNS = Number(process.env['SIGNET_RUNS'] ?? 20);

let vault: OpenVault;
let book: PolicyBook;

beforeEach(() => {
  vault = emptyVault();
  book = newBook();
});

const save = (rules: readonly Rule[], options: { at?: number; unlock?: readonly string[] } = {}) =>
  saveRules(vault, book, rules, options);
const inForce = () => newBook().current(vault);

describe('the set in force', () => {
  test('is the one without a rule, before the first is saved', async () => {
    expect(await inForce()).toMatchObject({ version: 0, hash: EMPTY_POLICY_HASH, set: { v: 1, rules: [] } });
    expect(await book.versions(vault)).toEqual([]);
  });

  test('is what was saved last, by its hash, for whoever opens the book', async () => {
    const saved = await save([ruleOf()]);
    expect(saved).toMatchObject({ version: 1, hash: policyHashOf(setOf(ruleOf())), savedAt: NOW });
    const read = await inForce();
    expect(read).toMatchObject({ version: 1, hash: saved.hash, set: setOf(ruleOf()) });
    expect(read.compiled.hash).toBe(saved.hash);
  });

  test('is compiled once for each version', async () => {
    await save([ruleOf()]);
    expect((await book.current(vault)).compiled).toBe((await book.current(vault)).compiled);
    const other = newBook();
    const before = await other.current(vault);
    await save([ruleOf({ note: 'changed' })]);
    expect((await other.current(vault)).version).toBe(before.version + 1);
  });

  test('is not what a transaction saved that did not come to its end', async () => {
    await save([ruleOf()]);
    const failed = vault.transact(async (tx) => {
      await book.save(tx, () => setOf(), { at: NOW });
      throw new Error('after all not');
    });
    await expect(failed).rejects.toThrow('after all not');
    expect(await book.current(vault)).toMatchObject({ version: 1, set: setOf(ruleOf()) });
    await save([ruleOf({ note: 'other' })]);
    expect(await book.current(vault)).toMatchObject({ version: 2, set: setOf(ruleOf({ note: 'other' })) });
  });

  test('is damaged where a part of it is another than was saved', async () => {
    await save([ruleOf()]);
    await save([ruleOf({ claims: '*' })]);
    await inOne(vault, async (tx) => {
      const old = await tx.get({ label: 'sys/policy/version/1', index: 0 }, 1);
      tx.put({ label: 'sys/policy/version/2', index: 0 }, 1, old ?? new Uint8Array());
    });
    await expect(inForce()).rejects.toMatchObject({ reason: 'vault_damaged' });
  });

  test('can be longer than one record', async () => {
    const long = Array.from({ length: 2000 }, (_, n) =>
      ruleOf({
        id: `rule-${n}`,
        note: 'x'.repeat(120),
        claims: Array.from({ length: 30 }, (_, c) => `claim_number_${c}`),
      }),
    );
    const saved = await save(long);
    expect(await vault.get({ label: 'sys/policy/version/1', index: 1 }, 1)).toBeDefined();
    expect((await inForce()).hash).toBe(saved.hash);
  });

  test('survives being stored, whatever rules it has', async () => {
    await fc.assert(
      fc.asyncProperty(anyPolicySet(), async (any) => {
        const set = readPolicySet(any);
        const fresh = emptyVault();
        await inOne(fresh, (tx) => newBook().importSet(tx, set, { at: NOW }));
        expect((await newBook().current(fresh)).set).toEqual(set);
      }),
      { numRuns: RUNS },
    );
  });
});

describe('saving', () => {
  test('makes no version where nothing changes', async () => {
    await save([ruleOf()]);
    const before = await contentOf(vault);
    expect(await save([ruleOf()])).toMatchObject({ version: 1 });
    expect(await contentOf(vault)).toEqual(before);
  });

  test('refuses a 2,001st rule', async () => {
    const rules = Array.from({ length: 2001 }, (_, n) => ruleOf({ id: `rule-${n}` }));
    await expect(save(rules)).rejects.toMatchObject({ reason: 'bad_request', field: 'rules' });
    expect(await inForce()).toMatchObject({ version: 0 });
  });

  test('refuses a rule that cannot be read, and two of one id', async () => {
    const bad = ruleOf({ when: [{ attribute: 'no.such', op: 'equals', value: 1 }] });
    await expect(save([bad])).rejects.toMatchObject({ reason: 'bad_request' });
    await expect(save([ruleOf(), ruleOf()])).rejects.toMatchObject({ reason: 'bad_request' });
    expect(await contentOf(vault)).toEqual(new Map());
  });

  test('counts versions up and keeps the last 64', async () => {
    for (let n = 1; n <= 70; n++) await save([ruleOf({ note: `number ${n}` })], { at: NOW + n });
    const versions = await book.versions(vault);
    expect(versions.map(({ version }) => version)).toEqual(Array.from({ length: 64 }, (_, n) => 70 - n));
    expect(versions[0]).toEqual({ version: 70, hash: (await inForce()).hash, savedAt: NOW + 70, rules: 1 });
    await expect(book.at(vault, 6)).rejects.toMatchObject({ reason: 'not_found', field: 'version' });
    expect((await book.at(vault, 7)).set.rules[0]?.note).toBe('number 7');
    expect([...(await contentOf(vault)).keys()].filter((key) => key.startsWith('sys/policy/version/'))).toHaveLength(
      64,
    );
  });

  test('forgets the uses of a rule that goes, and keeps those of one that changes', async () => {
    const other = ruleOf({ id: 'bar-age', subject: { site: BAR } });
    await save([ruleOf(), other]);
    for (const ruleId of ['shop-age', 'bar-age']) {
      await inOne(vault, (tx) => countUse(tx, { ruleId, subject: SHOP, at: NOW }));
    }
    await save([ruleOf({ note: 'still there' })], { at: NOW + DAY });
    expect(await usesOf(vault, 'shop-age')).toEqual({ uses: 1, lastUsedAt: NOW });
    expect(await usesOf(vault, 'bar-age', SHOP)).toEqual({ uses: 0 });
    expect([...(await contentOf(vault)).keys()].filter((key) => key.includes('bar-age'))).toEqual([]);
  });
});

describe('a locked rule', () => {
  const locked = ruleOf({ id: 'never', effect: 'deny', locked: true, note: 'Not my bank' });

  test('can be neither changed, unlocked nor deleted before it is unlocked for that', async () => {
    await save([locked]);
    for (const rules of [[], [{ ...locked, claims: ['email'] }], [{ ...locked, locked: false }]]) {
      await expect(save(rules)).rejects.toMatchObject({
        reason: 'bad_request',
        field: 'rules.never',
        message: expect.stringContaining('Not my bank') as string,
      });
      await expect(save(rules, { unlock: ['other'] })).rejects.toMatchObject({ field: 'rules.never' });
    }
    expect(await inForce()).toMatchObject({ version: 1, set: setOf(locked) });
    expect(await save([], { unlock: ['never'] })).toMatchObject({ version: 2, set: { rules: [] } });
  });

  test('does not stand in the way of other rules', async () => {
    await save([locked]);
    expect(await save([locked, ruleOf()])).toMatchObject({ version: 2 });
  });

  test('stays as it is now when an earlier version is brought back', async () => {
    await save([ruleOf(), ruleOf({ id: 'never', effect: 'permit' })], { at: NOW });
    await save([locked], { at: NOW + 1 });
    const back = await vault.transact((tx) => book.bringBack(tx, 1, { at: NOW + 2 }));
    expect(back).toMatchObject({ version: 3, set: setOf(ruleOf(), locked) });
  });

  test('that goes by roles keeps the roles of now, when an earlier version is brought back', async () => {
    const byRole = ruleOf({ id: 'shops', effect: 'deny', subject: { role: 'commerce' }, locked: true });
    const before: PolicySet = { v: 1, rules: [ruleOf()], roles: [{ subject: SHOP, by: 'explicit', role: 'public' }] };
    const after: PolicySet = { v: 1, rules: [byRole], roles: [{ subject: SHOP, by: 'explicit', role: 'commerce' }] };
    for (const set of [before, after]) await inOne(vault, (tx) => book.save(tx, () => set, { at: NOW }));
    const back = await vault.transact((tx) => book.bringBack(tx, 1, { at: NOW }));
    expect(back.set.roles).toEqual(after.roles);
  });

  test('is neither dropped, changed nor loosened by an import', async () => {
    await save([locked]);
    for (const set of [setOf(ruleOf()), setOf({ ...locked, claims: ['email'] })]) {
      const refusal = { reason: 'bad_request', field: 'rules.never' };
      await expect(inOne(vault, (tx) => book.importSet(tx, set, { at: NOW }))).rejects.toMatchObject(refusal);
    }
    const roles: PolicySet['roles'] = [{ subject: SHOP, by: 'explicit', role: 'commerce' }];
    for (const rule of [
      ruleOf({ id: 'never', effect: 'ask', subject: { role: 'commerce' }, locked: true }),
      ruleOf({
        id: 'never',
        effect: 'deny',
        locked: true,
        when: [{ not: { attribute: 'subject.role', op: 'role_at_least', value: 'commerce' } }],
      }),
    ]) {
      expect(() => assertImportable({ ...setOf(rule), roles }, setOf(rule))).toThrow(/roles/);
    }
    expect(await inForce()).toMatchObject({ version: 1 });
  });

  test('lets an import in that has it too', async () => {
    await save([locked]);
    const imported = await vault.transact((tx) => book.importSet(tx, setOf(locked, ruleOf()), { at: NOW }));
    expect(imported).toMatchObject({ version: 2, set: setOf(locked, ruleOf()) });
  });

  test('is in every set that can be saved without unlocking it', async () => {
    await fc.assert(
      fc.asyncProperty(anyPolicySet(), anyPolicySet(), async (first, second) => {
        const [before, after] = [readPolicySet(first), readPolicySet(second)];
        const [fresh, freshBook] = [emptyVault(), newBook()];
        await inOne(fresh, (tx) => freshBook.save(tx, () => before, { at: NOW }));
        const saved = await fresh
          .transact((tx) => freshBook.save(tx, () => after, { at: NOW }))
          .catch((error: unknown) => {
            expect(error).toMatchObject({ reason: 'bad_request' });
            return freshBook.current(fresh);
          });
        const rules = new Set(saved.set.rules.map((rule) => canonicalJson(rule)));
        for (const rule of before.rules) if (rule.locked) expect(rules).toContain(canonicalJson(rule));
      }),
      { numRuns: RUNS },
    );
  });
});

describe('an earlier version', () => {
  test('is found by its number and by its hash, and can be brought back', async () => {
    const first = await save([ruleOf()], { at: NOW });
    await save([], { at: NOW + 1 });
    expect(await book.at(vault, 1)).toMatchObject({ version: 1, hash: first.hash, set: setOf(ruleOf()) });
    expect(await book.byHash(vault, first.hash)).toMatchObject({ version: 1 });
    expect(await book.byHash(vault, EMPTY_POLICY_HASH)).toMatchObject({ set: { rules: [] } });
    expect(await book.byHash(vault, policyHashOf(setOf(ruleOf({ id: 'x' }))))).toBeUndefined();
    const back = await vault.transact((tx) => book.bringBack(tx, 1, { at: NOW + 2 }));
    expect(back).toMatchObject({ version: 3, hash: first.hash, savedAt: NOW + 2 });
    await expect(inOne(vault, (tx) => book.bringBack(tx, 9, { at: NOW }))).rejects.toMatchObject({
      reason: 'not_found',
    });
  });
});
