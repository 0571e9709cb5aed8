import { issue } from '../fixtures/capabilities.ts';
import { timeBatches } from './batches.ts';
import { checkCases } from './check/cases.ts';
import { timeInWorker } from './check/in-worker.ts';
import type { CheckCase } from './check/time-check.ts';
import { timeCheck } from './check/time-check.ts';
import { type Measured, type Row, type Suite, toRow } from './row.ts';
import { type BiscuitPeer, loadBiscuit } from './spl-peer.ts';

const BATCHES = { batches: 60, calls: 100 } as const;
const FEW = { batches: 10, calls: 2 } as const;
const THEIRS = { batches: 60, calls: 10 } as const;
/** What a decision may cost a merchant, in microseconds; and what a token may weigh without a policy, and with one. */
const MOST_TO_CHECK = 1000;
const MOST_BYTES = 1024;
const MOST_BYTES_WITH_POLICY = 1700;

/**
 * What a merchant pays to decide about a capability: signatures and proof by WebCrypto, bounds, and the question to its
 * stores; in Node and in a browser's worker.
 */
export const capabilities: Suite = {
  name: 'capabilities',
  async run() {
    const cases = await checkCases();
    const { pinned, gift } = cases;
    const checking = async (name: string, asked: CheckCase, rest: Partial<Measured> = {}): Promise<Row> =>
      row({ name: `checkAuthority, ${name}`, samples: await timeCheck(asked, BATCHES), ...rest });
    return [
      weight('a token, without policy', pinned, MOST_BYTES),
      weight('a token, with the gift policy', gift, MOST_BYTES_WITH_POLICY),
      await checking('a pinned wallet, proof by Ed25519', pinned, { target: MOST_TO_CHECK }),
      await againstBiscuit(gift),
      await checking('under an authority', cases.underBank),
      await checking('narrowed once', cases.narrowed),
      await checking('one of ten hidden clauses', cases.hidden),
      await checking('the next unit of 65,536', cases.nextUnit),
      row({
        name: 'checkAuthority, the last unit of 65,536 from the first',
        samples: await timeCheck(cases.lastOfAll, FEW),
      }),
      ...(await inWorker(cases)),
      row({ name: 'sign a token', samples: await timeBatches(BATCHES, () => issue()) }),
    ];
  },
};

const row = (measured: Omit<Measured, 'suite' | 'unit'>): Row =>
  toRow({ suite: 'capabilities', unit: 'us', ...measured });

const weight = (name: string, { token }: CheckCase, target: number): Row =>
  toRow({ suite: 'capabilities', name, unit: 'bytes', samples: [token.length], target });

async function inWorker({ pinned, gift }: Awaited<ReturnType<typeof checkCases>>): Promise<readonly Row[]> {
  const [plain = [], withPolicy = []] = await timeInWorker(
    [pinned, gift].map((asked) => ({ asked, batches: BATCHES })),
  );
  return [
    row({
      ...{ name: 'checkAuthority in a worker, a pinned wallet, proof by Ed25519', samples: plain },
      target: MOST_TO_CHECK,
    }),
    row({ name: 'checkAuthority in a worker, with the gift policy', samples: withPolicy, target: MOST_TO_CHECK }),
  ];
}

/** Ours verifies two signatures, of the token and of the holder's proof; theirs one, of the token. */
async function againstBiscuit(gift: CheckCase): Promise<Row> {
  const samples = await timeCheck(gift, BATCHES);
  const peer = await peerOrReason();
  if (typeof peer === 'string') {
    console.error(`@biscuit-auth/biscuit-wasm cannot be loaded here: ${peer}`);
    return row({ name: 'checkAuthority, with the gift policy', samples, target: MOST_TO_CHECK });
  }
  const baseline = await timeBatches(THEIRS, () => {
    if (!peer.fromToken(50)) throw new Error('Biscuit does not decide as the gift policy does.');
  });
  return row({
    name: 'checkAuthority, with the gift policy, against biscuit-wasm end to end',
    ...{ samples, baseline, target: MOST_TO_CHECK },
  });
}

async function peerOrReason(): Promise<BiscuitPeer | string> {
  try {
    return await loadBiscuit();
  } catch (error) {
    return String(error);
  }
}
