import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { OpenResult } from '../../../lib/prover/index.ts';
import { Workshop, openJob, pending, settle } from './workshop.ts';

const numRuns = Number(process.env.SIGNET_RUNS ?? 100);

const step = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant('run' as const), timeLimit: fc.integer({ min: 1, max: 900 }) }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('answer' as const), well: fc.boolean() }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('cancel' as const), which: fc.nat({ max: 9 }) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('pass' as const), time: fc.integer({ min: 1, max: 40_000 }) }) },
  fc.constantFrom({ do: 'lock' as const }, { do: 'vanish' as const }, { do: 'deafen' as const }),
);

test('whatever happens, each job ends once, none runs beside another, and the next one is answered', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
      const workshop = new Workshop();
      const working: ReturnType<typeof pending<OpenResult>>[] = [];
      workshop.handlers = {
        ...workshop.handlers,
        open: () => {
          const end = pending<OpenResult>();
          working.push(end);
          return end.promise;
        },
      };
      const ends: number[] = [];
      const cancels: AbortController[] = [];

      for (const now of steps) {
        switch (now.do) {
          case 'run': {
            const controller = new AbortController();
            const place = cancels.push(controller) - 1;
            ends[place] = 0;
            const ended = (): void => void (ends[place] = (ends[place] ?? 0) + 1);
            workshop.client.run(openJob(), { signal: controller.signal, timeLimit: now.timeLimit }).then(ended, ended);
            break;
          }
          case 'answer':
            if (now.well) working.at(-1)?.resolve({ opens: true });
            else working.at(-1)?.reject(new Error('broken'));
            break;
          case 'cancel':
            cancels[now.which]?.abort();
            break;
          case 'pass':
            await workshop.time.pass(now.time);
            break;
          case 'lock':
            workshop.client.close();
            break;
          case 'vanish':
            workshop.vanish();
            break;
          case 'deafen':
            if (workshop.ports.length > 0) workshop.documentEnd.isDeaf = true;
        }
        await settle();
        expect(workshop.busy).toBeLessThanOrEqual(1);
      }

      // Each waits its time at most, and its frame's end.
      for (let turn = 0; turn < 2 * cancels.length; turn += 1) await workshop.time.pass(1_000);
      expect(ends.filter((times) => times !== 1)).toEqual([]);
      workshop.handlers = { ...workshop.handlers, open: () => ({ opens: true }) };
      const last = workshop.client.run(openJob()).catch(() => workshop.client.run(openJob()));
      for (let turn = 0; turn < 3; turn += 1) await workshop.time.pass(12_000);
      expect(await last).toEqual({ opens: true });
    }),
    { numRuns },
  );
});
