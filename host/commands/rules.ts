import type { ToolRule } from '../../lib/tool-policy/index.ts';
import { defaultPolicy } from '../../lib/tool-policy/index.ts';
import { describeProblem, formatPolicy } from '../../lib/tool-policy/reading/index.ts';
import { EXIT } from '../command.ts';
import { defineCommand } from '../define-command.ts';
import { policyFolder } from '../keeping/policy-folder.ts';
import { policyInForce } from '../keeping/policy-in-force.ts';
import { printJson, printLines } from '../printable.ts';

export const rulesCommand = defineCommand({
  operands: '',
  options: {
    policy: { type: 'string', value: 'FILE', about: "a policy file that is not the folder's" },
    default: { type: 'boolean', about: 'writes the default rules as a policy file, to begin one with' },
    json: { type: 'boolean', about: 'says it for machines' },
  },
  notes: ['Exits with 0, or with 1 when the policy file cannot be read whole.'],
  async run({ values: { policy: named, default: isDefault, json } }) {
    if (isDefault) {
      process.stdout.write(formatPolicy(defaultPolicy()));
      return EXIT.good;
    }
    const folder = policyFolder();
    const { compiled, from, problems } = await policyInForce(folder, named);
    const { policy, doubt } = compiled;
    if (json) printJson({ from, doubt: doubt ?? null, ...policy });
    else {
      const source =
        from === 'file' ? `From ${named ?? folder.policy}, behind the locked rules.` : 'The default rules.';
      printLines([source, ...policy.rules.map(lineOf), `Otherwise: ${policy.default_action}`]);
      printLines(problems.map((problem) => `Not in force: ${describeProblem(problem)}`));
      if (doubt !== undefined) printLines([`Nothing is allowed unasked: ${doubt}`]);
    }
    return doubt === undefined ? EXIT.good : EXIT.bad;
  },
});

function lineOf({ name, action, tool_pattern, locked, reason = '' }: ToolRule, place: number): string {
  const number = String(place + 1).padStart(3);
  return `${number}. ${action.padEnd(6)} ${name}${locked ? ' (locked)' : ''}, tools ${tool_pattern}${reason === '' ? '' : `: ${reason}`}`;
}
