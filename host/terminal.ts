import { isatty } from 'node:tty';
import { styleText } from 'node:util';
import { writeError } from './standard-streams.ts';

const OUTPUT = 1;
const ERRORS = 2;
/** Lines longer than this are hard to read, however wide the window. */
const WIDEST = 100;
const NARROWEST = 40;

/** How something is meant; never said by colour alone. */
export type Tone = 'good' | 'warn' | 'bad' | 'soft';

const STYLES = { good: 'green', warn: 'yellow', bad: 'red', soft: 'dim' } as const;

/** Coloured on a terminal that shows colours, and where neither `NO_COLOR` nor `TERM=dumb` asks for none. */
export function paint(tone: Tone, text: string): string {
  if (!isatty(OUTPUT)) return text;
  return styleText(STYLES[tone], text, { validateStream: true, stream: process.stdout });
}

/** Columns to wrap at; undefined where nobody looks: a program wants its lines whole. */
export function columns(): number | undefined {
  if (!isatty(OUTPUT)) return undefined;
  return Math.min(WIDEST, Math.max(NARROWEST, process.stdout.columns));
}

/**
 * Says on standard error that something takes its time, and takes it back when it is over; only on a terminal that can.
 * @param what a sentence without its end: `Checking the log`
 */
export async function whileWorking<Result>(what: string, act: () => Result | Promise<Result>): Promise<Result> {
  if (!isatty(ERRORS) || process.env['TERM'] === 'dumb') return act();
  writeError(`${what} …`);
  try {
    return await act();
  } finally {
    writeError('\r\u001b[K');
  }
}
