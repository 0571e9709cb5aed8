import { readFile } from 'node:fs/promises';
import { relative, resolve } from 'node:path';
import { expect, test } from 'vitest';

const LIB = resolve(import.meta.dirname, '../../../lib');
const IMPORT = /(?:import|export)\s[^;]*?from '([^']+)'/g;

/** Every file of lib and every package that a file reaches, types included. */
async function reach(file: string, seen = new Set<string>()): Promise<ReadonlySet<string>> {
  if (seen.has(file)) return seen;
  seen.add(file);
  for (const [, target = ''] of (await readFile(file, 'utf8')).matchAll(IMPORT)) {
    if (target.startsWith('.')) await reach(resolve(file, '..', target), seen);
    else seen.add(target);
  }
  return seen;
}

test.each(['budget', 'clauses', 'ledger'])(
  'what a merchant needs of %s brings core, a hash and no wallet',
  async (part) => {
    const reached = [...(await reach(resolve(LIB, 'capabilities', part, 'index.ts')))];
    const strangers = reached
      .map((one) => (one.startsWith('/') ? relative(LIB, one) : one))
      .filter((one) => !one.startsWith('core/') && !one.startsWith(`capabilities/${part}/`));
    expect(strangers.filter((one) => one !== '@noble/hashes/sha2.js')).toEqual([]);
    expect(reached.filter((one) => /\/(?:paying|spending)\//.test(one))).toEqual([]);
  },
);
