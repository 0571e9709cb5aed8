import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import type { InlineConfig } from 'vite';
import { build } from 'vite';

export interface PageToBuild {
  /** Has `index.html`, and the page's sources. */
  readonly page: string;
  /** The file in it that the page begins with. */
  readonly entry: string;
  /** Where it goes; emptied first. */
  readonly folder: string;
  /** What this page needs besides. */
  readonly config?: Pick<InlineConfig, 'plugins' | 'resolve'>;
}

/** Makes a page: one plain script and one style sheet beside the HTML, so that it opens from a disk as well as from a server. */
export async function buildPage({ page, entry, folder, config = {} }: PageToBuild): Promise<void> {
  await build({
    ...config,
    configFile: false,
    root: page,
    logLevel: 'warn',
    oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
    build: {
      target: 'chrome137',
      outDir: folder,
      emptyOutDir: true,
      modulePreload: false,
      cssCodeSplit: false,
      rolldownOptions: {
        input: join(page, entry),
        output: { format: 'iife', entryFileNames: 'page.js', assetFileNames: 'page[extname]' },
      },
    },
  });
  await cp(join(page, 'index.html'), join(folder, 'index.html'));
}
