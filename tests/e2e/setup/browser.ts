import { execFile } from 'node:child_process';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { TestProject } from 'vitest/node';
import { findBrowser } from '../../../tools/browser/find-browser.ts';
import { BUILT_EXTENSION } from '../../../tools/browser/launch.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    /** The browser that every test of this run starts. */
    browserPath: string;
    /** The built extension, as fresh as the sources. */
    extensionPath: string;
  }
}

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));

/** Whatever the built extension is made from. */
const SOURCES = ['entrypoints', 'lib', 'components', 'public', 'wxt.config.ts', 'package.json'];

/** Before the first test: one browser for all of them, and an extension built from what is on disk now. */
export default async function setup(project: TestProject): Promise<void> {
  project.provide('browserPath', await findBrowser());
  project.provide('extensionPath', await builtForPeople());
}

/** Where the extension that people get is, built from what is on disk now. */
export async function builtForPeople(): Promise<string> {
  if (await isStale(BUILT_EXTENSION)) await build();
  return BUILT_EXTENSION;
}

/** The same extension with the permission that no test can grant: the browser asks for it in a window of its own. */
const FOR_AGENTS = `${BUILT_EXTENSION}-e2e`;

/** Where the extension for tests with agents is, built from what is on disk now. */
export async function builtForAgents(): Promise<string> {
  if (await isStale(FOR_AGENTS)) await build('--mode', 'e2e');
  return FOR_AGENTS;
}

async function isStale(folder: string): Promise<boolean> {
  const built = await stat(join(folder, 'manifest.json')).catch(() => undefined);
  if (built === undefined) return true;
  const newest = Math.max(...(await Promise.all(SOURCES.map((path) => newestIn(join(ROOT, path))))));
  return newest > built.mtimeMs;
}

async function newestIn(path: string): Promise<number> {
  const info = await stat(path);
  if (!info.isDirectory()) return info.mtimeMs;
  const inside = await Promise.all((await readdir(path)).map((name) => newestIn(join(path, name))));
  return Math.max(info.mtimeMs, ...inside);
}

async function build(...options: readonly string[]): Promise<void> {
  const wxt = join(ROOT, 'node_modules/wxt/bin/wxt.mjs');
  await promisify(execFile)(process.execPath, [wxt, 'build', ...options], { cwd: ROOT, maxBuffer: 1 << 26 });
}
