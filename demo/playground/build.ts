import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';

const PAGE = join(import.meta.dirname, 'page');

/** Where the built page goes, by default. */
export const BUILT_PAGE = fileURLToPath(new URL('../../dist/demo/playground/', import.meta.url));

/**
 * Makes the page out of its sources and the engine that the command line has: one plain script and one style sheet beside
 * the HTML, so that it opens from a disk as well as from a server.
 * @param folder emptied first
 */
export async function buildPlaygroundPage(folder: string = BUILT_PAGE): Promise<void> {
  await build({
    configFile: false,
    root: PAGE,
    logLevel: 'warn',
    oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
    build: {
      target: 'chrome137',
      outDir: folder,
      emptyOutDir: true,
      modulePreload: false,
      cssCodeSplit: false,
      rolldownOptions: {
        input: join(PAGE, 'page.tsx'),
        output: { format: 'iife', entryFileNames: 'page.js', assetFileNames: 'page[extname]' },
      },
    },
  });
  await cp(join(PAGE, 'index.html'), join(folder, 'index.html'));
}

if (import.meta.main) {
  await buildPlaygroundPage();
  console.log(`Open ${join(BUILT_PAGE, 'index.html')}`);
}
