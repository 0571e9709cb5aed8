import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Page } from 'puppeteer';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { EXAMPLES } from '../../components/spl/examples.ts';
import { buildPolicyPage } from '../../demo/policy/build.ts';
import {
  type ExtensionBrowser,
  askWallet,
  axe,
  axeAndScreenshot,
  clickNamed,
  createVault,
  named,
  openBrowser,
  pressNamed,
  screenshot,
  tabTo,
  text,
  typeInto,
  until,
  untilSays,
} from './setup/harness.ts';

const WIDTHS = [360, 768, 1600];
/** Milliseconds from a change to its answer, however hostile the change: far under what a person calls hanging. */
const PATIENCE = 3000;

const LIMIT = '(and (<= (get req "amount") 150)\n(dpop_ok?))';

let opened: ExtensionBrowser;
let page: Page;

describe('in the app', () => {
  beforeAll(async () => {
    opened = await openBrowser();
    page = await opened.openApp();
    await createVault(page);
    await page.setViewport({ width: 1100, height: 900 });
    await page.goto(opened.url('app.html#/rules/.history'));
    await page.reload();
    await named(page, text('spl_link'), 'link');
    await screenshot('spl-link', page);
    await clickNamed(page, text('spl_link'), 'link');
    await named(page, text('spl_title'), 'heading');
  });
  afterAll(() => opened.close());

  test('a policy and a request that are typed are judged at once, and what is denied has its place', async () => {
    await write('spl_policy', LIMIT);
    await write('spl_request', '{ "amount": 100 }');
    await write('spl_known', '{ "dpop_ok?": true }');
    expect(await verdict('allowed')).toContain(text('spl_why_allowed'));
    await untilSays(page, text('spl_cost', '7', '10,000'));

    await write('spl_request', '{ "amount": 175 }');
    expect(await verdict('denied')).toContain(text('spl_denied_one'));
    expect(await findings()).toEqual([
      { words: 'amount 175 is over 150', marked: '(<= (get req "amount") 150)', place: text('spl_place', '1', '6') },
    ]);
    await write('spl_known', '{ "dpop_ok?": false }');
    await untilSays(page, text('spl_denied_other', '2'));
    expect((await findings()).map(({ marked }) => marked)).toEqual(['(<= (get req "amount") 150)', '(dpop_ok?)']);

    await clickNamed(page, text('spl_place', '2', '1'), 'button');
    expect(await selected()).toBe('(dpop_ok?)');
  });

  test('a syntax error names its line and column, allows nothing and cannot be tidied; tidying lays out anew, and back', async () => {
    await write('spl_policy', '(and #t\n  (get req "amount"');
    expect(await verdict('unread')).toContain(text('spl_why_unread'));
    expect(await findings()).toMatchObject([
      { words: 'This parenthesis is never closed.', place: text('spl_place', '2', '3') },
    ]);
    expect(await isOff(text('spl_tidy'))).toBe(true);
    expect(await faultsOf('spl-unread')).toEqual([]);

    await write('spl_request', '{ "amount": 175 }');
    await write('spl_known', '{}');
    await write('spl_policy', '( and   (<= (get req\n"amount") 150)   #t )');
    await verdict('denied');
    await clickNamed(page, text('spl_tidy'), 'button');
    expect(await valueOf('spl_policy')).toBe('(and (<= (get req "amount") 150) #t)');
    await clickNamed(page, text('spl_untidy'), 'button');
    expect(await valueOf('spl_policy')).toBe('( and   (<= (get req\n"amount") 150)   #t )');
    await clickNamed(page, text('spl_tidy'), 'button');
    await write('spl_policy', '(and (<= (get req "amount") 151) #t)');
    expect(await isOff(text('spl_tidy'))).toBe(true);
  });

  test('all of it can be done with the keyboard alone', async () => {
    await pressNamed(page, text('spl_example_purchase'), 'Space');
    await verdict('allowed');
    await typeInto(page, text('spl_request'), '{ "action": "sell" }');
    await verdict('denied');
    await page.evaluate(() => {
      document.querySelector('h1')?.scrollIntoView();
      if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
    });
    await pressNamed(page, text('spl_place', '2', '3'));
    expect(await selected()).toBe('(= (get req "action") "buy")');
    await tabTo(page, text('spl_known'));
  });

  test.each(EXAMPLES.map(({ id, draft }) => [id, draft] as const))(
    'the example %s is allowed, and is denied once nothing is known and nothing asked',
    async (id, draft) => {
      await clickNamed(page, text(`spl_example_${id}`), 'button');
      await until(page, (policy) => document.querySelector('textarea')?.value === policy, draft.policy);
      await verdict('allowed');
      expect(await faultsOf(`spl-${id}`)).toEqual([]);
      await write('spl_request', '{}');
      await write('spl_known', '{}');
      await verdict('denied');
      expect(await faultsOf(`spl-${id}-denied`)).toEqual([]);
    },
  );

  test('what is not JSON, or no request, is told where it stands, and nothing is judged by it', async () => {
    await clickNamed(page, text('spl_example_gift'), 'button');
    await write('spl_request', '{ "amount": }');
    expect(await verdict('unasked')).toContain(text('spl_why_unasked'));
    await untilSays(page, `${text('spl_request')} is not JSON.`);
    await write('spl_known', '{ "dpop_ok": true }');
    await untilSays(page, text('spl_known_stranger', 'dpop_ok'));
    expect(await faultsOf('spl-unasked')).toEqual([]);
    await write('spl_policy', ' ');
    expect(await verdict('empty')).toContain(text('spl_why_empty'));
  });

  describe('hostile text is refused in words, and nothing hangs:', () => {
    afterEach(() => clickNamed(page, text('spl_example_gift'), 'button'));

    test.each([
      ['70,000 bytes', `(= "${'a'.repeat(70_000)}" "")`, 'The policy is longer than 65536 bytes.'],
      ['30,000 deep', '('.repeat(30_000), 'The policy is nested deeper than 64.'],
      ['30,000 parts', `(and${' #t'.repeat(15_000)})`, 'The policy needs more than 10000 evaluations.'],
      ['text turned around', '(and \u202e(dpop_ok?))', '\\u202e'],
    ])('%s', async (_, policy, words) => {
      const before = performance.now();
      await write('spl_policy', policy);
      await verdict('unread');
      await untilSays(page, words);
      expect(performance.now() - before).toBeLessThan(PATIENCE);
    });

    test('what is turned around within a text is a policy, and said to be other than it seems', async () => {
      await write('spl_policy', '(= (get req "purpose")\n  "gift\u202edrac")');
      await verdict('denied');
      await untilSays(page, text('spl_hidden', '2', '8'));
      expect((await findings())[0]?.marked).toBe('(= (get req "purpose")…');
      await clickNamed(page, text('spl_show'), 'button');
      expect(await selected()).toBe('\u202e');
      expect(await faultsOf('spl-hidden')).toEqual([]);
    });

    test('a request as large as it may be, against the largest policy, is answered', async () => {
      const clause = '(member "no" (get req "l"))';
      await write('spl_request', `{"l": [${'"n",'.repeat(15_000)}"n"]}`);
      const before = performance.now();
      await write('spl_policy', `(and ${clause.repeat(1600)})`);
      await untilSays(page, text('spl_denied_other', '16'));
      expect(performance.now() - before).toBeLessThan(PATIENCE);
    });
  });

  test('a reason far below is scrolled to', async () => {
    await write('spl_policy', `(and\n${'#t\n'.repeat(200)}(= 1 2))`);
    await clickNamed(page, text('spl_place', '202', '1'), 'button');
    expect(await selected()).toBe('(= 1 2)');
    await until(page, () => (document.querySelector('textarea')?.scrollTop ?? 0) > 1000);
  });

  test('nothing of it is kept: no rule is made, and what was written is gone with the page', async () => {
    expect((await askWallet(page, 'policy.get', {})).rules).toEqual([]);
    await page.reload();
    await until(page, (policy) => document.querySelector('textarea')?.value === policy, EXAMPLES[0].draft.policy);
  });
});

