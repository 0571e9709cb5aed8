import * as v from 'valibot';
import { assertField } from '../../core/index.ts';
import { claimNames, instant, positive, seconds, text } from './fields.ts';
import { parseField } from './parse-field.ts';
import type { ReadOptions } from './read-options.ts';
import { readConditions } from './read-condition.ts';
import { readSubject } from './read-subject.ts';
import type { Condition, Obligations, Rule } from './rule.ts';

const MAX_NOTE = 120;

const obligations = v.strictObject({
  max_uses: v.exactOptional(positive),
  ask_again_after: v.exactOptional(seconds),
  require_presence: v.exactOptional(v.boolean()),
  expires_in: v.exactOptional(seconds),
  mask: v.exactOptional(claimNames),
});

const frame = v.strictObject({
  id: v.pipe(v.string(), v.regex(/^[A-Za-z0-9_-]{1,64}$/, 'must be 1 to 64 of A-Z a-z 0-9 - _')),
  effect: v.picklist(['permit', 'deny', 'ask']),
  subject: v.unknown(),
  action: v.pipe(v.string(), v.regex(/^(?:\*|[a-z][a-z0-9_.]{0,63})$/, 'must be the name of an action, or *')),
  claims: v.unknown(),
  when: v.unknown(),
  from: v.exactOptional(instant),
  until: v.exactOptional(instant),
  locked: v.boolean(),
  obligations: v.exactOptional(obligations),
  note: v.exactOptional(text(MAX_NOTE)),
  made: v.strictObject({ at: instant, by: v.picklist(['person', 'consent', 'suggestion', 'import']) }),
});

/**
 * A rule in data from outside, rebuilt from the fields that rules have.
 * @param field what errors call it: `rule.when[2].value`
 * @throws SignetError bad_request naming the exact field
 */
export function readRule(value: unknown, field = 'rule', options: ReadOptions = {}): Rule {
  const { obligations: owed, ...rest } = parseField(frame, value, field);
  const rule: Rule = {
    ...rest,
    subject: readSubject(rest.subject, `${field}.subject`, options),
    claims: rest.claims === '*' ? '*' : parseField(claimNames, rest.claims, `${field}.claims`),
    when: readConditions(rest.when, `${field}.when`, options),
    ...(owed === undefined || Object.keys(owed).length === 0 ? {} : { obligations: owed }),
  };
  assertInTime(rule, field);
  if (rule.effect !== 'permit') assertBinding(rule, owed, field);
  return rule;
}

function assertInTime({ from, until }: Rule, field: string): void {
  if (from === undefined || until === undefined) return;
  assertField(from < until, `${field}.until`, `${field}.until is not after ${field}.from.`);
}

/** Only a permit lets a subject do something that could be counted: elsewhere a count would never be reached. */
function assertBinding({ when, effect }: Rule, owed: Obligations | undefined, field: string): void {
  assertField(
    owed === undefined,
    `${field}.obligations`,
    `${field}.obligations are for permits, this is to ${effect}.`,
  );
  const counted = findWindow(when, `${field}.when`);
  assertField(counted === undefined, counted ?? field, `${counted ?? field} counts uses, which only a permit has.`);
}

function findWindow(conditions: readonly Condition[], field: string): string | undefined {
  for (const [index, condition] of conditions.entries()) {
    const found = findWindowIn(condition, `${field}[${index}]`);
    if (found !== undefined) return found;
  }
  return undefined;
}

function findWindowIn(condition: Condition, field: string): string | undefined {
  if ('count' in condition || 'spend' in condition) return field;
  if ('all' in condition) return findWindow(condition.all, `${field}.all`);
  if ('any' in condition) return findWindow(condition.any, `${field}.any`);
  return 'not' in condition ? findWindowIn(condition.not, `${field}.not`) : undefined;
}
