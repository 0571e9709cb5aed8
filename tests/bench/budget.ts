import { createHash } from 'node:crypto';
import { sha256 } from '@noble/hashes/sha2.js';
import { MAX_BUDGET_LENGTH, checkUnit } from '../../lib/capabilities/budget/index.ts';
import { PayerChain } from '../../lib/capabilities/budget/paying/index.ts';
import { ClauseTree, verifyClauses } from '../../lib/capabilities/clauses/index.ts';
import { memoryLedger } from '../../lib/capabilities/ledger/index.ts';
import { parseOrigin, systemClock } from '../../lib/core/index.ts';
import { timeBatches } from './batches.ts';
import type { Measured, Row, Suite } from './row.ts';
import { toRow } from './row.ts';

const MANY = { batches: 200, calls: 1000 } as const;
const SOME = { batches: 100, calls: 200 } as const;
const FEW = { batches: 10, calls: 1 } as const;

const SHOP = parseOrigin('https://shop.example', 'origin');
const CLAUSES = 10;

/** What units of a budget, opened clauses and the ledger cost, against the SHA-256 that is in them. */
export const budget: Suite = {
  name: 'budget',
  async run() {
    return [...(await measureUnits()), ...(await measureClauses()), await measureLedger()];
  },
};

const row = (measured: Omit<Measured, 'suite' | 'unit'>): Row => toRow({ suite: 'budget', unit: 'us', ...measured });

const bareHashes = (bytes: Uint8Array, count: number): Promise<number[]> =>
  timeBatches(MANY, () => {
    for (let n = 0; n < count; n++) sha256(bytes);
  });

async function measureUnits(): Promise<Row[]> {
  const terms = { unit: 1, currency: 'USD', length: MAX_BUDGET_LENGTH };
  const { terms: signed, chain } = PayerChain.create(terms);
  const [last, next] = [300, 301].map((index) => ({ index, link: chain.linkAt(index) }));
  if (last === undefined || next === undefined) throw new Error('there are two units');
  const step = await timeBatches(MANY, () => {
    if (!checkUnit(signed, last, next).ok) throw new Error('the unit does not hold');
  });
  const inNode = await timeBatches(MANY, () => createHash('sha256').update(next.link).digest());
  let index = 0;
  const paying = await timeBatches(SOME, () => chain.linkAt((index = (index % MAX_BUDGET_LENGTH) + 1)));
  const growing = await timeBatches(FEW, () => PayerChain.create(terms));
  return [
    row({
      name: 'verify the next unit, against bare SHA-256',
      samples: step,
      baseline: await bareHashes(next.link, 1),
      target: 5,
    }),
    row({ name: 'verify the next unit, against SHA-256 of Node', samples: step, baseline: inNode }),
    row({ name: 'the payer’s next unit of 65,536', samples: paying }),
    toRow({ suite: 'budget', name: 'a budget of 65,536 units', unit: 'ms', samples: growing.map((us) => us / 1000) }),
  ];
}

async function measureClauses(): Promise<Row[]> {
  const permissions = Array.from({ length: CLAUSES }, (_, i) => ({
    ...{ audience: SHOP, action: 'pay', amount: 100 * (i + 1), currency: 'USD', policy: '(<= (get req "amount") 100)' },
  }));
  const tree = ClauseTree.of(permissions);
  const opened = await tree.openLeaf(3);
  const verify = await timeBatches(SOME, () => {
    if (!verifyClauses(tree.commitment, [opened]).ok) throw new Error('the clause does not hold');
  });
  const node = new Uint8Array(65);
  const baseline = await timeBatches(MANY, () => {
    sha256(opened.leaf);
    for (let n = 0; n < opened.proof.length; n++) sha256(node);
  });
  const building = await timeBatches(SOME, () => ClauseTree.of(permissions));
  return [
    row({ name: `verify one clause of ${CLAUSES}, against bare SHA-256`, samples: verify, baseline }),
    row({ name: `commit to ${CLAUSES} clauses`, samples: building }),
  ];
}

async function measureLedger(): Promise<Row> {
  const ledger = memoryLedger({ capacity: 1_000_000, skew: 30_000, clock: systemClock, completeSince: 0 });
  const now = systemClock();
  let jti = 0;
  const samples = await timeBatches(SOME, async () => {
    const use = { jti: `t${jti++}`, amount: 1, limit: 1, oneTime: true, issuedAt: now, expires: now + 900_000 };
    if ((await ledger.consume(use)) !== 'ok') throw new Error('the use was not counted');
  });
  return row({ name: 'count a one-time token in memory', samples });
}
