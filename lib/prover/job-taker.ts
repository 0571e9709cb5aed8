import * as v from 'valibot';
import type { ProverHandlers } from './job-schema.ts';
import type { ProverJob, ProverResult } from './job.ts';
import { frameOrder, toFailure } from './messages.ts';
import type { FrameReply } from './messages.ts';

/**
 * The frame's end: takes one job in its life, works on it and answers. Later orders are not heard: whoever wants another
 * proof opens another frame, and no code that saw one witness ever sees a second.
 * @returns what to call with every message of the frame's parent
 */
export function createJobTaker(
  handlers: ProverHandlers,
  post: (reply: FrameReply) => void,
): (message: unknown) => void {
  let taken = false;
  return (message) => {
    const order = v.safeParse(frameOrder, message);
    if (taken || !order.success) return;
    if (order.output.t === 'hello') {
      post({ t: 'ready' });
      return;
    }
    taken = true;
    const { id, job } = order.output;
    const report = (done: number): void => post({ t: 'progress', id, done });
    perform(handlers, job, report).then(
      (result) => post({ t: 'done', id, result }),
      (thrown: unknown) => post({ t: 'failed', id, error: toFailure(thrown) }),
    );
  };
}

async function perform(
  handlers: ProverHandlers,
  job: ProverJob,
  report: (done: number) => void,
): Promise<ProverResult> {
  const handle = handlers[job.kind] as (job: ProverJob, report: (done: number) => void) => unknown; // the job's own kind
  return (await handle(job, report)) as ProverResult; // the table types what each kind answers
}
