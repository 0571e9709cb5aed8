import { openFilledLab } from './lab/open-lab.ts';
import { type Suite, toRow } from './row.ts';

const ENTRIES = 100_000;
const APPENDS = 300;
const VERIFICATIONS = 3;

/** What a long log costs, in the worker, over the browser's own database. */
export const audit: Suite = {
  name: 'audit',
  async run() {
    await using lab = await openFilledLab('worker', { entries: ENTRIES });
    await lab.ask('timeAppends', { samples: 50 });
    const appends = await lab.ask('timeAppends', { samples: APPENDS });
    const verified: number[] = [];
    const steps: number[] = [];
    for (let run = 0; run < VERIFICATIONS; run += 1) {
      const found = await lab.ask('verify', {});
      verified.push(found.took);
      steps.push(found.steps);
    }
    return [
      toRow({
        suite: 'audit',
        name: `append, ${ENTRIES} entries, against a bare strict row`,
        unit: 'ms',
        samples: appends.ours,
        baseline: appends.bare,
        target: 6,
      }),
      toRow({ suite: 'audit', name: `verify ${ENTRIES} entries`, unit: 'ms', samples: verified, target: 5000 }),
      toRow({ suite: 'audit', name: `times that it says how far it is`, unit: 'count', samples: steps }),
    ];
  },
};
