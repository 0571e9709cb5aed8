import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ElementHandle, Page } from 'puppeteer';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { outcomeOf, proofRequest } from './page-calls.ts';
import { type Scene, openScene } from './scene.ts';
import {
  askWallet,
  axe,
  chooseFile,
  clickNamed,
  fill,
  named,
  pressNamed,
  screenshot,
  text,
  typeInto,
  until,
  untilSays,
} from './setup/harness.ts';

const WIDTHS = [360, 1600];

let scene: Scene;
let app: Page;
let origin: string;

beforeAll(async () => {
  scene = await openScene();
  app = scene.app;
  origin = new URL(scene.site.origin('localhost')).origin;
  await app.setViewport({ width: 1100, height: 900 });
  await app.goto(scene.opened.url('app.html#/rules'));
  await app.reload();
  await app.bringToFront();
});

afterAll(() => scene[Symbol.asyncDispose]());

test('a rule is made in parts with the keyboard alone, answers, and says what it would have changed', async () => {
  await named(app, text('rules_empty'), 'heading');
  const faults = await faultsOf('rules-empty');
  await pressNamed(app, text('rules_new_first'));
  await named(app, text('rules_new'), 'heading');
  await typeInto(app, text('rule_who_name_site'), origin);
  await pressNamed(app, 'Over 21', 'Space');
  await typeInto(app, text('rule_max_uses'), '5');
  expect(await sentence()).toBe(
    `${new URL(origin).host} may learn that you are over 21, at most 5 times in all, until you say otherwise.`,
  );
  faults.push(...(await faultsOf('rules-form')));
  await pressNamed(app, text('rules_save_new'));
  await named(app, text('rules_change'), 'link');
  faults.push(...(await faultsOf('rules-one')));

  await go('.try');
  await app.waitForSelector('.verdict.permit');
  await untilSays(app, text('play_reason_permitted'));
  faults.push(...(await faultsOf('rules-playground')));
  await app.select(await idOf(await named(app, text('play_claim'), 'combobox')), 'birth_date');
  await app.waitForSelector('.verdict.ask');
  await untilSays(app, text('play_because_claims'));

  const page = await scene.visit();
  expect(await outcomeOf(page, `signet.requestProof(${JSON.stringify(proofRequest())})`)).toHaveProperty('value');
  expect(await scene.opened.consentPages()).toEqual([]);
  await page.close();
  await app.bringToFront();
  await go('');
  await untilSays(app, text('rules_used_one', '1', text('time_now')));

  await go('.new');
  await clickNamed(app, text('rule_effect_deny'), 'radio');
  await fill(app, text('rule_who_name_site'), origin);
  await clickNamed(app, text('rule_facts_any'), 'button');
  await clickNamed(app, text('rules_try_button'), 'button');
  await untilSays(app, text('rules_try_would_one', '1', text('rules_try_denies_one', '1')));
  await untilSays(app, text('rules_try_was', text('rules_verdict_permit'), text('rules_verdict_deny')));
  faults.push(...(await faultsOf('rules-trial')));
  expect((await askWallet(app, 'policy.get', {})).rules).toHaveLength(1);
  expect(faults).toEqual([]);
});

test('what cannot be a rule is named by its field, in the form and in JSON, and is not saved', async () => {
  const before = await askWallet(app, 'policy.get', {});
  await go('.new');
  await app.select(await idOf(await named(app, text('rule_who'), 'combobox')), 'domain');
  await fill(app, text('rule_who_name_domain'), 'co.uk');
  await clickNamed(app, 'Over 21', 'button');
  await clickNamed(app, text('rules_save_new'), 'button');
  await until(app, () => /public suffix|co\.uk/.test(document.querySelector('.problem')?.textContent ?? ''));

  const { rule } = before.rules[0] ?? {};
  await go(`${rule?.id}/edit/json`);
  const written = { ...rule, when: [{ attribute: 'context.minute', op: 'between', value: [480, 'late'] }] };
  await writeJson(text('rules_json_label'), JSON.stringify(written, null, 2));
  await untilSays(app, 'rule.when[0].value');
  await clickNamed(app, text('rule_json_show'), 'button');
  expect(
    await app.evaluate(() => {
      const area = document.activeElement;
      return area instanceof HTMLTextAreaElement ? area.value.slice(area.selectionStart, area.selectionEnd) : '';
    }),
  ).toContain('late');
  expect(await axe(app)).toEqual([]);
  expect(await (await named(app, text('save'), 'button')).evaluate((button) => button.matches(':disabled'))).toBe(true);
  expect((await askWallet(app, 'policy.get', {})).hash).toBe(before.hash);

  await writeJson(text('rules_json_label'), JSON.stringify({ ...rule, note: 'Wine' }));
  await clickNamed(app, text('save'), 'button');
  await named(app, text('rules_delete'), 'button');
  await untilSays(app, 'Wine');
});

test('a locked rule stays as it is until somebody says otherwise twice', async () => {
  const [view] = (await askWallet(app, 'policy.get', {})).rules;
  await go(view?.rule.id ?? '');
  await clickNamed(app, text('rules_lock'), 'button');
  await named(app, text('rules_lock_title'), 'dialog');
  await app.keyboard.press('Tab');
  await app.keyboard.press('Tab');
  await app.keyboard.press('Enter');
  await named(app, text('rules_unlock'), 'button');
  await clickNamed(app, text('rules_delete'), 'button');
  const dialog = await named(app, text('rules_delete_title'), 'dialog');
  const confirm = await dialog.$('.button.filled');
  expect(await confirm?.evaluate((button) => button.matches(':disabled'))).toBe(true);
  expect(await axe(app)).toEqual([]);
  await app.keyboard.press('Escape');
});

