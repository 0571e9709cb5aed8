import { existsSync } from 'node:fs';
import { describeProblem } from '../../lib/tool-policy/reading/index.ts';
import { Ledger } from '../keeping/ledger.ts';
import { policyInForce } from '../keeping/policy-in-force.ts';
import type { Check } from './check.ts';
import { notWell, well } from './check.ts';
import { standingOf } from './ownership.ts';

export const policyCheck: Check = {
  name: 'Policy',
  async look({ folder, userId }) {
    const { compiled, from, problems } = await policyInForce(folder);
    const standing = standingOf(folder.policy, userId, true);
    const count = `${compiled.policy.rules.length} rules, otherwise ${compiled.defaultAction}`;
    if (compiled.doubt !== undefined) {
      return notWell('Nothing is allowed unasked.', compiled.doubt, ...problems.slice(1).map(describeProblem));
    }
    if (from === 'default' && remembersFile(folder.path)) {
      return notWell('Nothing is allowed unasked.', `There was a policy file, and ${folder.policy} is gone.`);
    }
    if (from === 'default') return well(`The default rules: ${count}.`, `There is no ${folder.policy}.`);
    if (standing !== undefined && standing.problems.length > 0) {
      return notWell('Others can change the policy.', ...standing.problems);
    }
    return well(`${folder.policy}, behind the locked rules: ${count}.`, ...(standing ? [standing.says] : []));
  },
};

/** Whether decisions were made by a file before. A ledger that cannot be read is a matter of its own. */
function remembersFile(path: string): boolean {
  if (!existsSync(Ledger.filesIn(path).mark)) return false;
  try {
    const ledger = Ledger.open(path);
    try {
      return ledger.knowsPolicy();
    } finally {
      ledger.close();
    }
  } catch {
    return false;
  }
}
