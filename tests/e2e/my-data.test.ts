import type { Page } from 'puppeteer';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import {
  type ExtensionBrowser,
  askWallet,
  createVault,
  findNamed,
  named,
  openBrowser,
  pressNamed,
  text,
  typeInto,
} from './setup/harness.ts';

let opened: ExtensionBrowser;
let app: Page;

beforeAll(async () => {
  opened = await openBrowser();
  app = await opened.openApp();
  await createVault(app);
});

afterAll(() => opened.close());

beforeEach(async () => {
  await app.goto(opened.url('app.html#/data'));
  await app.reload();
  await named(app, text('nav_data'), 'heading');
});

/** All of it is done with the keyboard. */
interface Fact {
  readonly label: string;
  readonly type: 'text' | 'number' | 'date' | 'yes_no';
  readonly value: string;
  readonly tier: 1 | 2;
}

const KEPT: readonly Fact[] = [
  { label: 'Home address', type: 'text', value: '12 Harbour Lane', tier: 1 },
  { label: 'Shoe size', type: 'number', value: '42.5', tier: 2 },
  { label: 'Boiler serviced', type: 'date', value: '2026-03-09', tier: 1 },
  { label: 'Organ donor', type: 'yes_no', value: 'false', tier: 2 },
];

test('each kind of fact is added by keyboard and kept as it was given', async () => {
  expect(await contentText(app)).toContain(text('data_unproven'));
  for (const fact of KEPT) await add(fact);
  expect(await stored()).toEqual(KEPT);
  expect(await contentText(app)).toContain(text('data_unproven'));
});

test('a fact is changed by keyboard: name, value and how it is kept', async () => {
  await pressNamed(app, text('data_edit', 'Shoe size'));
  await typeInto(app, text('data_label'), 'Shoe size, EU');
  await typeInto(app, text('data_value'), '43');
  await choose(text('data_tier'), text('tier_1'));
  await pressNamed(app, text('save'));
  await named(app, text('data_edit', 'Shoe size, EU'), 'link');

  const [, shoe] = await stored();
  expect(shoe).toEqual({ label: 'Shoe size, EU', type: 'number', value: '43', tier: 1 });
  expect(await stored()).toHaveLength(KEPT.length);
});

test('bad values are refused beside the field they are about, and nothing is stored', async () => {
  const before = await stored();
  await app.goto(opened.url('app.html#/data/new'));
  await named(app, text('data_new_title'), 'heading');
  await pressNamed(app, text('save'));
  await problemOf(text('data_label'), text('data_label_missing'));
  await problemOf(text('data_value'), text('data_value_bad_text'));

  await typeInto(app, text('data_label'), 'Shoe size');
  for (const bad of ['', 'forty-two', '1,5', '1e3', '٤٢', '--1']) {
    await choose(text('data_type'), text('type_text'));
    await choose(text('data_type'), text('type_number'));
    if (bad !== '') await typeInto(app, text('data_value'), bad);
    await pressNamed(app, text('save'));
    await problemOf(text('data_value'), text('data_value_bad_number'));
  }
  await choose(text('data_type'), text('type_date'));
  await pressNamed(app, text('save'));
  await problemOf(text('data_value'), text('data_value_bad_date'));
  expect(await stored()).toEqual(before);
});

test.each([
  ['label', { label: ' ', type: 'text', value: 'x', tier: 1 }],
  ['label', { label: 'x'.repeat(61), type: 'text', value: 'x', tier: 1 }],
  ['value', { label: 'x', type: 'text', value: '', tier: 1 }],
  ['value', { label: 'x', type: 'text', value: '\ud800', tier: 1 }],
  ['value', { label: 'x', type: 'number', value: '1e3', tier: 1 }],
  ['value', { label: 'x', type: 'number', value: '007', tier: 1 }],
  ['value', { label: 'x', type: 'date', value: '2026-02-30', tier: 1 }],
  ['value', { label: 'x', type: 'yes_no', value: 'maybe', tier: 1 }],
] as const)('the worker itself refuses a bad %s', async (field, fact) => {
  const reply = await app.evaluate(
    (message) =>
      chrome.runtime.sendMessage<unknown, { ok: boolean; error?: { reason: string; field?: string } }>(message),
    { route: 'attributes.save', request: fact },
  );
  expect(reply).toMatchObject({ ok: false, error: { reason: 'bad_request', field } });
});