describe('on the demo page', () => {
  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'signet-spl-page-'));
    await buildPolicyPage(folder);
    opened = await openBrowser({ extensionPath: null });
    page = await opened.browser.newPage();
    await page.setViewport({ width: 1100, height: 900 });
    await page.goto(pathToFileURL(join(folder, 'index.html')).href);
    await named(page, text('spl_policy'), 'textbox');
  });
  afterAll(async () => {
    await opened.close();
    await rm(folder, { recursive: true });
  });

  test('the same editor judges as in the app, asks nothing of the network, and has no fault that axe knows', async () => {
    await verdict('allowed');
    await write('spl_request', JSON.stringify({ ...readExample(), amount: 17_500 }, null, 2));
    await verdict('denied');
    expect((await findings()).map(({ words }) => words)).toEqual(['amount 17500 is over 5000']);
    expect(await page.evaluate(() => document.body.innerText)).not.toMatch(/\bspl_[a-z]/);
    const resources = await page.evaluate(() => performance.getEntriesByType('resource').map(({ name }) => name));
    expect(resources.filter((name) => !/\/page\.(?:js|css)$|^data:/.test(name))).toEqual([]);
    await page.evaluate(() => document.querySelector('#language')?.scrollIntoView());
    expect(await faultsOf('demo-spl')).toEqual([]);
  });
});

