import type { WebWorker } from 'puppeteer';
import { setTimeout } from 'node:timers/promises';
import { BUILT_EXTENSION, launchWithExtension } from '../../tools/browser/launch.ts';
import { issueCard } from '../fixtures/prover/cards.ts';
import { committed, openJob, rangeJob } from '../fixtures/prover/jobs.ts';
import type { ProverLab } from '../fixtures/prover/lab.ts';
import { makeProverExtension } from '../fixtures/prover/prover-extension.ts';
import type { ProverJob } from '../../lib/prover/index.ts';
import { type Row, type Suite, toRow } from './row.ts';

const STARTS = 20;
const ROUNDS = 30;
/** Between jobs, as between people's decisions: the next frame is there and has rehearsed, in milliseconds. */
const PAUSE = 500;

/** A point that is none: refused before anything is computed, so the time is the way there and back. */
function nothingToDo(): ProverJob {
  const number = committed(1n);
  return openJob({ ...number, check: { ...number.check, point: `${'_'.repeat(42)}8` } });
}

/** What the prover costs beside the proof, and what a proof takes as the worker sees it; in the extension. */
export const prover: Suite = {
  name: 'prover',
  async run() {
    await using extension = await makeProverExtension({ extensionPath: BUILT_EXTENSION });
    const opened = await launchWithExtension({ extensionPath: extension.path });
    try {
      const worker = await opened.worker();
      const idle = nothingToDo();
      const rows: Row[] = [
        toRow({
          suite: 'prover',
          name: 'cold start, with a job of nothing',
          unit: 'ms',
          samples: await coldStarts(worker, idle),
          target: 350,
        }),
        toRow({
          suite: 'prover',
          name: 'warm, with a job of nothing',
          unit: 'ms',
          samples: await warmJobs(worker, idle),
          target: 15,
        }),
      ];
      for (const { name, job } of await proofs()) {
        rows.push(
          toRow({
            suite: 'prover',
            name: `${name}, warm, way there and back`,
            unit: 'ms',
            samples: await warmJobs(worker, job),
          }),
        );
      }
      return rows;
    } finally {
      await opened.close();
    }
  },
};

async function proofs(): Promise<readonly { readonly name: string; readonly job: ProverJob }[]> {
  const ranges = ([16, 32, 64] as const).map((bits) => ({
    name: `range proof of ${bits} bits`,
    job: rangeJob(committed(4200n, bits), { gte: 1000 }),
  }));
  const cards = (['bbs', 'bbs+'] as const).map(async (suite) => ({
    name: `${suite} of 10 messages`,
    job: await issueCard(suite),
  }));
  return [...ranges, ...(await Promise.all(cards))];
}

async function coldStarts(worker: WebWorker, job: ProverJob): Promise<number[]> {
  const samples: number[] = [];
  for (let start = 0; start < STARTS; start += 1) {
    await worker.evaluate(lock);
    await setTimeout(PAUSE);
    samples.push(await worker.evaluate(time, job));
  }
  return samples;
}

async function warmJobs(worker: WebWorker, job: ProverJob): Promise<number[]> {
  await worker.evaluate(time, job);
  const samples: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    await setTimeout(PAUSE);
    samples.push(await worker.evaluate(time, job));
  }
  return samples;
}

/** Runs in the worker. */
function lock(): void {
  (globalThis as unknown as { lab: ProverLab }).lab.lock(); // put there by the laboratory's worker
}

/** Runs in the worker. Milliseconds that a job took. */
async function time(job: ProverJob): Promise<number> {
  // Put there by the laboratory's worker.
  const { took, refused } = await (globalThis as unknown as { lab: ProverLab }).lab.run(job);
  if (refused !== undefined) throw new Error(`${job.kind}: ${refused.reason}: ${refused.message}`);
  return took;
}
