import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';
import { BUILT_EXTENSION } from '../../../tools/browser/launch.ts';

/** `worker`: the laboratory runs in the worker's place. `page`: in a page of its own, beside the real worker. */
export type LabPlace = 'worker' | 'page';

export interface LabExtension extends AsyncDisposable {
  readonly path: string;
}

const PAGE = '<!doctype html><meta charset="utf-8"><title>Laboratory</title>';

/** The built extension with the laboratory in it, in a folder of its own; disposing removes it. */
export async function makeLabExtension(place: LabPlace): Promise<LabExtension> {
  const path = await mkdtemp(join(tmpdir(), 'signet-lab-'));
  await cp(BUILT_EXTENSION, path, { recursive: true });
  const script = place === 'worker' ? 'background.js' : 'lab.js';
  await writeFile(join(path, script), await bundle(place));
  await writeFile(join(path, 'lab.html'), place === 'page' ? `${PAGE}<script src="lab.js"></script>` : PAGE);
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}

/** One classic script with all that it imports, minified as the real worker is. */
async function bundle(place: LabPlace): Promise<string> {
  const built = await build({
    configFile: false,
    logLevel: 'warn',
    build: {
      write: false,
      target: 'chrome137',
      lib: { entry: fileURLToPath(new URL(`${place}.ts`, import.meta.url)), formats: ['iife'], name: 'lab' },
    },
  });
  const [first] = [built].flat();
  const [chunk] = first !== undefined && 'output' in first ? first.output : [];
  if (chunk?.type !== 'chunk') throw new Error('Vite built no script of the laboratory.');
  return chunk.code;
}
