import * as v from 'valibot';
import { SignetError } from '../../core/index.ts';
import type { Json } from '../../core/index.ts';
import type { ToolAnswer } from './answers.ts';

const json = v.custom<Json>((input) => input !== undefined);
const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const receipt = v.exactOptional(
  v.strictObject({ sequence: count, leaf: v.string(), checkpoint: v.exactOptional(v.string()) }),
);

const Answer = v.variant('status', [
  v.strictObject({ status: v.literal('done'), result: json, receipt }),
  v.strictObject({
    status: v.literal('pending'),
    request_id: v.pipe(v.string(), v.nonEmpty(), v.maxLength(64)),
    expires_at: count,
    poll_after_ms: count,
    receipt,
  }),
  v.strictObject({ status: v.literal('denied'), message: v.pipe(v.string(), v.maxLength(1000)), receipt }),
]);

/** An answer from what the wallet sent. @throws SignetError bad_request for what is none */
export function readAnswer(input: unknown): ToolAnswer {
  const result = v.safeParse(Answer, input, { abortEarly: true });
  if (!result.success) throw new SignetError('bad_request', 'This is no answer that Signet knows.');
  return result.output;
}
