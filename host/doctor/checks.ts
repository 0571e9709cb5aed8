import { constants, accessSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { policyInForce } from '../keeping/policy-in-force.ts';
import type { Check } from './check.ts';
import { notWell, well } from './check.ts';
import { standingOf } from './ownership.ts';

/** The programs that ENSURE rules hang on. */
export const checksCheck: Check = {
  name: 'Checks',
  async look({ folder, userId }) {
    const { compiled } = await policyInForce(folder);
    const wanted = compiled.policy.rules.flatMap(({ ensure, locked }) =>
      ensure === undefined ? [] : [{ ensure, locked }],
    );
    const found = wanted.map(({ ensure: { check }, locked }) => ({
      check,
      locked,
      outcome: outcomeOf(join(folder.checks, check), userId),
    }));
    const details = found.map(
      ({ check, locked, outcome }) =>
        `${check}: ${outcome ?? (locked ? 'missing, so what hangs on it is denied' : 'missing, so what hangs on it is allowed')}`,
    );
    const isWell = found.every(({ outcome, locked }) => outcome === 'in place' || (outcome === undefined && !locked));
    if (!isWell) return notWell('A check cannot be relied on.', ...details, `They lie in ${folder.checks}.`);
    return well(`${found.length} wanted by rules.`, ...details, `They lie in ${folder.checks}.`);
  },
};

/** @returns undefined where there is none */
function outcomeOf(file: string, userId: number | undefined): string | undefined {
  const standing = standingOf(file, userId, true);
  if (standing === undefined) return undefined;
  if (standing.problems.length > 0) return standing.problems.join(' ');
  if (!statSync(file).isFile()) return 'no file';
  try {
    accessSync(file, constants.X_OK);
    return 'in place';
  } catch {
    return 'may not be run';
  }
}
