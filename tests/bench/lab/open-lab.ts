import type { Page } from 'puppeteer';
import { type ExtensionBrowser, launchWithExtension } from '../../../tools/browser/launch.ts';
import { PASSWORD } from '../../e2e/setup/wallet.ts';
import type { LabAnswer, LabCall, LabReply, LabRequest } from './calls.ts';
import { type LabPlace, makeLabExtension } from './lab-extension.ts';
import type { Laboratory } from './laboratory.ts';

/** A browser with the laboratory in it. */
export interface Lab extends AsyncDisposable {
  readonly opened: ExtensionBrowser;
  ask<C extends LabCall>(call: C, request: LabRequest<C>): Promise<LabAnswer<C>>;
}

export async function openLab(place: LabPlace): Promise<Lab> {
  const extension = await makeLabExtension(place);
  const opened = await launchWithExtension({ extensionPath: extension.path });
  const page = await opened.browser.newPage();
  await page.goto(opened.url('lab.html'));
  const send = place === 'worker' ? askWorker : askPage;
  return {
    opened,
    // What the call answers with, as the table types it.
    ask: async <C extends LabCall>(call: C, request: LabRequest<C>) =>
      (await send(page, call, request)) as LabAnswer<C>,
    async [Symbol.asyncDispose]() {
      await opened.close();
      await extension[Symbol.asyncDispose]();
    },
  };
}

async function askWorker(page: Page, lab: LabCall, request: object): Promise<unknown> {
  const reply = await page.evaluate((message) => chrome.runtime.sendMessage<unknown, LabReply>(message), {
    lab,
    request,
  });
  if ('error' in reply) throw new Error(`The laboratory, asked to ${lab}: ${reply.error}`);
  return reply.value;
}

function askPage(page: Page, lab: LabCall, request: object): Promise<unknown> {
  return page.evaluate(
    (call, asked) =>
      // Put there by the laboratory's script; each call takes its own request.
      (globalThis as unknown as { laboratory: Laboratory }).laboratory.ask(call, asked as never),
    lab,
    request,
  );
}

/** What is in a vault from the start. */
export interface Filling {
  readonly records?: number;
  readonly entries?: number;
}

/** A laboratory with an open vault that holds so much. */
export async function openFilledLab(place: LabPlace, { records = 0, entries = 0 }: Filling): Promise<Lab> {
  const lab = await openLab(place);
  try {
    await lab.ask('create', { password: PASSWORD });
    if (records > 0) await fill('records', records, async (to) => (await lab.ask('fillRecords', { to })).records);
    if (entries > 0) await fill('entries', entries, async (to) => (await lab.ask('fillEntries', { to })).entries);
    return lab;
  } catch (error) {
    await lab[Symbol.asyncDispose]();
    throw error;
  }
}

/** Asks again until there are enough, and says how long that took. */
async function fill(what: string, to: number, ask: (to: number) => Promise<number>): Promise<void> {
  const start = performance.now();
  for (let there = 0; there < to;) there = await ask(to);
  console.error(`  prepared ${to} ${what} in ${Math.round((performance.now() - start) / 1000)} s`);
}
