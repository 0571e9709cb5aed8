import * as v from 'valibot';
import { displayText, SignetError } from '../../core/index.ts';
import type { Reason } from '../../core/index.ts';

/** Text from outside: well-formed Unicode, bounded. */
export const text = (maxLength: number) =>
  v.pipe(
    v.string('must be text'),
    v.maxLength(maxLength, `must be at most ${maxLength} characters`),
    v.check((value) => value.isWellFormed(), 'must be well-formed Unicode'),
  );

/** Text that names something and may not be empty. */
export const identifier = (maxLength: number) => v.pipe(text(maxLength), v.minLength(1, 'must not be empty'));

/**
 * Rebuilds a value field by field from its schema; members without a schema are left behind, as OAuth asks of
 * clients (RFC 6749 §5.1).
 * @param field the name of the whole, in front of the path of what is wrong
 * @param reason `bad_request` for what a page said, `issuer_refused` for what an issuer answered
 * @throws SignetError with that reason, naming the first offending field
 */
export function read<S extends v.GenericSchema>(
  schema: S,
  value: unknown,
  field: string,
  reason: Reason,
): v.InferOutput<S> {
  const result = v.safeParse(schema, value, { abortEarly: true, abortPipeEarly: true });
  if (result.success) return result.output;
  const [issue] = result.issues;
  const path = v.getDotPath(issue);
  const name = displayText(path === null ? field : `${field}.${path}`, 160);
  throw new SignetError(reason, `${name} ${problemOf(issue)}.`, { field: name });
}

/** Never the received value: it may be a secret, or text made to mislead. */
function problemOf(issue: v.BaseIssue<unknown>): string {
  if (issue.received === 'undefined') return 'is missing';
  if (!issue.message.startsWith('Invalid')) return issue.message;
  return `must be ${issue.expected ?? 'of another kind'}`;
}
