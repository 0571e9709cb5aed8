import { SignetError } from '../../lib/core/index.ts';
import { Ledger } from '../keeping/ledger.ts';
import type { Check } from './check.ts';
import { notWell, well } from './check.ts';
import { standingOf } from './ownership.ts';

export const ledgerCheck: Check = {
  name: 'Ledger',
  look({ folder: { path }, userId }) {
    const { mark, database } = Ledger.filesIn(path);
    if (standingOf(mark, userId, false) === undefined) {
      return well('None yet: the first decision begins it.', `It will be ${database}.`);
    }
    const standings = [mark, database].flatMap((file) => standingOf(file, userId, false) ?? []);
    const problems = [...brokenness(path), ...standings.flatMap((one) => one.problems)];
    const says = standings.map((one) => one.says);
    if (problems.length > 0) return notWell('What was done and spent cannot be relied on.', ...problems, ...says);
    return well('Whole: what was done and spent is counted.', ...says);
  },
};

function brokenness(path: string): readonly string[] {
  try {
    const ledger = Ledger.open(path);
    try {
      return ledger.isWhole() ? [] : ['The database is damaged.'];
    } finally {
      ledger.close();
    }
  } catch (error) {
    return [SignetError.from(error).message];
  }
}
