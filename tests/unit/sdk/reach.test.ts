import { readFile } from 'node:fs/promises';
import { dirname, relative, resolve } from 'node:path';
import { expect, it } from 'vitest';

const LIB = resolve(import.meta.dirname, '../../../lib');
const IMPORT = /(?:import|export)\s[^;]*?from '([^']+)'/g;

/** Every file of lib and every package that a file reaches, types included. */
async function reach(file: string, seen = new Set<string>()): Promise<ReadonlySet<string>> {
  if (seen.has(file)) return seen;
  seen.add(file);
  for (const [, target = ''] of (await readFile(file, 'utf8')).matchAll(IMPORT)) {
    if (target.startsWith('.')) await reach(resolve(dirname(file), target), seen);
    else seen.add(target);
  }
  return seen;
}

it('the SDK reaches core, the verifying half of credentials and the types of the provider, and what they need', async () => {
  const reached = [...(await reach(resolve(LIB, 'sdk/index.ts')))];
  const folders = reached.filter((one) => one.startsWith('/')).map((file) => dirname(relative(LIB, file)));
  expect([...new Set(folders)].sort()).toEqual(['core', 'credentials/verifying', 'provider', 'sdk']);
  const packages = reached.filter((one) => !one.startsWith('/')).map((one) => one.split('/').slice(0, 2).join('/'));
  expect([...new Set(packages)].sort()).toEqual(['@noble/hashes']);
});
