import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildPage } from '../build-page.ts';

const PAGE = join(import.meta.dirname, 'page');

/** Where the built page goes, by default. */
export const BUILT_PAGE = fileURLToPath(new URL('../../dist/demo/playground/', import.meta.url));

/**
 * Makes the page out of its sources and the engine that the command line has (see `buildPage`).
 * @param folder emptied first
 */
export async function buildPlaygroundPage(folder: string = BUILT_PAGE): Promise<void> {
  await buildPage({ page: PAGE, entry: 'page.tsx', folder });
}

if (import.meta.main) {
  await buildPlaygroundPage();
  console.log(`Open ${join(BUILT_PAGE, 'index.html')}`);
}
