import { onWorkerPort } from '../../lib/platform/index.ts';
import { PROVER_PORT, ProverHost } from '../../lib/prover/index.ts';
import { appendFrame, joinFrame } from './frame.ts';

/** The first frame stands in the HTML: it loads beside this script. */
const standing = [...document.querySelectorAll('iframe')];

const host = new ProverHost({
  openFrame: (hear) => joinFrame(standing.pop() ?? appendFrame(), hear),
  leave: () => window.close(),
});
onWorkerPort(PROVER_PORT, (port) => host.serve(port));
