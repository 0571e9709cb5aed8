import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BUILT_EXTENSION } from '../../tools/browser/launch.ts';

const WORKER = `chrome.runtime.onMessage.addListener((message, sender, reply) => {
  reply({ ok: true });
});
chrome.runtime.onInstalled.addListener(() => chrome.tabs.create({ url: 'app.html' }));`;
const POPUP = '<!doctype html><meta charset="utf-8"><title>Bare</title><p>Signet</p>';

/** An extension on disk; disposing removes it. */
export interface BareExtension extends AsyncDisposable {
  readonly path: string;
}

/** Signet's manifest and texts around a worker of a few lines and a popup of one: what the browser takes for itself. */
export async function makeBareExtension(): Promise<BareExtension> {
  const path = await mkdtemp(join(tmpdir(), 'signet-bare-'));
  await cp(BUILT_EXTENSION, path, { recursive: true });
  await writeFile(join(path, 'background.js'), WORKER);
  await writeFile(join(path, 'popup.html'), POPUP);
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}
