import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Page } from 'puppeteer';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Running } from '../../demo/http.ts';
import { EXAMPLES } from '../../demo/policy/page/examples.ts';
import { startPolicyPage } from '../../demo/policy/server.ts';
import { stateOf } from '../../components/policy/question.ts';
import { compilePolicy, explain } from '../../lib/policy/engine/index.ts';
import { leastRoleOf } from '../../lib/policy/roles.ts';
import {
  type ExtensionBrowser,
  axe,
  clickNamed,
  named,
  openBrowser,
  screenshot,
  text,
  until,
} from './setup/harness.ts';

const VERDICTS = ['permit', 'ask', 'deny', 'deny'] as const;

let folder: string;
let served: Running;
let opened: ExtensionBrowser;
let page: Page;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'signet-policy-page-'));
  served = await startPolicyPage({ folder });
  opened = await openBrowser({ extensionPath: null });
  page = await opened.browser.newPage();
  await page.setViewport({ width: 1100, height: 900 });
});

afterAll(async () => {
  await opened.close();
  await served.close();
  await rm(folder, { recursive: true });
});

test('the page, served, is the same as from the disk', async () => {
  await page.goto(served.origin);
  await page.waitForSelector('.verdict.permit');
});

describe('the page, opened from the disk,', () => {
  beforeAll(async () => {
    await page.goto(pathToFileURL(join(folder, 'index.html')).href);
    await page.waitForSelector('.verdict');
  });

  test.each(EXAMPLES.map((example, at) => [example.title, example, VERDICTS[at] ?? 'permit'] as const))(
    '%s: shows what Node’s engine decides, and the same hash',
    async (title, { set, question }, verdict) => {
      await clickNamed(page, title, 'button');
      await page.waitForSelector(`.verdict.${verdict}`);
      const compiled = compilePolicy(set, { leastRole: leastRoleOf });
      const wanted = explain(compiled, question.request, stateOf(question), question);
      expect(await said()).toContain(text(`play_reason_${wanted.reason}`));
      expect(await said()).toContain(wanted.policy);
      expect(await page.$$eval('.trace', ({ length }) => length)).toBe(wanted.trace.length);
      expect(await page.evaluate(() => document.body.innerText)).not.toMatch(/\b(?:rules?|play|claim)_[a-z]/);
    },
  );

  test('decides anew with each change of the question', async () => {
    await clickNamed(page, EXAMPLES[3]?.title ?? '', 'button');
    await typeOver(text('play_amount'), '120');
    await page.waitForSelector('.verdict.permit');
    await typeOver(text('play_spent'), '250');
    await until(
      page,
      (words) => document.querySelector('.verdict')?.textContent.includes(words),
      text('play_verdict_unheard'),
    );
  });

  test('takes other rules as JSON, and names the field of what is none', async () => {
    await clickNamed(page, EXAMPLES[0]?.title ?? '', 'button');
    await page.$$eval('.json-fold', (folds) => folds.forEach((fold) => fold.setAttribute('open', '')));
    const rules = EXAMPLES[0]?.set ?? { v: 1, rules: [] };
    await writeJson('The rules, and what sites count as', JSON.stringify({ ...rules, rules: [{ id: 'x' }] }));
    await until(page, () => document.querySelector('.json-fold .problem') !== null);
    expect(await page.$eval('.json-fold ~ .json-fold', ({ textContent }) => textContent)).toMatch(/rules\[0\]/);
    await page.waitForSelector('.verdict.permit');
    await writeJson('The rules, and what sites count as', JSON.stringify({ ...rules, rules: [] }));
    await page.waitForSelector('.verdict.ask');
    await writeJson(text('play_request_json_label'), '{"subject": 1}');
    await until(page, () => document.querySelector('.json-fold')?.textContent.includes('request.subject'));
  });

  test('asks nothing of the network, fits every window, and has no fault that axe knows', async () => {
    const resources = await page.evaluate(() => performance.getEntriesByType('resource').map(({ name }) => name));
    expect(resources.filter((name) => !/\/page\.(?:js|css)$|^data:/.test(name))).toEqual([]);
    expect(await axe(page)).toEqual([]);
    for (const width of [360, 1600]) {
      await page.setViewport({ width, height: 900 });
      expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true);
      await screenshot(`demo-policy-${width}`, page);
    }
  });
});

const said = (): Promise<string> => page.$eval('.decision', ({ textContent }) => textContent);

async function typeOver(name: string, typed: string): Promise<void> {
  const field = await named(page, name, 'textbox');
  await field.evaluate((element) => {
    if (element instanceof HTMLInputElement) element.select();
  });
  await field.type(typed);
}

async function writeJson(name: string, json: string): Promise<void> {
  const area = await named(page, name, 'textbox');
  await area.evaluate((element) => {
    if (element instanceof HTMLTextAreaElement) element.select();
  });
  await area.focus();
  await page.keyboard.sendCharacter(json);
}
