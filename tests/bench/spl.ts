import { utf8 } from '../../lib/core/index.ts';
import { compilePolicy, type CompiledPolicy } from '../../lib/spl/index.ts';
import { GIFT_HOST, GIFT_POLICY, GIFT_REQUEST } from '../fixtures/spl/gift.ts';
import { timeBatches } from './batches.ts';
import { type Measured, percentile, type Row, type Suite, toRow } from './row.ts';
import { type BiscuitPeer, loadBiscuit } from './spl-peer.ts';

/** Of ten microseconds: in longer ones the 99th percentile would tell of what else the machine does. */
const EVALUATIONS = { batches: 20_000, calls: 20 } as const;
const WARM_UP = { batches: 1, calls: 20_000 } as const;
const COMPILES = { batches: 200, calls: 100 } as const;
const SIGNED = { batches: 100, calls: 20 } as const;
const THEIRS = { batches: 100, calls: 4 } as const;
const THEIR_WARM_UP = { batches: 1, calls: 200 } as const;

/** What the language's publishers say that a policy costs them, in microseconds. */
const PUBLISHED_EVALUATION = 2;
const PUBLISHED_PARSE_AND_EVALUATION = 15;

/** What the published ten-clause gift policy costs, compiled and from its source. */
export const spl: Suite = {
  name: 'spl',
  async run() {
    const compiled = compilePolicy(GIFT_POLICY);
    assertDecides(compiled);
    const evaluate = (): unknown => compiled.decide(GIFT_REQUEST, GIFT_HOST);
    await timeBatches(WARM_UP, evaluate);
    const evaluation = await timeBatches(EVALUATIONS, evaluate);
    const compiling = await timeBatches(COMPILES, () => compilePolicy(GIFT_POLICY));
    const both = await timeBatches(COMPILES, fromSource);
    const denial = await timeBatches(COMPILES, () => compiled.decide({ ...GIFT_REQUEST, amount: 175 }, GIFT_HOST));
    return [
      row({ name: 'evaluation, ten clauses: p50', samples: [percentile(evaluation, 50)], target: 1 }),
      row({ name: 'evaluation, ten clauses: p99', samples: [percentile(evaluation, 99)], target: 5 }),
      row({ name: 'evaluation, against 2 µs published', samples: evaluation, baseline: [PUBLISHED_EVALUATION] }),
      row({ name: 'compile from source, ten clauses', samples: compiling, target: 60 }),
      row({
        name: 'compile and evaluate, against 15 µs published',
        samples: both,
        baseline: [PUBLISHED_PARSE_AND_EVALUATION],
      }),
      row({ name: 'denial with its reasons', samples: denial }),
      ...(await againstBiscuit(both)),
    ];
  },
};

const row = (measured: Omit<Measured, 'suite' | 'unit'>): Row => toRow({ suite: 'spl', unit: 'us', ...measured });

const fromSource = (): unknown => compilePolicy(GIFT_POLICY).decide(GIFT_REQUEST, GIFT_HOST);

function assertDecides(compiled: CompiledPolicy): void {
  const { allowed } = compiled.decide(GIFT_REQUEST, GIFT_HOST);
  const { allowed: tooMuch } = compiled.decide({ ...GIFT_REQUEST, amount: 51 }, GIFT_HOST);
  if (!allowed || tooMuch) throw new Error('The gift policy does not decide as published.');
}

async function againstBiscuit(unsigned: readonly number[]): Promise<readonly Row[]> {
  const peer = await peerOrReason();
  if (typeof peer === 'string') {
    console.error(`@biscuit-auth/biscuit-wasm cannot be loaded here: ${peer}`);
    return [];
  }
  if (!peer.fromToken(50) || peer.fromToken(51) || !peer.authorise(50) || peer.authorise(51)) {
    throw new Error('Biscuit does not decide as the gift policy does.');
  }
  await timeBatches(THEIR_WARM_UP, () => peer.fromToken(50));
  const theirs = await timeBatches(THEIRS, () => peer.fromToken(50));
  const theirsRead = await timeBatches(THEIRS, () => peer.authorise(50));
  return [
    row({
      name: 'Ed25519, compile and evaluate, against biscuit-wasm end to end',
      samples: await timeSigned(),
      baseline: theirs,
    }),
    row({
      name: 'compile and evaluate, against biscuit-wasm with the token read before',
      samples: unsigned,
      baseline: theirsRead,
    }),
  ];
}

async function peerOrReason(): Promise<BiscuitPeer | string> {
  try {
    return await loadBiscuit();
  } catch (error) {
    return String(error);
  }
}

/** What Biscuit does end to end: one signature over the policy, then the decision. */
async function timeSigned(): Promise<readonly number[]> {
  const keys = await crypto.subtle.generateKey('Ed25519', false, ['sign', 'verify']);
  const bytes = utf8(GIFT_POLICY);
  const signature = await crypto.subtle.sign('Ed25519', keys.privateKey, bytes);
  return timeBatches(SIGNED, async () => {
    if (!(await crypto.subtle.verify('Ed25519', keys.publicKey, signature, bytes))) throw new Error('Not signed.');
    return fromSource();
  });
}
