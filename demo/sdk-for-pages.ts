import type { Reply } from './http.ts';
import { pageFile } from './http.ts';

/**
 * `GET /signet.js`: what a page needs of the SDK, as one script that it imports. A service has its own build make it; the
 * shop has Vite make it of the sources when somebody asks first, and keeps it.
 */
export function sdkForPages(): () => Promise<Reply> {
  let script: Promise<string> | undefined;
  return async () => pageFile('text/javascript; charset=utf-8', await (script ??= bundle()));
}

async function bundle(): Promise<string> {
  const { build } = await import('vite');
  const built = await build({
    configFile: false,
    logLevel: 'warn',
    root: import.meta.dirname,
    build: {
      write: false,
      target: 'chrome137',
      modulePreload: false,
      lib: { entry: 'signet.ts', formats: ['es'] },
    },
  });
  const [result] = Array.isArray(built) ? built : [built];
  const [chunk] = 'output' in result ? result.output : [];
  if (chunk === undefined) throw new Error('Vite made no script.');
  return chunk.code;
}
