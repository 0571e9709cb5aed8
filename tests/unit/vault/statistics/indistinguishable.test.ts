import { beforeAll, describe, expect, test } from 'vitest';
import type { Finding } from '../../../fixtures/statistics/attack.ts';
import { Attack, KNOWLEDGE } from '../../../fixtures/statistics/attack.ts';
import { BlindVault } from '../../../fixtures/statistics/blind-vault.ts';
import { copyDaily } from '../../../fixtures/statistics/copies.ts';
import { createHousehold } from '../../../fixtures/statistics/household.ts';
import type { Question } from '../../../fixtures/statistics/questions.ts';
import { describeFinding, highest, reportOf } from '../../../fixtures/statistics/report.ts';
import { isOver, lookTwice } from '../../../fixtures/statistics/second-look.ts';
import { SeededRandom, seedOfRun } from '../../../fixtures/seeded-random.ts';
import { shareOfRun } from '../../../fixtures/statistics/share.ts';

const HOURS = 3_600_000;

const seed = seedOfRun();
const share = shareOfRun();
/** Seeds of the households taken so far: a second look takes others. */
let taken = 0;
let findings: readonly Finding[] = [];

async function look(questions: readonly Question[], times: number): Promise<readonly Finding[]> {
  const attack = new Attack({ ...share, seed, questions });
  const vaults = share.vaults * times;
  let [rows, inUse] = [0, 0];
  for (let vault = 0; vault < vaults; vault++) {
    const ofVault = seed + taken;
    taken += 1;
    const household = createHousehold({ seed: ofVault, size: share.size, sessions: share.sessions });
    const copies = await copyDaily(household, new BlindVault(new SeededRandom(ofVault)));
    rows += copies.reduce((sum, copy) => sum + copy.rows.length, 0);
    inUse += copies.filter((copy) => copy.inUse).length;
    attack.add(copies);
  }
  const found = attack.findings();
  const worst = highest(found);
  process.stdout.write(
    `${vaults} vaults, 30 daily copies each (${inUse} taken while the vault was open), ${rows} rows in all, ` +
      `SIGNET_SEED=${seed}\nAUC with its 95 % interval, on vaults that the classifier has not seen\n` +
      `${reportOf(found)}\nhighest of ${found.length}: ${worst === undefined ? '' : describeFinding(worst)}\n`,
  );
  return found;
}

beforeAll(async () => {
  findings = await lookTwice(share.questions, look);
}, 6 * HOURS);

describe.each(KNOWLEDGE)('whoever has %s of a vault’s database', (knowledge) => {
  test.each(share.questions.map(({ name }) => name))('cannot tell: %s (AUC at most 0.55)', (question) => {
    const asked = findings.filter((finding) => finding.question === question && finding.knowledge === knowledge);
    expect(asked.length).toBeGreaterThan(10);
    expect(asked.filter(isOver).map(describeFinding)).toEqual([]);
  });
});
