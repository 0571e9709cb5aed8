import type { Page } from 'puppeteer';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CASES } from '../../../demo/interop/cases.ts';
import type { RunningInterop } from '../../../demo/interop/server.ts';
import { startInterop } from '../../../demo/interop/server.ts';
import type { RunningIssuer } from '../../../demo/issuer/server.ts';
import { startIssuer } from '../../../demo/issuer/server.ts';
import { untilNoWindow } from '../../e2e/scene.ts';
import {
  type ExtensionBrowser,
  acceptLicence,
  approve,
  axe,
  clickNamed,
  createVault,
  named,
  openBrowser,
  screenshot,
  text,
} from '../../e2e/setup/harness.ts';

let issuer: RunningIssuer;
let opened: ExtensionBrowser;
/** A wallet makes a site wait that asks often: each few cases are asked at an address of their own. */
const verifiers: RunningInterop[] = [];
const AT_ONE_ADDRESS = 8;

beforeAll(async () => {
  [issuer, opened] = await Promise.all([startIssuer(), openBrowser()]);
  const app = await opened.openApp();
  await createVault(app);
  await acceptLicence(opened, issuer);
  await app.close();
});

afterAll(async () => {
  await opened.close();
  await Promise.all([...verifiers.map((one) => one.close()), issuer.close()]);
});

async function openPage(group: string): Promise<Page> {
  const verifier = await startInterop({ issuer: { issuer: issuer.origin, type: issuer.licenceType } });
  verifiers.push(verifier);
  const page = await opened.browser.newPage();
  await page.setViewport({ width: 1100, height: 900 });
  await page.goto(`${verifier.origin}/?group=${encodeURIComponent(group)}`);
  await page.waitForSelector('body[data-ready]');
  return page;
}

const settled = (page: Page, id: string): Promise<unknown> =>
  page.waitForFunction(
    (selector) => ['passed', 'failed'].includes(document.querySelector<HTMLElement>(selector)?.dataset['state'] ?? ''),
    { timeout: 60_000 },
    `#case-${id}`,
  );

const outcomeOf = (page: Page, id: string): Promise<string> => page.$eval(`#case-${id} td`, (cell) => cell.textContent);

/** Ids of a group, as many at a time as one address may ask. */
function portions(group: string): readonly (readonly string[])[] {
  const ids = CASES.filter((one) => one.group === group).map(({ id }) => id);
  const count = Math.ceil(ids.length / AT_ONE_ADDRESS);
  return Array.from({ length: count }, (_, at) => ids.slice(at * AT_ONE_ADDRESS, (at + 1) * AT_ONE_ADDRESS));
}

describe('the interop page, with Signet,', () => {
  test.each(['Ways to ask', 'Questions'])('passes all of: %s', async (group) => {
    const outcomes: Record<string, string> = {};
    for (const ids of portions(group)) {
      const page = await openPage(group);
      for (const id of ids) {
        const appears = opened.nextConsent();
        await page.bringToFront();
        await page.click(`#case-${id} button`);
        await approve(await appears);
        await settled(page, id);
        outcomes[id] = await outcomeOf(page, id);
      }
      await screenshot(`interop-${group.toLowerCase().replaceAll(' ', '-')}`, page);
      await page.close();
    }
    const failed = Object.entries(outcomes).filter(([, says]) => !says.startsWith('✓ Verified'));
    expect(failed).toEqual([]);
  });

  test('refuses every hostile request, without a window', async () => {
    const outcomes: Record<string, string> = {};
    for (const ids of portions('Hostile requests')) {
      const page = await openPage('Hostile requests');
      for (const id of ids) {
        await page.bringToFront();
        await page.click(`#case-${id} button`);
        await settled(page, id);
        outcomes[id] = await outcomeOf(page, id);
      }
      await screenshot('interop-hostile', page);
      expect(await axe(page)).toEqual([]);
      await page.close();
    }
    expect(Object.entries(outcomes).filter(([, says]) => !says.startsWith('✓ Refused'))).toEqual([]);
  });

  test('passes every link, given to the wallet by hand', async () => {
    const outcomes: Record<string, string> = {};
    const page = await openPage('Links');
    for (const id of portions('Links').flat()) {
      await page.bringToFront();
      await page.click(`#case-${id} button`);
      await page.waitForSelector(`#case-${id} .link`);
      await present(await page.$eval(`#case-${id} .link`, (code) => code.textContent));
      await page.bringToFront();
      await settled(page, id);
      outcomes[id] = await outcomeOf(page, id);
    }
    await screenshot('interop-links', page);
    expect(Object.entries(outcomes).filter(([, says]) => !says.startsWith('✓ Verified'))).toEqual([]);
  });
});

/** Opens a link in the wallet's own page, and says yes. */
async function present(link: string): Promise<void> {
  const app = await opened.openApp();
  await app.goto(opened.url('app.html#/link'));
  await app.bringToFront();
  await (await named(app, text('link_field'), 'textbox')).focus();
  await app.keyboard.sendCharacter(link);
  await clickNamed(app, text('link_look'), 'button');
  const appears = opened.nextConsent();
  await clickNamed(app, text('link_continue'), 'button');
  const consent = await appears;
  await approve(consent);
  await named(consent, text('close'), 'button');
  await consent.close();
  await untilNoWindow(opened);
  await app.close();
}
