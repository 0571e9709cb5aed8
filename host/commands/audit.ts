import { exportLog, LogChecks, reviewActivity } from '../../lib/wallet/index.ts';
import type { AuditEntryView } from '../../lib/messaging/contract.ts';
import type { VaultServices } from '../../lib/wallet/index.ts';
import type { Exit, Values } from '../command.ts';
import { EXIT, UsageError } from '../command.ts';
import { defineCommand } from '../define-command.ts';
import { printJson, printLines } from '../printable.ts';
import { withVault } from '../vault/command-vault.ts';
import { NewFile } from '../vault/new-file.ts';
import { PASSWORD_OPTIONS } from '../vault/secrets.ts';

const USUAL = 20;
const MOST = 1000;

const OPTIONS = {
  last: { type: 'string', value: 'COUNT', about: `how many entries, newest last (${USUAL})` },
  verify: { type: 'boolean', about: 'checks the whole log instead' },
  export: { type: 'string', value: 'FILE', about: 'writes the whole log and its checkpoint to a new file instead' },
  json: { type: 'boolean', about: 'says it for machines' },
  ...PASSWORD_OPTIONS,
} as const;

export const auditCommand = defineCommand({
  operands: '',
  options: OPTIONS,
  notes: [
    'What happened in the vault, without any value. `signet verify-log` checks what was exported, without the vault.',
    'Exits with 0, 1 when the log is not whole, 2 when it cannot be read.',
  ],
  async run({ values }) {
    if (values.verify && values.export !== undefined) throw new UsageError('Give --verify or --export, not both.');
    return withVault(values, async (vault) => {
      await vault.open();
      return answer(vault.services, values);
    });
  },
});

function answer(services: VaultServices, values: Values<typeof OPTIONS>): Promise<Exit> {
  if (values.verify) return verify(services, values.json);
  if (values.export !== undefined) return writeExport(services, values.export);
  return show(services, countIn(values.last ?? String(USUAL)), values.json);
}

function countIn(text: string): number {
  const count = /^\d{1,4}$/.test(text) ? Number(text) : 0;
  if (count < 1 || count > MOST) throw new UsageError(`--last takes a number from 1 to ${MOST}.`);
  return count;
}

async function show(services: VaultServices, count: number, json: boolean): Promise<Exit> {
  const { entries, total } = await reviewActivity(services, { limit: count });
  const oldestFirst = entries.toReversed();
  if (json) printJson({ total, entries: oldestFirst });
  else printLines(oldestFirst.map(lineOf));
  return EXIT.good;
}

function lineOf({ seq, time, kind, subject, claims, decision }: AuditEntryView): string {
  const at = new Date(time).toISOString().slice(0, 19).replace('T', ' ');
  const parts = [kind, subject, claims.join(', '), decision].filter((part) => part !== '');
  return `${String(seq).padStart(6)}  ${at}  ${parts.join(' · ')}`;
}

/** A stretch at a time, as the extension does it. */
async function verify(services: VaultServices, json: boolean): Promise<Exit> {
  const checks = new LogChecks();
  let found = await checks.advance(services, undefined);
  while (!found.done) found = await checks.advance(services, found.id);
  const { problem, checked, checkpoint } = found;
  if (json)
    printJson({ good: problem === undefined, checked, problem: problem ?? null, checkpoint: checkpoint ?? null });
  else if (problem !== undefined) printLines([`Not whole: entry ${problem.seq}, ${problem.kind}.`]);
  else printLines([`Whole: ${checked} entries, root ${checkpoint?.root ?? ''}.`]);
  return problem === undefined ? EXIT.good : EXIT.bad;
}

async function writeExport(services: VaultServices, path: string): Promise<Exit> {
  using file = NewFile.make(path);
  for (let from: number | undefined = 0; from !== undefined;) {
    const { text, next }: Awaited<ReturnType<typeof exportLog>> = await exportLog(services, { from });
    file.write(text);
    from = next;
  }
  file.keep();
  return EXIT.good;
}
