import { auditJournal } from '../../lib/audit/index.ts';
import { randomBytes, systemClock } from '../../lib/core/index.ts';
import { MemoryBackend, MemoryKeyValue, type OpenVault, VaultKeeper } from '../../lib/vault/index.ts';
import { PASSWORD } from '../e2e/setup/wallet.ts';
import type { Compared } from './lab/calls.ts';
import { type Lab, openFilledLab } from './lab/open-lab.ts';
import { percentile, type Row, type Suite, toRow } from './row.ts';

const FEW = 10_000;
const MANY = 100_000;
/** How much dearer the larger vault may be. */
const GROWTH = 1.3;
/** Milliseconds that a put or a get may take. */
const TARGET = 6;

/** Rounds that alternate between the vaults, so that whatever else the machine does falls on both; samples in each. */
const ROUNDS = { count: 12, samples: 20 } as const;
/** Rounds that are not counted: the database still sorts what was just filled in. */
const WARM_UP = 4;

const UNLOCKS = 12;

/** Largest content of each class, in bytes; each class begins above the one before. */
const SIZE_CLASSES = [256, 1024, 4096, 16_384, 65_536] as const;
const RECORDS_PER_CLASS = 100;

/** What a record costs in time, in the worker, over the browser's own database; and in room. */
export const store: Suite = {
  name: 'store',
  async run() {
    return [...(await timeRows()), await decoyRow(), ...(await paddingRows())];
  },
};

async function timeRows(): Promise<Row[]> {
  const alone = await timeAlone();
  await using few = await openFilledLab('worker', { records: FEW });
  await using many = await openFilledLab('worker', { records: MANY });
  const puts = await alternate(few, many, 'timePuts');
  const gets = await alternate(few, many, 'timeGets');
  return [
    ...compared('put 1 kB', { alone: alone.puts, ...puts }, 'against a bare strict row'),
    ...compared('get 1 kB', { alone: alone.gets, ...gets }, 'against a bare row'),
    ...(await unlockRows(few, many)),
    toRow({
      suite: 'store',
      name: `first get of a restarted worker, ${MANY} records, against ${FEW}`,
      unit: 'ms',
      samples: (await many.ask('timeResumes', { samples: 20 })).ours,
      baseline: (await few.ask('timeResumes', { samples: 20 })).ours,
    }),
  ];
}

/** The smaller vault as a person has it: with no second browser writing to the same disk. */
async function timeAlone(): Promise<{ readonly puts: Compared; readonly gets: Compared }> {
  await using lab = await openFilledLab('worker', { records: FEW });
  const samples = ROUNDS.count * ROUNDS.samples;
  await lab.ask('timePuts', { samples: WARM_UP * ROUNDS.samples });
  const puts = await lab.ask('timePuts', { samples });
  return { puts, gets: await lab.ask('timeGets', { samples }) };
}

async function unlockRows(few: Lab, many: Lab): Promise<Row[]> {
  const rows: Row[] = [];
  for (const [lab, size] of [
    [few, FEW],
    [many, MANY],
  ] as const) {
    const { ours, bare } = await lab.ask('timeUnlocks', { samples: UNLOCKS });
    const name = `unlock, ${size} records, against bare Argon2id of the same cost`;
    rows.push(toRow({ suite: 'store', name, unit: 'ms', samples: ours, baseline: bare, target: 1000 }));
  }
  return rows;
}

interface Pair {
  readonly few: Compared;
  readonly many: Compared;
}

async function alternate(few: Lab, many: Lab, call: 'timePuts' | 'timeGets'): Promise<Pair> {
  const taken = { few: emptySeries(), many: emptySeries() };
  for (let round = 0; round < WARM_UP + ROUNDS.count; round += 1) {
    for (const [name, lab] of [
      ['few', few],
      ['many', many],
    ] as const) {
      const { ours, bare } = await lab.ask(call, { samples: ROUNDS.samples });
      if (round < WARM_UP) continue;
      taken[name].ours.push(...ours);
      taken[name].bare.push(...bare);
    }
  }
  return taken;
}

