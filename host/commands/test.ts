import type { Explanation, Memory, ToolCall } from '../../lib/tool-policy/index.ts';
import { NO_MEMORY, explain } from '../../lib/tool-policy/index.ts';
import { EXIT } from '../command.ts';
import { defineCommand } from '../define-command.ts';
import { policyFolder } from '../keeping/policy-folder.ts';
import { policyInForce } from '../keeping/policy-in-force.ts';
import type { Line } from '../printable.ts';
import { printJson, printLines, toned } from '../printable.ts';
import { readText } from '../read-text.ts';
import type { TestCase } from '../test-cases.ts';
import { whileWorking } from '../terminal.ts';
import { readCases } from '../test-cases.ts';
import { toneOf } from '../verdict-tone.ts';

export const testCommand = defineCommand({
  operands: 'FILE',
  options: {
    policy: { type: 'string', value: 'FILE', about: "a policy file that is not the folder's" },
  },
  notes: [
    'FILE (- for standard input) holds one call, as a hook is given it, or a list of cases:',
    '  - tool: Bash',
    '    input: { command: rm -rf / }',
    '    expect: DENY        # ALLOW, DENY, ASK, or ENSURE where a check decides; optional',
    '    rule: block_rm      # optional',
    'Nothing is kept, run or counted: each case is decided as the first ever.',
    'Exits with 0 when all is as expected, 1 when it is not, 2 when it cannot be tried.',
  ],
  async run({ operands: [file = ''], values: { policy, json } }) {
    const cases = readCases(readText(file).text);
    const { compiled } = await policyInForce(policyFolder(), policy);
    const tried = await whileWorking('Trying the cases', () =>
      cases.map((one) => tryCase(one, (call) => explain(compiled, call, MEMORY))),
    );
    if (json) printJson(tried);
    else printLines(tried.flatMap(linesOf));
    return tried.every(({ good }) => good) ? EXIT.good : EXIT.bad;
  },
});

const MEMORY: Memory = NO_MEMORY;

interface Tried extends Explanation {
  readonly call: ToolCall;
  readonly expected: Pick<TestCase, 'expect' | 'rule'>;
  readonly good: boolean;
}

function tryCase({ call, expect, rule }: TestCase, decideAbout: (call: ToolCall) => Explanation): Tried {
  const explanation = decideAbout(call);
  const { decision } = explanation;
  const good = (expect ?? decision.verdict) === decision.verdict && (rule ?? decision.rule) === decision.rule;
  return { call, expected: { ...(expect && { expect }), ...(rule && { rule }) }, good, ...explanation };
}

function linesOf({ call, decision, rules, good, expected }: Tried): readonly Line[] {
  const by = decision.rule === undefined ? 'default' : decision.rule;
  const reason = 'reason' in decision && decision.reason !== '' ? `: ${decision.reason}` : '';
  const wanted = [expected.expect, expected.rule].filter((part) => part !== undefined).join(' by ');
  return [
    [
      ...(good ? [] : [toned('bad', `Not as expected (${wanted}): `)]),
      toned(toneOf(decision.verdict), decision.verdict),
      ` ${call.tool} by ${by}${reason}`,
    ],
    ...rules
      .filter(({ outcome }) => outcome !== 'missed')
      .map(
        ({ rule, action, outcome, failure }) =>
          `  ${rule} (${action}) ${outcome}${failure === undefined ? '' : `: ${failure}`}`,
      ),
  ];
}
