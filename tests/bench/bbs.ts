import type { BbsSuiteName } from '../../lib/credentials/bbs/index.ts';
import { presentBbs, verifyBbsPresentation, bbsRequestHash } from '../../lib/credentials/bbs/index.ts';
import { CARD, NONCE, SHOP, SUITES, expecting, openClub } from '../fixtures/bbs/club.ts';
import { type Row, type Suite, toRow } from './row.ts';

const MESSAGES = 10;
const SHOWN = ['perk_0', 'perk_5'];
const SAMPLES = 40;
const WARM_UPS = 5;

/** Milliseconds that p75 may take, for either suite. */
const TARGETS = { derive: 150, verify: 120 } as const;

/** What a presentation of ten messages costs, two of them shown, by either suite, in Node. */
export const bbs: Suite = {
  name: 'bbs',
  async run() {
    const rows: Row[] = [];
    for (const name of SUITES) rows.push(...(await timeSuite(name)));
    return rows;
  },
};

async function timeSuite(name: BbsSuiteName): Promise<readonly Row[]> {
  const club = await openClub(name);
  const card = await club.card(Array.from({ length: MESSAGES }, (_, i) => [`perk_${i}`, `value ${i}`] as const));
  const binding = { origin: SHOP, nonce: NONCE, requestHash: bbsRequestHash(SHOWN, [CARD]) };
  const derive = (): Promise<string> => presentBbs(card, club.key, SHOWN, binding);
  const presentation = await derive();
  const verify = async (): Promise<void> => {
    const result = await verifyBbsPresentation(presentation, expecting(club, SHOWN));
    if (!result.valid) throw new Error(`The presentation was refused: ${result.detail}`);
  };
  const row = (what: keyof typeof TARGETS, samples: readonly number[]): Row =>
    toRow({
      suite: 'bbs',
      name: `${name}: ${what}, ${MESSAGES} messages`,
      unit: 'ms',
      samples,
      target: TARGETS[what],
    });
  return [row('derive', await timeEach(derive)), row('verify', await timeEach(verify))];
}

async function timeEach(act: () => Promise<unknown>): Promise<number[]> {
  const samples: number[] = [];
  for (let i = 0; i < WARM_UPS + SAMPLES; i++) {
    const start = performance.now();
    await act();
    samples.push(performance.now() - start);
  }
  return samples.slice(WARM_UPS);
}