const emptySeries = (): { ours: number[]; bare: number[] } => ({ ours: [], bare: [] });

/** The figure at the smaller size with its target, the growth with its own, and how the bare database grew. */
function compared(what: string, { alone, few, many }: Pair & { readonly alone: Compared }, against: string): Row[] {
  const row = { suite: 'store', unit: 'ms' } as const;
  return [
    toRow({
      ...row,
      name: `${what}, ${FEW} records, ${against}`,
      samples: alone.ours,
      baseline: alone.bare,
      target: TARGET,
    }),
    toRow({
      ...row,
      name: `${what}, ${MANY} records, against ${FEW}, in turns`,
      samples: many.ours,
      baseline: few.ours,
      target: GROWTH * percentile(few.ours, 75),
    }),
    toRow({
      ...row,
      name: `bare row beside it, ${MANY} records, against ${FEW}`,
      samples: many.bare,
      baseline: few.bare,
    }),
  ];
}

/** A vault in memory: how many rows there are does not hang on the database. */
async function memoryVault(decoys: boolean) {
  const backend = new MemoryBackend();
  const [local, session] = [new MemoryKeyValue(), new MemoryKeyValue()];
  const keeper = new VaultKeeper({ backend, local, session, clock: systemClock, journal: auditJournal() });
  await keeper.create({ password: PASSWORD, mark: { shape: 'anchor', colour: 'sea' } });
  const vault = await keeper.open();
  if (!decoys) {
    await vault.transact((tx) => {
      tx.setDecoys(false);
      return Promise.resolve();
    });
    await vault.refresh(); // what was written before has decoys still
  }
  return { backend, vault };
}

async function putRecords(vault: OpenVault, lengths: readonly number[]): Promise<void> {
  await vault.transact((tx) => {
    lengths.forEach((length, index) => tx.put({ label: `data/bench/${length}`, index }, 1, randomBytes(length)));
    return Promise.resolve();
  });
}

async function decoyRow(): Promise<Row> {
  const lengths = Array.from({ length: 1000 }, (_, i) => 1 + ((i * 37) % 4000));
  const counts = { on: 0, off: 0 };
  for (const dial of ['on', 'off'] as const) {
    const { backend, vault } = await memoryVault(dial === 'on');
    await putRecords(vault, lengths);
    counts[dial] = await backend.count('records');
  }
  return toRow({
    suite: 'store',
    name: 'rows with decoys, against without',
    unit: 'count',
    samples: [counts.on],
    baseline: [counts.off],
    target: 2 * counts.off,
  });
}

/** Bytes of rows for each byte kept, the table's share included, without decoys. */
async function paddingRows(): Promise<Row[]> {
  const rows: Row[] = [];
  let least = 1;
  for (const most of SIZE_CLASSES) {
    const lengths = Array.from({ length: RECORDS_PER_CLASS }, (_, i) =>
      spread(least, most, i / (RECORDS_PER_CLASS - 1)),
    );
    rows.push(
      toRow({
        suite: 'store',
        name: `room for each byte, ${least} to ${most} B`,
        unit: 'times',
        samples: [await roomFor(lengths)],
      }),
    );
    least = most + 1;
  }
  return rows;
}

const spread = (least: number, most: number, share: number): number => Math.round(least + (most - least) * share);

async function roomFor(lengths: readonly number[]): Promise<number> {
  const { backend, vault } = await memoryVault(false);
  const before = await bytesIn(backend);
  await putRecords(vault, lengths);
  return ((await bytesIn(backend)) - before) / lengths.reduce((sum, length) => sum + length, 0);
}

async function bytesIn(backend: MemoryBackend): Promise<number> {
  return (await backend.entries('records')).reduce((sum, [key, value]) => sum + key.length + value.length, 0);
}
