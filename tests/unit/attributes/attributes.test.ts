import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { AttributeInput, Attributes } from '../../../lib/attributes/index.ts';
import { forgetLostAttributes } from '../../../lib/attributes/index.ts';
import { fromBase64url } from '../../../lib/core/index.ts';
import type { OpenVault } from '../../../lib/vault/index.ts';
import { Collection } from '../../../lib/vault/index.ts';
import { MARK, Machine, PASSWORD, byPassword } from '../../fixtures/vault/machine.ts';

const INPUT: AttributeInput = { label: 'Nickname', type: 'text', value: 'Finch', tier: 1 };

const origin = new Machine();
let machine: Machine;
let vault: OpenVault;
let attributes: Attributes;

beforeAll(async () => {
  await origin.worker().create({ password: PASSWORD, mark: MARK });
});

beforeEach(async () => {
  machine = await origin.fork();
  vault = await machine.worker().open();
  attributes = machine.attributes(vault);
});

test('an attribute is kept as it was given, under an id of 16 random bytes', async () => {
  const added = await attributes.add({ ...INPUT, label: '  Nickname ' });
  expect(added).toEqual({ ...INPUT, id: added.id, updatedAt: machine.clock.now });
  expect(fromBase64url(added.id)).toHaveLength(16);
  expect(await attributes.list()).toEqual([added]);
  expect(await machine.attributes(await machine.worker().open()).list()).toEqual([added]);
});

test('changing replaces all of it, and another tier moves the record', async () => {
  const { id } = await attributes.add(INPUT);
  machine.clock.now += 5_000;
  const changed = await attributes.change(id, { label: 'Born', type: 'date', value: '2000-02-29', tier: 2 });
  expect(await attributes.list()).toEqual([changed]);
  expect(changed).toMatchObject({ id, tier: 2, updatedAt: machine.clock.now });
  expect(await vault.tierOf({ label: `data/attribute/${id}`, index: 0 })).toBe(2);
});

test('deleting takes it away, and the row with it', async () => {
  const { id } = await attributes.add(INPUT);
  const other = await attributes.add({ ...INPUT, label: 'Other' });
  const { rows } = await vault.locate({ label: `data/attribute/${id}`, index: 0 });
  const stored = () => Promise.all(rows.map((row) => machine.backend.get('records', row)));
  expect(await stored()).toEqual([expect.any(Uint8Array)]);
  await attributes.delete(id);
  expect(await attributes.list()).toEqual([other]);
  expect(await stored()).toEqual([undefined]);
  expect(await vault.tierOf({ label: `data/attribute/${id}`, index: 0 })).toBeUndefined();
});

test('what is not there cannot be changed or deleted', async () => {
  const { id } = await attributes.add(INPUT);
  await attributes.delete(id);
  await expect(attributes.change(id, INPUT)).rejects.toMatchObject({ reason: 'not_found' });
  await expect(attributes.delete(id)).rejects.toMatchObject({ reason: 'not_found' });
});

test('every change is logged, and no entry holds a label or value', async () => {
  const { id } = await attributes.add(INPUT);
  await attributes.change(id, { ...INPUT, value: 'Wren' });
  await attributes.delete(id);
  const entries = await machine.log(vault).page({ limit: 3 });
  expect(entries.map(({ kind }) => kind)).toEqual(['attribute.deleted', 'attribute.changed', 'attribute.added']);
  expect(JSON.stringify(entries)).not.toMatch(/Nickname|Finch|Wren/);
});

test('two added at once are both there', async () => {
  await Promise.all([attributes.add(INPUT), attributes.add({ ...INPUT, label: 'Other' })]);
  expect((await attributes.list()).map(({ label }) => label)).toEqual(['Nickname', 'Other']);
});

test('one whose row is gone is counted, and hides none of the others', async () => {
  const [lost, kept] = [await attributes.add(INPUT), await attributes.add({ ...INPUT, label: 'Shoe size' })];
  const { rows } = await vault.locate({ label: `data/attribute/${lost.id}`, index: 0 });
  await machine.backend.batch(
    rows.map((key) => ({ store: 'records', key, value: undefined })),
    [],
  );
  expect(await attributes.listReadable()).toMatchObject({ attributes: [kept], unreadable: 1 });
  await expect(attributes.list()).rejects.toMatchObject({ reason: 'vault_damaged' });
});

