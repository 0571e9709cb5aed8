import { relative, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { reach } from '../../fixtures/reach.ts';

const LIB = resolve(import.meta.dirname, '../../../lib');
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
