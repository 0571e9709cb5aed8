import { UsageError, EXIT } from '../command.ts';
import { defineCommand } from '../define-command.ts';
import type { LogRow } from '../keeping/ledger.ts';
import { Ledger } from '../keeping/ledger.ts';
import { policyFolder } from '../keeping/policy-folder.ts';
import type { Line } from '../printable.ts';
import { printJson, printLines, toned } from '../printable.ts';
import { toneOf } from '../verdict-tone.ts';

const USUAL = 20;
const MOST = 50_000;

export const logCommand = defineCommand({
  operands: '',
  options: {
    last: { type: 'string', value: 'COUNT', about: `how many decisions (${USUAL})` },
    reset: { type: 'boolean', about: 'forgets them all: nothing was done or spent' },
  },
  notes: ['Exits with 0, or with 2 when the ledger is lost or damaged.'],
  run({ values: { last = String(USUAL), json, reset } }) {
    const count = /^\d{1,6}$/.test(last) ? Number(last) : 0;
    if (count < 1 || count > MOST) throw new UsageError(`--last takes a number from 1 to ${MOST}.`);
    const { path } = policyFolder();
    if (reset) Ledger.reset(path);
    const { rows, spent } = readLedger(path, count);
    if (json) printJson({ spent, decisions: rows });
    else
      printLines([
        ...rows.toReversed().map(lineOf),
        ...Object.entries(spent).map(([name, sum]) => `Spent, ${name}: ${sum}`),
      ]);
    return EXIT.good;
  },
});

function readLedger(path: string, count: number) {
  const ledger = Ledger.open(path);
  try {
    return { rows: ledger.last(count), spent: ledger.spendings() };
  } finally {
    ledger.close();
  }
}

function lineOf({ time, tool, verdict, rule, detail, done }: LogRow): Line {
  const asked = verdict === 'ASK' && done === 1 ? ' (done)' : '';
  const stamp = new Date(time).toISOString().slice(0, 19).replace('T', ' ');
  return [
    toned('soft', stamp),
    ' ',
    toned(toneOf(verdict), `${verdict}${asked}`),
    ...[tool, rule ?? 'default', detail].map((part) => ` · ${part}`),
  ];
}
