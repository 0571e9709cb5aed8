import * as v from 'valibot';
import { SignetError, displayText } from '../core/index.ts';
import type { ErrorFields, Reason } from '../core/index.ts';
import { jobSchema } from './job-schema.ts';
import type { ProverJob } from './job.ts';

/**
 * The two hops of a job: worker ↔ offscreen document over a port, offscreen document ↔ frame by postMessage. Both ends
 * of both rebuild what they hear from these schemas.
 */

/** Joins the worker to the offscreen document. */
export const PROVER_PORT = 'prover';

const id = v.pipe(v.number(), v.safeInteger(), v.minValue(1));
const done = v.pipe(v.number(), v.minValue(0), v.maxValue(1));

/** How a job can end badly by the prover's own word. Whatever else it says reads as `internal`. */
const REFUSALS = [
  'denied',
  'bad_request',
  'unsupported',
  'not_found',
  'credential_refused',
  'internal',
] as const satisfies readonly Reason[];

const failure = v.strictObject({
  reason: v.string(),
  message: v.pipe(v.string(), v.maxLength(2_000)),
  field: v.exactOptional(v.pipe(v.string(), v.maxLength(300))),
});

const helloOrder = v.strictObject({ t: v.literal('hello') });
const jobOrder = v.strictObject({ t: v.literal('job'), id, job: jobSchema });
const cancelOrder = v.strictObject({ t: v.literal('cancel'), id });
const progress = v.strictObject({ t: v.literal('progress'), id, done });
const answered = v.strictObject({ t: v.literal('done'), id, result: v.unknown() });
const failed = v.strictObject({ t: v.literal('failed'), id, error: failure });
const dropped = v.strictObject({ t: v.literal('dropped'), id });
const ready = v.strictObject({ t: v.literal('ready') });

export interface JobOrder {
  readonly t: 'job';
  readonly id: number;
  readonly job: ProverJob;
}
/** What the offscreen document tells a frame. `hello`: to say `ready` once more, whose first time nobody may have heard. */
export type FrameOrder = JobOrder | { readonly t: 'hello' };
/** What the worker tells the offscreen document. */
export type HostOrder = JobOrder | { readonly t: 'cancel'; readonly id: number };

export const frameOrder: v.GenericSchema<unknown, FrameOrder> = v.variant('t', [helloOrder, jobOrder]);
export const hostOrder: v.GenericSchema<unknown, HostOrder> = v.variant('t', [jobOrder, cancelOrder]);
/** What the offscreen document hears of a frame. `ready`: it can take its job. */
export const frameReply = v.variant('t', [ready, progress, answered, failed]);
/** What the worker hears of the offscreen document. `dropped`: the frame that had the job is gone. */
export const hostReply = v.variant('t', [progress, answered, failed, dropped]);

export type FrameReply = v.InferOutput<typeof frameReply>;
export type HostReply = v.InferOutput<typeof hostReply>;
export type Failure = v.InferOutput<typeof failure>;

/** An error as it leaves a frame. */
export function toFailure(thrown: unknown): Failure {
  const { reason, message, field }: ErrorFields = SignetError.from(thrown).toFields();
  return field === undefined ? { reason, message } : { reason, message, field };
}

/** An error of the prover's, on the worker's side. */
export function fromFailure({ reason, message, field }: Failure): SignetError {
  const known = REFUSALS.find((refusal) => refusal === reason) ?? 'internal';
  return new SignetError(
    known,
    displayText(message, 300),
    field === undefined ? {} : { field: displayText(field, 100) },
  );
}
