import { beforeAll, describe, expect, test } from 'vitest';
import type { Finding } from '../../../fixtures/statistics/attack.ts';
import { Attack, KNOWLEDGE } from '../../../fixtures/statistics/attack.ts';
import { BlindVault } from '../../../fixtures/statistics/blind-vault.ts';
import { copyDaily } from '../../../fixtures/statistics/copies.ts';
import { createHousehold } from '../../../fixtures/statistics/household.ts';
import { describeFinding, highest, reportOf } from '../../../fixtures/statistics/report.ts';
import { SeededRandom, seedOfRun } from '../../../fixtures/statistics/seeded-random.ts';
import { shareOfRun } from '../../../fixtures/statistics/share.ts';

const BOUND = 0.55;
const HOURS = 3_600_000;

const seed = seedOfRun();
const share = shareOfRun();
let findings: readonly Finding[] = [];

beforeAll(async () => {
  const attack = new Attack({ seed, ...share });
  let [rows, inUse] = [0, 0];
  for (let vault = 0; vault < share.vaults; vault++) {
    const household = createHousehold({ seed: seed + vault, size: share.size, sessions: share.sessions });
    const copies = await copyDaily(household, new BlindVault(new SeededRandom(seed + vault)));
    rows += copies.reduce((sum, copy) => sum + copy.rows.length, 0);
    inUse += copies.filter((copy) => copy.inUse).length;
    attack.add(copies);
  }
  findings = attack.findings();
  const worst = highest(findings);
  process.stdout.write(
    `${share.vaults} vaults, 30 daily copies each (${inUse} taken while the vault was open), ${rows} rows in all, ` +
      `SIGNET_SEED=${seed}\nAUC with its 95 % interval, on vaults that the classifier has not seen\n` +
      `${reportOf(findings)}\nhighest of ${findings.length}: ${worst === undefined ? '' : describeFinding(worst)}\n`,
  );
}, 6 * HOURS);

describe.each(KNOWLEDGE)('whoever has %s of a vault’s database', (knowledge) => {
  test.each(share.questions.map(({ name }) => name))('cannot tell: %s (AUC at most 0.55)', (question) => {
    const asked = findings.filter((finding) => finding.question === question && finding.knowledge === knowledge);
    expect(asked.length).toBeGreaterThan(10);
    const over = asked.filter(({ estimate }) => !(estimate.high <= BOUND));
    expect(over.map(describeFinding)).toEqual([]);
  });
});
