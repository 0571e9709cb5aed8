import { describeProblem, readPolicy } from '../../lib/tool-policy/reading/index.ts';
import { EXIT } from '../command.ts';
import { defineCommand } from '../define-command.ts';
import { policyFolder } from '../keeping/policy-folder.ts';
import { printJson, printLines, toned } from '../printable.ts';
import { readText } from '../read-text.ts';

export const validateCommand = defineCommand({
  operands: '[FILE]',
  options: {},
  notes: [
    "FILE may be - for standard input; without it, it is the folder's policy.yaml.",
    'Exits with 0 when nothing is wrong, 1 when something is, 2 when it cannot be read.',
  ],
  run({ operands: [file = policyFolder().policy], values: { json } }) {
    const { text } = readText(file);
    const { policy, problems } = readPolicy(text);
    if (json) {
      const told = problems.map(({ mend, ...problem }) => ({ ...problem, fixable: mend !== undefined }));
      printJson({ good: problems.length === 0, rules: policy?.rules.length ?? 0, problems: told });
    } else if (problems.length === 0) printLines([[toned('good', 'Good'), `: ${policy?.rules.length ?? 0} rules.`]]);
    else {
      printLines(
        problems.map((one) => `${describeProblem(one)}${one.mend === undefined ? '' : ' (`signet fix` can mend it)'}`),
      );
    }
    return problems.length === 0 ? EXIT.good : EXIT.bad;
  },
});
