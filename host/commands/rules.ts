import type { ToolRule } from '../../lib/tool-policy/index.ts';
import { defaultPolicy } from '../../lib/tool-policy/index.ts';
import { describeProblem, formatPolicy } from '../../lib/tool-policy/reading/index.ts';
import { EXIT } from '../command.ts';
import { defineCommand } from '../define-command.ts';
import { policyFolder } from '../keeping/policy-folder.ts';
import { policyInForce } from '../keeping/policy-in-force.ts';
import type { Line } from '../printable.ts';
import { printJson, printLines, toned } from '../printable.ts';
import { writeOutput } from '../standard-streams.ts';
import { toneOf } from '../verdict-tone.ts';

export const rulesCommand = defineCommand({
  operands: '',
  options: {
    policy: { type: 'string', value: 'FILE', about: "a policy file that is not the folder's" },
    default: { type: 'boolean', about: 'writes the default rules as a policy file, to begin one with' },
  },
  notes: ['Exits with 0, or with 1 when the policy file cannot be read whole.'],
  async run({ values: { policy: named, default: isDefault, json } }) {
    if (isDefault) {
      if (json) printJson(defaultPolicy());
      else writeOutput(formatPolicy(defaultPolicy()));
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

function lineOf({ name, action, tool_pattern, locked, reason = '' }: ToolRule, place: number): Line {
  const about = `${name}${locked ? ' (locked)' : ''}, tools ${tool_pattern}${reason === '' ? '' : `: ${reason}`}`;
  return [`${String(place + 1).padStart(3)}. `, toned(toneOf(action), action.padEnd(6)), ` ${about}`];
}
