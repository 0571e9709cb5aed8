import { readFileSync } from 'node:fs';
import { SignetError, toBase64 } from '../../lib/core/index.ts';
import type { RestoreReport } from '../../lib/messaging/contract.ts';
import { PIECE_LENGTH } from '../../lib/vault/index.ts';
import type { RestoreOpener } from '../../lib/vault/index.ts';
import { BackupDesk } from '../../lib/wallet/index.ts';
import type { Values } from '../command.ts';
import { EXIT, UsageError } from '../command.ts';
import { defineCommand } from '../define-command.ts';
import { printLines } from '../printable.ts';
import type { CommandVault } from '../vault/command-vault.ts';
import { withVault } from '../vault/command-vault.ts';
import { PASSPHRASE_OPTIONS, PASSWORD_OPTIONS, Secret } from '../vault/secrets.ts';
import { Terminal } from '../vault/terminal.ts';

const OPTIONS = {
  'by-words': { type: 'boolean', about: 'by the 24 words, typed, and a new password: Tier 2 is lost then' },
  'erase-existing': { type: 'boolean', about: 'in the place of the vault that is here, which is erased' },
  yes: { type: 'boolean', about: 'erases without asking' },
  ...PASSPHRASE_OPTIONS,
  ...PASSWORD_OPTIONS,
} as const;

export const restoreCommand = defineCommand({
  operands: 'FILE',
  options: OPTIONS,
  notes: [
    'Takes the passphrase of the backup, and the password that the vault had then. A backup of the extension will do.',
    'Everything is opened and checked before anything is erased.',
    'Exits with 0 when all is put back, 1 when it was not to be, 2 when it cannot be.',
  ],
  async run({ operands: [path = ''], values }) {
    const terminal = Terminal.find();
    if (values['by-words'] && terminal === undefined) throw new UsageError('The words are typed on a terminal.');
    const file = readBackup(path);
    if (!(await mayErase(values, terminal))) return EXIT.bad;
    const passphrase = await Secret.passphrase(values, terminal).ask("The backup's passphrase");
    const eraseExisting = values['erase-existing'];
    const report = await withVault(
      values,
      async (vault) => {
        const opener = await openerOf(vault, values['by-words']);
        return putBack(vault, file, { passphrase, opener, eraseExisting });
      },
      { makes: true, keepsSession: true },
    );
    printLines(linesOf(report));
    return EXIT.good;
  },
});

function readBackup(path: string): Uint8Array {
  try {
    return readFileSync(path);
  } catch (cause) {
    throw new SignetError('not_found', `${path} cannot be read.`, { cause });
  }
}

async function mayErase(
  { 'erase-existing': erases, yes }: Values<typeof OPTIONS>,
  terminal: Terminal | undefined,
): Promise<boolean> {
  if (!erases || yes) return true;
  if (terminal === undefined) throw new UsageError('There is no terminal to ask on: --yes erases without asking.');
  return terminal.confirms('The vault that is here will be erased, with all that is in it.', 'erase');
}

async function openerOf({ password, terminal }: CommandVault, byWords: boolean): Promise<RestoreOpener> {
  if (!byWords || terminal === undefined) {
    return { password: await password.ask('The password that the vault had then') };
  }
  const phrase = await terminal.askHidden('The 24 words: ');
  return { phrase, password: await password.choose('A new password') };
}

type Order = Omit<Parameters<BackupDesk['commit']>[1], 'id'>;

function putBack({ services }: CommandVault, file: Uint8Array, order: Order): Promise<RestoreReport> {
  const desk = new BackupDesk();
  const { id } = desk.begin(services, { bytes: file.length });
  for (let index = 0; index * PIECE_LENGTH < file.length; index++) {
    const piece = file.subarray(index * PIECE_LENGTH, (index + 1) * PIECE_LENGTH);
    desk.take(services, { id, index, data: toBase64(piece) });
  }
  return desk.commit(services, { id, ...order });
}

function linesOf({ records, keptErased, maybeUsed, tier2Lost }: RestoreReport): readonly string[] {
  return [
    `Put back: ${records} records.`,
    ...keptErased.map((name) => `The compartment ${name} was erased since, and stays so.`),
    ...(maybeUsed > 0 ? [`Copies that may have been used since: ${maybeUsed}. They count as used.`] : []),
    ...(tier2Lost === true ? ['Tier 2 hangs on the password of that time, and is lost.'] : []),
  ];
}
