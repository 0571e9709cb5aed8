import { dirname, relative, resolve } from 'node:path';
import { expect, it } from 'vitest';
import { reach } from '../../fixtures/reach.ts';

const LIB = resolve(import.meta.dirname, '../../../lib');
/** Folders of lib and packages that a file of the SDK reaches by what it imports at once, sorted. */
async function reachOf(
  file: string,
): Promise<{ readonly folders: readonly string[]; readonly packages: readonly string[] }> {
  const reached = [...(await reach(resolve(LIB, 'sdk', file)))];
  const folders = reached.filter((one) => one.startsWith('/')).map((path) => dirname(relative(LIB, path)));
  const packages = reached.filter((one) => !one.startsWith('/')).map((one) => one.split('/').slice(0, 2).join('/'));
  return { folders: [...new Set(folders)].sort(), packages: [...new Set(packages)].sort() };
}

it('verifying a proof reaches core, the verifying half of credentials and the types of the provider, and what they need', async () => {
  expect(await reachOf('verify.ts')).toEqual({
    folders: ['core', 'credentials/bbs/verifying', 'credentials/verifying', 'provider', 'sdk'],
    packages: ['@noble/hashes'],
  });
});

it('the SDK reaches what checks capabilities beside them, the language of their policies, and what verifiers write', async () => {
  const { folders, packages } = await reachOf('index.ts');
  const own = folders.filter((folder) => !/^capabilities(?:\/|$)/.test(folder));
  expect(own).toEqual([
    ...['core', 'core/merkle', 'credentials/bbs/verifying', 'credentials/verifying'],
    ...['protocols/verifying', 'provider', 'sdk', 'spl'],
  ]);
  expect(folders.filter((folder) => /paying|spending/.test(folder))).toEqual([]);
  expect(packages).toEqual(['@noble/curves', '@noble/hashes', 'jose', 'paseto', 'valibot']);
});

it('what checks other proofs than SD-JWT brings its curves, and is loaded by who gets such a proof', async () => {
  const { folders, packages } = await reachOf('verify-ranges.ts');
  expect(folders).toEqual([
    'core',
    'credentials/commitment',
    'credentials/verifying',
    'proofs/range',
    'provider',
    'sdk',
  ]);
  expect(packages).toEqual(['@noble/curves', '@noble/hashes']);
  expect((await reachOf('verify-bbs.ts')).packages).toEqual(['@noble/hashes']); // the suite's library comes by import()
});
