import { fromBase64 } from '../../lib/core/index.ts';
import { BackupDesk } from '../../lib/wallet/index.ts';
import { EXIT } from '../command.ts';
import { defineCommand } from '../define-command.ts';
import { printLines } from '../printable.ts';
import type { CommandVault } from '../vault/command-vault.ts';
import { withVault } from '../vault/command-vault.ts';
import { NewFile } from '../vault/new-file.ts';
import { PASSPHRASE_OPTIONS, PASSWORD_OPTIONS, Secret } from '../vault/secrets.ts';
import { Terminal } from '../vault/terminal.ts';

export const backupCommand = defineCommand({
  operands: 'FILE',
  options: {
    'tier-3': { type: 'boolean', about: 'with what lies in compartments' },
    ...PASSPHRASE_OPTIONS,
    ...PASSWORD_OPTIONS,
  },
  notes: [
    'Writes a new file, sealed under a passphrase of its own: the extension opens it too. To put it back takes that, and',
    'the password of today or the 24 words. Exits with 0 when it is on the disk, 2 when it cannot be made.',
  ],
  async run({ operands: [path = ''], values }) {
    const passphrase = Secret.passphrase(values, Terminal.find());
    await withVault(values, async (vault) => {
      await vault.open();
      using file = NewFile.make(path);
      const chosen = await passphrase.choose('A passphrase for the backup');
      await make(vault, file, { passphrase: chosen, tier3: values['tier-3'] });
    });
    printLines([`The backup is in ${path}.`]);
    return EXIT.good;
  },
});

/** The vault remembers it once it is on the disk. */
async function make(
  { services }: CommandVault,
  file: NewFile,
  order: Parameters<BackupDesk['make']>[1],
): Promise<void> {
  const desk = new BackupDesk();
  const { id, chunks } = await desk.make(services, order);
  for (let index = 0; index < chunks; index++) {
    file.write(fromBase64((await desk.chunk(services, { id, index })).data));
  }
  file.keep();
  await desk.saved(services, id);
}
