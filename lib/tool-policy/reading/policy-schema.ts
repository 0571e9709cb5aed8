import * as v from 'valibot';
import { ENSURE_TIMEOUT, GATE_WITHIN } from '../tool-rule.ts';

const MAX_TEXT = 4000;
const MAX_CONDITIONS = 100;
export const MAX_RULES = 5000;

const text = v.pipe(v.string('It must be a text.'), v.maxLength(MAX_TEXT, `It is longer than ${MAX_TEXT} characters.`));
const filled = v.pipe(text, v.nonEmpty('It is empty.'));

const within = (limits: { readonly least: number; readonly usual: number; readonly most: number }, what: string) => {
  const message = `It must be a whole number of ${what}, ${limits.least}-${limits.most}.`;
  const number = v.pipe(
    v.number(message),
    v.integer(message),
    v.minValue(limits.least, message),
    v.maxValue(limits.most, message),
  );
  return v.optional(number, limits.usual);
};

const gate = v.strictObject({ requires_prior: filled, within: within(GATE_WITHIN, 'actions') });
const ensure = v.strictObject({
  check: v.string('It must be the name of a check.'),
  timeout: within(ENSURE_TIMEOUT, 'seconds'),
  message: v.optional(text, ''),
});

/** The form of a rule. What its texts mean is read after it. */
export const ruleSchema = v.strictObject({
  name: filled,
  tool_pattern: v.string('It must be a regular expression.'),
  conditions: v.optional(
    v.pipe(
      v.array(v.string('A condition must be a text.'), 'It must be a list of conditions.'),
      v.maxLength(MAX_CONDITIONS, `It has more than ${MAX_CONDITIONS} conditions.`),
    ),
    [],
  ),
  action: v.picklist(['ALLOW', 'DENY', 'ASK', 'GATE', 'ENSURE'], 'It must be ALLOW, DENY, ASK, GATE or ENSURE.'),
  reason: v.optional(text),
  alternative: v.optional(text),
  locked: v.optional(v.boolean('It must be true or false.'), false),
  gate: v.optional(gate),
  ensure: v.optional(ensure),
});

/** The form of a file. Rules are read one by one, so that a bad one does not hide its neighbours. */
export const fileSchema = v.strictObject({
  version: v.optional(v.literal(1, 'Version 1 is the only one known.'), 1),
  default_action: v.optional(v.picklist(['ALLOW', 'DENY', 'ASK'], 'It must be ALLOW, DENY or ASK.'), 'ALLOW'),
  rules: v.optional(
    v.pipe(
      v.array(v.unknown(), 'It must be a list of rules.'),
      v.maxLength(MAX_RULES, `It has more than ${MAX_RULES} rules.`),
    ),
    [],
  ),
});

/** A problem's message: of what is missing and what is unknown in words of ours. */
export function messageOf(issue: v.BaseIssue<unknown>): string {
  if (issue.kind === 'schema' && issue.type === 'strict_object') {
    return issue.expected === 'never' ? 'There is no such key.' : 'It is missing.';
  }
  return issue.message;
}
