import { describe, expect, test } from 'vitest';
import { CountingStore } from '../../../fixtures/leaky/counting-store.ts';
import { SteadyStore } from '../../../fixtures/leaky/steady-store.ts';
import { UnpaddedStore } from '../../../fixtures/leaky/unpadded-store.ts';
import type { Finding } from '../../../fixtures/statistics/attack.ts';
import { Attack } from '../../../fixtures/statistics/attack.ts';
import { copyDaily } from '../../../fixtures/statistics/copies.ts';
import { createHousehold } from '../../../fixtures/statistics/household.ts';
import type { ObservedStore } from '../../../fixtures/statistics/observed-store.ts';
import { QUESTIONS } from '../../../fixtures/statistics/questions.ts';
import { describeFinding, reportOf, strongest } from '../../../fixtures/statistics/report.ts';
import { SeededRandom, seedOfRun } from '../../../fixtures/statistics/seeded-random.ts';

const VAULTS = 3;
const BOUND = 0.55;
const seed = seedOfRun();

async function attackOn(
  create: (random: SeededRandom) => ObservedStore,
  ...names: readonly string[]
): Promise<readonly Finding[]> {
  const questions = QUESTIONS.filter(({ name }) => names.includes(name));
  const attack = new Attack({ seed, questions });
  for (let vault = 0; vault < VAULTS; vault++) {
    const store = create(new SeededRandom(seed + vault));
    attack.add(await copyDaily(createHousehold({ seed: seed + vault, size: 0.6 }), store));
  }
  return attack.findings();
}

const by = (findings: readonly Finding[], start: string) =>
  findings.filter(({ classifier }) => classifier.startsWith(start));

function say(store: string, findings: readonly Finding[], caught = strongest(findings)): void {
  const verdict = caught === undefined ? '' : `  best: ${describeFinding(caught)}\n`;
  process.stdout.write(`${store} (${VAULTS} vaults, SIGNET_SEED=${seed})\n${verdict}${reportOf(findings)}\n`);
}

describe('the test that finds nothing in the vault catches a store', () => {
  test('whose rows are as long as what they hold, from one copy and by size alone', async () => {
    const findings = await attackOn(
      (random) => new UnpaddedStore(random),
      'email or another collection',
      'tier 1 or 2',
    );
    const caught = strongest(by(findings, 'size'));
    say('rows not padded', findings, caught);
    expect(caught?.estimate.low).toBeGreaterThan(BOUND);
    expect(caught?.knowledge).toBe('one copy');
    for (const learnt of ['logistic regression', 'boosted trees']) {
      expect(strongest(by(findings, learnt))?.estimate.low).toBeGreaterThan(BOUND);
    }
  }, 120_000);

  test('whose rows stay and whose decoys never change, from thirty copies and by rate and by co-change', async () => {
    const findings = await attackOn((random) => new SteadyStore(random), 'decoy or record');
    say('rows stay, decoys never change', findings);
    for (const family of ['rate', 'co-change', 'logistic regression', 'boosted trees']) {
      expect(strongest(by(findings, family)), family).toMatchObject({ knowledge: 'thirty copies' });
      expect(strongest(by(findings, family))?.estimate.low, family).toBeGreaterThan(BOUND);
    }
  }, 120_000);

  test('whose ids betray the order of writes, from one copy and by position alone', async () => {
    const findings = await attackOn((random) => new CountingStore(random), 'decoy or record');
    const caught = strongest(by(findings, 'position'));
    say('ids that count', findings, caught);
    expect(caught?.estimate.low).toBeGreaterThan(BOUND);
    expect(caught?.knowledge).toBe('one copy');
    for (const learnt of ['logistic regression', 'boosted trees']) {
      expect(strongest(by(findings, learnt))?.estimate.low).toBeGreaterThan(BOUND);
    }
  }, 120_000);
});

describe('what leaks less', () => {
  test('is told as well: decoys that change with three rows of four', async () => {
    const findings = await attackOn((random) => new SteadyStore(random, 0.75), 'decoy or record');
    const best = strongest(by(findings, 'rate'));
    say('rows stay, three decoys of four change with theirs', findings, best);
    expect(best?.estimate.auc).toBeGreaterThan(0.505);
    expect(best?.estimate.auc).toBeLessThan(0.6);
  }, 120_000);
});
