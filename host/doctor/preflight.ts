import { preflightInForce } from '../keeping/policy-in-force.ts';
import type { Check } from './check.ts';
import { note, notWell, well } from './check.ts';

export const preflightCheck: Check = {
  name: 'Task',
  async look({ folder }) {
    const task = await preflightInForce(folder);
    if (task === undefined) return well('No rules for one task.', `There is no ${folder.preflight}.`);
    if (task.doubt !== undefined) return notWell('Everything is asked about.', task.doubt);
    return note(`${task.policy.rules.length} rules for one task, after those of the policy.`, folder.preflight);
  },
};
