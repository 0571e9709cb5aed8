import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Plugin } from 'vite';
import { buildPage } from '../build-page.ts';

const PAGE = join(import.meta.dirname, 'page');

/** Where the built page goes, by default. */
export const BUILT_PAGE = fileURLToPath(new URL('../../dist/demo/policy/', import.meta.url));

/** The texts that the components of this page can say. */
const SAID = /^(?:rule|play|claim|fact|origin|spl)_|^(?:cancel|signet|working|try_again)$/;

/** Of the extension's texts, those alone that the page can show. */
const ownTexts: Plugin = {
  name: 'own-texts',
  enforce: 'pre',
  transform(code, id) {
    if (!id.endsWith('_locales/en/messages.json')) return null;
    const messages = JSON.parse(code) as Readonly<Record<string, unknown>>; // Chrome's own format for _locales
    return JSON.stringify(Object.fromEntries(Object.entries(messages).filter(([name]) => SAID.test(name))));
  },
};

/**
 * Makes the page out of its sources, the engine and the app's own components (see `buildPage`).
 * @param folder emptied first
 */
export async function buildPolicyPage(folder: string = BUILT_PAGE): Promise<void> {
  await buildPage({
    page: PAGE,
    entry: 'page.tsx',
    folder,
    config: { plugins: [ownTexts], resolve: { alias: { 'webextension-polyfill': join(PAGE, 'no-extension.ts') } } },
  });
}

if (import.meta.main) {
  await buildPolicyPage();
  console.log(`Open ${join(BUILT_PAGE, 'index.html')}`);
}