test('rules leave as a signed file, come back by it with what changes, and so does an earlier version', async () => {
  const before = await askWallet(app, 'policy.get', {});
  const { text: exported } = await askWallet(app, 'policy.export', { form: 'json' });
  const file = join(scene.opened.userDataDir, 'rules.json');
  await writeFile(file, exported);
  await askWallet(app, 'policy.saveRule', {
    rule: { effect: 'ask', subject: { any: true }, action: 'prove', claims: ['address'] },
  });

  await go('.history');
  await clickNamed(app, text('rules_import'), 'button');
  await chooseFile(app, file);
  await untilSays(app, text('rules_signed_this_vault'));
  await untilSays(app, text('rules_diff_removed_one', '1'));
  const faults = await faultsOf('rules-import');
  await clickNamed(app, text('rules_import_apply'), 'button');
  await until(app, () => location.hash === '#/rules');
  expect((await askWallet(app, 'policy.get', {})).hash).toBe(before.hash);

  await writeFile(file, exported.replace('"deny"', '"permit"').replace('Wine', 'Beer'));
  await go('.history');
  await clickNamed(app, text('rules_import'), 'button');
  await chooseFile(app, file);
  await app.waitForSelector('dialog .problem, dialog .notice.warn');
  expect((await askWallet(app, 'policy.get', {})).hash).toBe(before.hash);
  await app.keyboard.press('Escape');

  const { version } = await askWallet(app, 'policy.get', {});
  await clickNamed(app, text('rules_version_look_at', String(version - 1)), 'button');
  await untilSays(app, text('rules_diff_added_one', '1'));
  faults.push(...(await faultsOf('rules-versions')));
  await clickNamed(app, text('rules_bring'), 'button');
  await until(app, () => location.hash === '#/rules');
  expect((await askWallet(app, 'policy.get', {})).rules).toHaveLength(2);
  expect(faults).toEqual([]);
});

test('a fact takes as much trust as the person says, and facts that tell little are made free with two clicks', async () => {
  await go('.facts');
  const choice = await named(app, text('rules_facts_least_of', 'Phone number'), 'combobox');
  await app.select(await idOf(choice), 'identity');
  await expect
    .poll(async () => (await askWallet(app, 'policy.get', {})).set.claim_roles)
    .toEqual({ phone_number: 'identity' });
  const faults = await faultsOf('rules-facts');
  await clickNamed(app, text('rules_facts_reset', 'Phone number', text('rule_role_commerce')), 'button');
  await expect.poll(async () => (await askWallet(app, 'policy.get', {})).set.claim_roles ?? {}).toEqual({});

  await go('.free');
  await clickNamed(app, 'Over 18', 'button');
  expect(await sentence()).toContain('Shops may learn that you are over 18 when the fact is freely provable');
  faults.push(...(await faultsOf('rules-free')));
  await clickNamed(app, text('rules_free_save'), 'button');
  await named(app, text('rules_change'), 'link');
  await go('');
  await named(app, text('rules_new'), 'link');
  faults.push(...(await faultsOf('rules')));
  expect(faults).toEqual([]);
});

test('a rule that does nothing is told of, with why, and goes with a click', async () => {
  const twice = { effect: 'deny', subject: { domain: 'tracker.example' }, action: 'prove', claims: '*' };
  await askWallet(app, 'policy.saveRule', { rule: twice });
  await askWallet(app, 'policy.saveRule', { rule: twice });
  await go('');
  await (await app.waitForSelector('.tidy > summary'))?.click();
  await untilSays(app, text('rules_note_duplicate'));
  expect(await faultsOf('rules-tidy')).toEqual([]);
  await clickNamed(app, text('rules_tidy_remove'), 'button');
  await until(app, () => document.querySelector('.tidy') === null);
  const after = await askWallet(app, 'policy.get', {});
  expect(after.rules.filter(({ rule }) => 'domain' in rule.subject)).toHaveLength(1);
});

/** Puts JSON into the field of this name, over what stands there. */
async function writeJson(name: string, json: string): Promise<void> {
  const area = await named(app, name, 'textbox');
  await area.evaluate((element) => {
    if (element instanceof HTMLTextAreaElement) element.select();
  });
  await area.focus();
  await app.keyboard.sendCharacter(json);
}

const go = (rest: string): Promise<void> =>
  app.evaluate((hash) => {
    location.hash = hash;
  }, `#/rules/${rest}`);

const sentence = (): Promise<string> => app.$eval('.rule-card-sentence', ({ textContent }) => textContent);

const idOf = (element: ElementHandle): Promise<string> =>
  element.evaluate((one) => {
    one.id ||= 'chosen';
    return `#${CSS.escape(one.id)}`;
  });

/** What axe finds in both themes, and where the page is wider than its window; a picture of each is kept. */
async function faultsOf(name: string): Promise<string[]> {
  await screenshot(name, app);
  const faults = await axe(app);
  for (const width of WIDTHS) {
    await app.setViewport({ width, height: 900 });
    const wide = await app.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth);
    if (wide) faults.push(`${width} px: the page is wider than its window`);
  }
  await app.setViewport({ width: 1100, height: 900 });
  return faults.map((fault) => `${name}: ${fault}`);
}
