import type { Running } from '../http.ts';
import { pageRoutes, startServer } from '../http.ts';
import { BUILT_PAGE, buildPlaygroundPage } from './build.ts';

/**
 * Builds the page and serves it.
 * @param options.port default: a free one
 * @param options.folder where the built page goes
 */
export async function startPlaygroundPage(
  options: { readonly port?: number; readonly host?: string; readonly folder?: string } = {},
): Promise<Running> {
  const { port = 0, host = 'localhost', folder = BUILT_PAGE } = options;
  await buildPlaygroundPage(folder);
  const page = await pageRoutes(folder);
  return startServer({ host, port }, () => Promise.resolve(new Map(page)));
}

if (import.meta.main) {
  const { origin } = await startPlaygroundPage({ port: Number(process.env['PORT'] ?? 0) });
  console.log(`Tool-call policy, a playground: ${origin}`);
}