const readExample = (): object => JSON.parse(EXAMPLES[0].draft.request) as object; // ours

type Field = 'spl_policy' | 'spl_request' | 'spl_known';

/** Puts text into a field, over what stands there. */
async function write(name: Field, typed: string): Promise<void> {
  const area = await named(page, text(name), 'textbox');
  await area.evaluate((element) => {
    if (element instanceof HTMLTextAreaElement) element.select();
  });
  await area.focus();
  await page.keyboard.sendCharacter(typed);
}

const valueOf = async (name: Field): Promise<string> =>
  (await named(page, text(name), 'textbox')).evaluate((element) =>
    element instanceof HTMLTextAreaElement ? element.value : '',
  );

/** What the answer says, once it is this one. */
async function verdict(kind: 'allowed' | 'denied' | 'unread' | 'unasked' | 'empty'): Promise<string> {
  const words = text(`spl_verdict_${kind}`);
  await until(page, (wanted) => document.querySelector('.spl .verdict-word')?.textContent === wanted, words);
  return page.$eval('.spl .verdict', ({ textContent }) => textContent);
}

const findings = (): Promise<{ words: string; marked: string; place: string }[]> =>
  page.$$eval('.finding', (all) =>
    all.map((finding) => ({
      words: finding.querySelector('.finding-words')?.textContent ?? '',
      marked: finding.querySelector('mark')?.textContent ?? '',
      place: finding.querySelector('button')?.textContent ?? '',
    })),
  );

/** What is selected in the field that has the focus. */
const selected = (): Promise<string> =>
  page.evaluate(() => {
    const area = document.activeElement;
    return area instanceof HTMLTextAreaElement ? area.value.slice(area.selectionStart, area.selectionEnd) : '';
  });

const isOff = async (name: string): Promise<boolean> =>
  (await named(page, name, 'button')).evaluate((button) => button.matches(':disabled'));

/** What axe finds in both themes, and where the page is wider than its window; pictures of each width are kept. */
async function faultsOf(name: string): Promise<string[]> {
  const faults = await axeAndScreenshot(name, page);
  for (const width of WIDTHS) {
    await page.setViewport({ width, height: 900 });
    const wide = await page.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth);
    if (wide) faults.push(`${width} px: the page is wider than its window`);
    if (width === WIDTHS[0]) {
      faults.push(...(await axe(page)).map((fault) => `${width} px: ${fault}`));
      await screenshot(`${name}-${width}`, page);
    }
  }
  await page.setViewport({ width: 1100, height: 900 });
  return faults.map((fault) => `${name}: ${fault}`);
}
