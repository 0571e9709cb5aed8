import { describe, expect, test } from 'vitest';
import { drawShare } from '../../../tools/share.ts';

const MAIN = ['tests/e2e/consent-arming.test.ts', 'tests/e2e/journey.test.ts'];
const OTHERS = Array.from({ length: 40 }, (_, at) => `tests/e2e/other-${at}.test.ts`);
const TIMES = Object.fromEntries([...MAIN, ...OTHERS.slice(1)].map((file, at) => [file, 5 + (at % 30)]));
/** Not timed yet. */
const [NEW = ''] = OTHERS;

const draw = (seed: number, seconds: number) => drawShare([...MAIN, ...OTHERS], TIMES, { seed: String(seed), seconds });
const secondsOf = (files: readonly string[]) => files.reduce((sum, file) => sum + (TIMES[file] ?? 30), 0);
const SEEDS = Array.from({ length: 200 }, (_, seed) => seed);

describe('a share of the browser’s tests', () => {
  test('takes no longer than it may, and nothing more would have fitted in', () => {
    for (const seed of SEEDS) {
      const { files } = draw(seed, 120);
      expect(secondsOf(files)).toBeLessThanOrEqual(120);
      const left = OTHERS.filter((file) => !files.includes(file));
      expect(Math.min(...left.map((file) => secondsOf([file])))).toBeGreaterThan(120 - secondsOf(files));
    }
  });

  test('always has the main job and the window that says yes', () => {
    for (const seed of SEEDS) expect(draw(seed, 60).files).toEqual(expect.arrayContaining(MAIN));
  });

  test('comes to every file in time, also to one that was never timed', () => {
    const seen = new Set(SEEDS.flatMap((seed) => draw(seed, 120).files));
    expect(seen).toEqual(new Set([...MAIN, ...OTHERS]));
    expect(seen).toContain(NEW);
  });

  test('comes to a file that takes longer than all may, with nothing else that was drawn', () => {
    const [long = ''] = OTHERS;
    const all = [...MAIN, ...OTHERS];
    const shares = SEEDS.map((seed) =>
      drawShare(all, { ...TIMES, [long]: 1000 }, { seed: String(seed), seconds: 120 }),
    );
    const withIt = shares.filter(({ files }) => files.includes(long));
    expect(withIt.length).toBeGreaterThan(0);
    for (const { files } of withIt) expect(files).toEqual([...MAIN, long]);
  });

  test('is drawn again by its seed, and otherwise by another', () => {
    expect(draw(1, 120)).toEqual(draw(1, 120));
    expect(new Set(SEEDS.map((seed) => draw(seed, 120).files.join())).size).toBeGreaterThan(150);
  });

  test('names no file twice, and says how many there are', () => {
    const { files, of } = draw(7, 10_000);
    expect([...files].sort()).toEqual([...MAIN, ...OTHERS].sort());
    expect(of).toBe(42);
  });
});