describe('what a password reset or an erased compartment took', () => {
  const LIST = new Collection('data/attributes');
  const DIARY = { ...INPUT, label: 'Diary', tier: 2 } as const;
  const DIAGNOSIS = { ...INPUT, label: 'Diagnosis', tier: 3, compartment: 'health' } as const;

  const addAll = async (): Promise<readonly string[]> => {
    const keeper = machine.worker();
    vault = await keeper.open();
    attributes = machine.attributes(vault);
    const { id } = await keeper.grant(byPassword(), (grant) => attributes.add(DIAGNOSIS, grant));
    const ids = [(await attributes.add(INPUT)).id, (await attributes.add(DIARY)).id, id];
    await vault.transact((tx) => tx.deleteTier(2));
    await keeper.eraseCompartment('health');
    return ids;
  };

  test('is not listed, and after forgetting nothing is left of it', async () => {
    const [kept = '', ...lost] = await addAll();
    expect((await attributes.list()).map(({ id }) => id)).toEqual([kept]);
    expect(await LIST.list(vault)).toHaveLength(3);
    await forgetLostAttributes(vault);
    expect(await LIST.list(vault)).toEqual([kept]);
    const tiers = lost.map((id) => vault.tierOf({ label: `data/attribute/${id}`, index: 0 }));
    expect(await Promise.all(tiers)).toEqual([undefined, undefined]);
  });

  test('is told apart from one that cannot be read, which stays', async () => {
    const [kept = '', ...lost] = await addAll();
    const { rows } = await vault.locate({ label: `data/attribute/${kept}`, index: 0 });
    await machine.backend.batch(
      rows.map((key) => ({ store: 'records', key, value: undefined })),
      [],
    );
    await forgetLostAttributes(vault);
    expect(await LIST.list(vault)).toEqual([kept]);
    expect(lost).toHaveLength(2);
    expect(await attributes.listReadable()).toMatchObject({ attributes: [], unreadable: 1 });
  });
});

describe('accepted are', () => {
  test.each<Partial<AttributeInput>>([
    { label: 'x'.repeat(60) },
    { value: 'x'.repeat(500) },
    { type: 'number', value: '-0.50' },
    { type: 'number', value: ' 12 ' },
    { type: 'date', value: '0004-02-29' },
    { type: 'yes_no', value: 'false' },
    { tier: 2 },
  ])('%j', async (change) => {
    await attributes.add({ ...INPUT, ...change });
    expect(await attributes.list()).toHaveLength(1);
  });
});

describe('refused, naming the field, are', () => {
  test.each<[string, Partial<Record<keyof AttributeInput, unknown>>]>([
    ['label', { label: '' }],
    ['label', { label: '   ' }],
    ['label', { label: 'x'.repeat(61) }],
    ['label', { label: '\uD800' }],
    ['type', { type: 'colour' }],
    ['type', { type: '__proto__' }],
    ['compartment', { tier: 3 }],
    ['compartment', { tier: 3, compartment: 'secret' }],
    ['compartment', { tier: 1, compartment: 'health' }],
    ['opener', { tier: 3, compartment: 'health' }],
    ['tier', { tier: 4 }],
    ['tier', { tier: '1' }],
    ['value', { value: '' }],
    ['value', { value: 'x'.repeat(501) }],
    ['value', { value: '\uDC00' }],
    ['value', { type: 'number', value: '' }],
    ['value', { type: 'number', value: '1e9' }],
    ['value', { type: 'number', value: '0x10' }],
    ['value', { type: 'number', value: '01' }],
    ['value', { type: 'number', value: 'Infinity' }],
    ['value', { type: 'number', value: '1'.repeat(501) }],
    ['value', { type: 'date', value: '2001-02-29' }],
    ['value', { type: 'date', value: '1900-02-29' }],
    ['value', { type: 'date', value: '2000-13-01' }],
    ['value', { type: 'date', value: '2000-1-1' }],
    ['value', { type: 'date', value: '01.02.2000' }],
    ['value', { type: 'yes_no', value: 'TRUE' }],
  ])('%s: %j', async (field, change) => {
    const input = { ...INPUT, ...change } as AttributeInput; // what a message could hold
    await expect(attributes.add(input)).rejects.toMatchObject({ reason: 'bad_request', field });
    expect(await attributes.list()).toEqual([]);
  });
});
