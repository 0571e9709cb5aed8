import { createHash } from 'node:crypto';

/** Where `npm run times` writes down the seconds that each file of the command's and the browser's tests took. */
export const TIMES = 'tests/seconds.json';

/** The main job, and the window that says yes: in every share. */
const ALWAYS: readonly string[] = ['tests/e2e/journey.test.ts', 'tests/e2e/consent-arming.test.ts'];

/** Seconds that a file which was not timed yet is taken to need. */
const UNKNOWN = 30;

export interface Share {
  /** Paths from the root. */
  readonly files: readonly string[];
  /** How many there are in all. */
  readonly of: number;
}

/**
 * Files that together take about so long: those that are always run, then others in an order that the seed decides. The
 * first of these is in whatever it takes, or else the longest would never be run; the rest are as many as fit.
 * @param all every file there is, as paths from the root
 * @param times seconds by path
 * @param options.seconds how long all of them may take
 */
export function drawShare(
  all: readonly string[],
  times: Readonly<Record<string, number>>,
  { seed, seconds }: { readonly seed: string; readonly seconds: number },
): Share {
  const [first, ...others] = inOrder(
    all.filter((file) => !ALWAYS.includes(file)),
    seed,
  );
  const needed = (file: string): number => times[file] ?? UNKNOWN;
  const files = [...all.filter((file) => ALWAYS.includes(file)), ...(first === undefined ? [] : [first])];
  let left = files.reduce((rest, file) => rest - needed(file), seconds);
  for (const file of others) {
    if (needed(file) > left) continue;
    files.push(file);
    left -= needed(file);
  }
  return { files, of: all.length };
}

const inOrder = (files: readonly string[], seed: string): readonly string[] =>
  files
    .map((file) => ({ file, rank: createHash('sha256').update(`${seed}\n${file}`).digest('hex') }))
    .sort((one, other) => (one.rank < other.rank ? -1 : 1))
    .map(({ file }) => file);
