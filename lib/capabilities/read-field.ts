import * as v from 'valibot';
import { SignetError } from '../core/index.ts';

/**
 * A value rebuilt by its schema.
 * @param field what errors call the value
 * @throws SignetError bad_request naming the innermost field that is wrong: `token.spl.max_amount`
 */
export function readField<S extends v.GenericSchema>(schema: S, value: unknown, field: string): v.InferOutput<S> {
  const result = v.safeParse(schema, value, { abortEarly: true });
  if (result.success) return result.output;
  const [issue] = result.issues;
  const name = (issue.path ?? []).reduce((path, step) => path + stepOf(step.key), field).slice(0, MAX_NAME);
  throw new SignetError('bad_request', `${name} ${problemOf(issue)}.`, { field: name });
}

const MAX_NAME = 128;

const stepOf = (key: unknown): string => (typeof key === 'number' ? `[${key}]` : `.${String(key).toWellFormed()}`);

/** Never the received value: it may be text made to mislead. */
function problemOf(issue: v.BaseIssue<unknown>): string {
  if (issue.expected === 'never') return 'is not known here';
  if (issue.received === 'undefined') return 'is missing';
  if (!issue.message.startsWith('Invalid')) return issue.message;
  return `must be ${issue.expected ?? 'of another kind'}`;
}