test('a fact is deleted by keyboard after a question, and Escape keeps it', async () => {
  await pressNamed(app, text('data_delete', 'Boiler serviced'));
  await named(app, text('data_delete_title', 'Boiler serviced'), 'dialog');
  await app.keyboard.press('Escape');
  await app.waitForSelector('dialog', { hidden: true });
  expect(await stored()).toHaveLength(KEPT.length);

  await pressNamed(app, text('data_delete', 'Boiler serviced'));
  await named(app, text('data_delete_title', 'Boiler serviced'), 'dialog');
  await pressNamed(app, text('delete'));
  await app.waitForSelector('dialog', { hidden: true });
  expect((await stored()).map(({ label }) => label)).toEqual(['Home address', 'Shoe size, EU', 'Organ donor']);
});

test('the log tells what was done, and neither names nor values', async () => {
  const { entries } = await askWallet(app, 'audit.list', { limit: 50 });
  const kinds = entries.map(({ kind }) => kind).filter((kind) => kind.startsWith('attribute.'));
  expect(kinds).toEqual(['attribute.deleted', 'attribute.changed', ...KEPT.map(() => 'attribute.added')]);
  const log = JSON.stringify(entries);
  for (const { label, value } of KEPT.filter(({ type }) => type !== 'yes_no')) {
    expect(log).not.toContain(label);
    expect(log).not.toContain(value);
  }

  await app.goto(opened.url('app.html#/activity'));
  await named(app, text('nav_activity'), 'heading');
  await app.waitForSelector('.entry');
  const shown = await contentText(app);
  for (const key of ['audit_attribute_added', 'audit_attribute_changed', 'audit_attribute_deleted']) {
    expect(shown).toContain(text(key));
  }
  for (const { label } of KEPT) expect(shown).not.toContain(label);
});

async function add({ label, type, value, tier }: Fact): Promise<void> {
  await pressNamed(
    app,
    (await findNamed(app, text('data_add_first'))) === null ? text('data_add') : text('data_add_first'),
  );
  await typeInto(app, text('data_label'), label);
  await choose(text('data_type'), text(`type_${type}`));
  if (type === 'yes_no') await choose(text('data_value'), value === 'true' ? text('yes') : text('no'));
  else if (type === 'date') await typeDate(value);
  else await typeInto(app, text('data_value'), value);
  await choose(text('data_tier'), text(`tier_${tier}`));
  await pressNamed(app, text('save'));
  await named(app, text('data_edit', label), 'link');
}

/** A date is typed part by part, in the order of the browser's language. */
async function typeDate(value: string): Promise<void> {
  const [year = '', month = '', day = ''] = value.split('-');
  const field = await named(app, text('data_value'));
  for (let presses = 0; !(await field.evaluate((element) => element === document.activeElement)); presses += 1) {
    if (presses > 60) throw new Error('The date cannot be reached with Tab.');
    await app.keyboard.press('Tab');
  }
  await app.keyboard.type(`${month}${day}${year}`);
}

/** Tab to the group of radio buttons, then arrows to the one of this name. */
async function choose(legend: string, option: string): Promise<void> {
  const group = await app.waitForSelector(`::-p-xpath(//fieldset[legend[normalize-space()="${legend}"]])`);
  const wanted = await app.waitForSelector(
    `::-p-xpath(//fieldset[legend[normalize-space()="${legend}"]]//label[starts-with(normalize-space(), "${option}")]//input)`,
  );
  const holdsFocus = () => group?.evaluate((element) => element.contains(document.activeElement));
  for (let presses = 0; !(await holdsFocus()); presses += 1) {
    if (presses > 60) throw new Error(`${legend} cannot be reached with Tab.`);
    await app.keyboard.press('Tab');
  }
  const isChosen = () => wanted?.evaluate((radio) => radio instanceof HTMLInputElement && radio.checked);
  for (let presses = 0; !(await isChosen()); presses += 1) {
    if (presses > 10) throw new Error(`${option} cannot be reached with the arrow keys.`);
    await app.keyboard.press('ArrowDown');
  }
}

/** What the field's own alert says, by which a screen reader describes it. */
async function problemOf(field: string, words: string): Promise<void> {
  const found = await named(app, field);
  await app.waitForFunction(
    (element, wanted) =>
      element.getAttribute('aria-invalid') === 'true' &&
      (element.getAttribute('aria-describedby') ?? '')
        .split(' ')
        .some((id) => document.getElementById(id)?.textContent === wanted),
    { polling: 50 },
    found,
    words,
  );
}

/** What the list tells of each. */
async function stored() {
  const { attributes } = await askWallet(app, 'attributes.list', {});
  return attributes.map(({ label, type, value, tier }) => ({ label, type, value, tier }));
}

const contentText = (page: Page): Promise<string> => page.$eval('main', (main) => main.textContent);
