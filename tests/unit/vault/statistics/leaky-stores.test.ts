import { describe, expect, test } from 'vitest';
import { CountingStore } from '../../../fixtures/leaky/counting-store.ts';
import { SteadyStore } from '../../../fixtures/leaky/steady-store.ts';
import { UnpaddedStore } from '../../../fixtures/leaky/unpadded-store.ts';
import type { Finding, Knowledge } from '../../../fixtures/statistics/attack.ts';
import { Attack } from '../../../fixtures/statistics/attack.ts';
import { copyDaily } from '../../../fixtures/statistics/copies.ts';
import { createHousehold } from '../../../fixtures/statistics/household.ts';
import type { ObservedStore } from '../../../fixtures/statistics/observed-store.ts';
import { QUESTIONS } from '../../../fixtures/statistics/questions.ts';
import { describeFinding, reportOf, strongest } from '../../../fixtures/statistics/report.ts';
import { BOUND } from '../../../fixtures/statistics/second-look.ts';
import { SeededRandom, seedOfRun } from '../../../fixtures/seeded-random.ts';

/** Where rows move with each unlock, every session of a vault is a witness of its own. */
const FEW_VAULTS = 4;
/** Where rows stay a vault is one witness, and of three of those an interval says next to nothing. */
const MANY_VAULTS = 12;
const HOUSEHOLD = { size: 0.2, sessions: 1 } as const;
const LEARNING = ['logistic regression', 'boosted trees'] as const;
const seed = seedOfRun();

async function attackOn(
  vaults: number,
  create: (random: SeededRandom) => ObservedStore,
  ...names: readonly string[]
): Promise<readonly Finding[]> {
  const questions = QUESTIONS.filter(({ name }) => names.includes(name));
  const attack = new Attack({ seed, questions });
  for (let vault = 0; vault < vaults; vault++) {
    const store = create(new SeededRandom(seed + vault));
    attack.add(await copyDaily(createHousehold({ seed: seed + vault, ...HOUSEHOLD }), store));
  }
  return attack.findings();
}

const by = (findings: readonly Finding[], start: string, known: Knowledge) =>
  findings.filter(({ classifier, knowledge }) => classifier.startsWith(start) && knowledge === known);

function say(store: string, findings: readonly Finding[]): void {
  const best = strongest(findings);
  const verdict = best === undefined ? '' : `  best: ${describeFinding(best)}\n`;
  process.stdout.write(`${store} (SIGNET_SEED=${seed})\n${verdict}${reportOf(findings)}\n`);
}

/** That the best of each of these families is sure to be above the bound. */
function expectCaught(findings: readonly Finding[], knowledge: Knowledge, families: readonly string[]): void {
  for (const family of families) {
    expect(strongest(by(findings, family, knowledge))?.estimate.low, family).toBeGreaterThan(BOUND);
  }
}

describe('the test that finds nothing in the vault catches a store', () => {
  test('whose rows are as long as what they hold, from one copy and by size alone', async () => {
    const findings = await attackOn(
      FEW_VAULTS,
      (random) => new UnpaddedStore(random),
      'email or another collection',
      'tier 1 or 2',
    );
    say('rows not padded', findings);
    expectCaught(findings, 'one copy', ['size', ...LEARNING]);
  }, 120_000);

  test('whose rows stay and whose decoys never change, from thirty copies and by rate and by co-change', async () => {
    const findings = await attackOn(MANY_VAULTS, (random) => new SteadyStore(random), 'decoy or record');
    say('rows stay, decoys never change', findings);
    expectCaught(findings, 'thirty copies', ['rate', 'co-change', ...LEARNING]);
    const ofOneCopy = by(findings, '', 'one copy');
    expect(ofOneCopy.length).toBeGreaterThan(10);
    expect(ofOneCopy.filter(({ estimate }) => estimate.auc > BOUND).map(describeFinding)).toEqual([]);
  }, 120_000);

  test('whose ids betray the order of writes, from one copy and by position alone', async () => {
    const findings = await attackOn(FEW_VAULTS, (random) => new CountingStore(random), 'decoy or record');
    say('ids that count', findings);
    expectCaught(findings, 'one copy', ['position', ...LEARNING]);
  }, 120_000);
});

describe('what leaks less', () => {
  test('is told as well: decoys that change with three rows of four', async () => {
    const findings = await attackOn(MANY_VAULTS, (random) => new SteadyStore(random, 0.75), 'decoy or record');
    say('rows stay, three decoys of four change with theirs', findings);
    const [rate] = by(findings, 'rate: changes', 'thirty copies');
    expect(rate?.estimate.low).toBeGreaterThan(0.505);
    expect(rate?.estimate.high).toBeLessThan(0.6);
  }, 120_000);
});
