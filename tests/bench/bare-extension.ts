import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BUILT_EXTENSION } from '../../tools/browser/launch.ts';

const WORKER = `chrome.runtime.onMessage.addListener((message, sender, reply) => {
  reply({ ok: true });
});
chrome.runtime.onInstalled.addListener(() => chrome.tabs.create({ url: 'app.html' }));
chrome.runtime.onConnect.addListener(async (port) => {
  const { id } = await chrome.windows.create({ type: 'popup', url: 'consent.html', width: 400, height: 600 });
  chrome.runtime.onMessage.addListener(function yes(message) {
    if (message !== 'yes') return;
    chrome.runtime.onMessage.removeListener(yes);
    port.postMessage('yes');
    chrome.windows.remove(id);
  });
});`;
const RELAY = `addEventListener('ask', () => {
  const port = chrome.runtime.connect();
  port.onMessage.addListener(() => dispatchEvent(new Event('answered')));
});`;
const POPUP = '<!doctype html><meta charset="utf-8"><title>Bare</title><p>Signet</p>';

/** An extension on disk; disposing removes it. */
export interface BareExtension extends AsyncDisposable {
  readonly path: string;
}

/**
 * Signet's manifest and texts around a worker of a few lines, and a popup and a consent window of one: what the browser
 * takes for itself. A page's `ask` event opens the window; a message `yes` from there comes back as `answered`.
 */
export async function makeBareExtension(): Promise<BareExtension> {
  const path = await mkdtemp(join(tmpdir(), 'signet-bare-'));
  await cp(BUILT_EXTENSION, path, { recursive: true });
  await writeFile(join(path, 'background.js'), WORKER);
  for (const page of ['popup.html', 'consent.html']) await writeFile(join(path, page), POPUP);
  await writeFile(join(path, 'relay.js'), RELAY);
  await writeFile(join(path, 'provider.js'), '');
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}
