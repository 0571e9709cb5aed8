import { statSync } from 'node:fs';
import { describeProblem, fixPolicy } from '../../lib/tool-policy/reading/index.ts';
import { EXIT } from '../command.ts';
import { defineCommand } from '../define-command.ts';
import { policyFolder } from '../keeping/policy-folder.ts';
import { writeWhole } from '../keeping/write-whole.ts';
import { printJson, printLines } from '../printable.ts';
import { readText } from '../read-text.ts';

export const fixCommand = defineCommand({
  operands: '[FILE]',
  options: {
    'dry-run': { type: 'boolean', about: 'says what it would do, and changes nothing' },
  },
  notes: [
    'A rule whose tool_pattern is no expression is taken out; numbers out of their limits are set to the nearest.',
    'Locked rules are never touched, comments stay.',
    'Exits with 0 when nothing is left to mend, 1 when something is for its author, 2 when it cannot be read or written.',
  ],
  run({ operands: [file = policyFolder().policy], values: { 'dry-run': isDry, json } }) {
    const { text } = readText(file);
    const { text: mendedText, mended, left } = fixPolicy(text);
    if (!isDry && mended.length > 0) writeWhole(file, mendedText, statSync(file).mode & 0o777);
    if (json) printJson({ mended, left, written: !isDry && mended.length > 0 });
    else {
      const verb = isDry ? 'Would mend' : 'Mended';
      printLines([
        ...mended.map((one) => `${verb} ${describeProblem(one)}`),
        ...left.map((one) => `Left ${describeProblem(one)}`),
        ...(mended.length + left.length === 0 ? ['Nothing to mend.'] : []),
      ]);
    }
    return left.length === 0 ? EXIT.good : EXIT.bad;
  },
});
