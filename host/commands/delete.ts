import { SignetError } from '../../lib/core/index.ts';
import { deleteAttribute, listAttributes } from '../../lib/wallet/index.ts';
import { EXIT, UsageError } from '../command.ts';
import { defineCommand } from '../define-command.ts';
import type { CommandVault } from '../vault/command-vault.ts';
import { withVault } from '../vault/command-vault.ts';
import { PASSWORD_OPTIONS } from '../vault/secrets.ts';
import { Terminal } from '../vault/terminal.ts';

export const deleteCommand = defineCommand({
  operands: 'LABEL',
  options: {
    yes: { type: 'boolean', about: 'without asking' },
    ...PASSWORD_OPTIONS,
  },
  notes: [
    'LABEL may be the id that `signet list` shows. Backups that were made before still hold it.',
    'Exits with 0 when it is gone, 1 when it was not to be, 2 when there is no such record or it cannot be deleted.',
  ],
  async run({ operands: [name = ''], values }) {
    if (!values.yes && Terminal.find() === undefined) {
      throw new UsageError('There is no terminal to ask on: --yes deletes without asking.');
    }
    const isGone = await withVault(values, async (vault) => {
      await vault.open();
      return remove(vault, name, values.yes);
    });
    return isGone ? EXIT.good : EXIT.bad;
  },
});

async function remove(vault: CommandVault, name: string, isSure: boolean): Promise<boolean> {
  const { services, terminal } = vault;
  const { attributes } = await listAttributes(services);
  const [found, other] = attributes.filter(({ id, label }) => id === name || label === name);
  if (found === undefined) throw new SignetError('not_found', `There is no ${name}.`);
  if (other !== undefined) throw new SignetError('bad_request', `There are several of the label ${name}: give the id.`);
  const goesOn = isSure || (await terminal?.confirms(`${found.label} will be gone from the vault.`)) === true;
  if (goesOn) await deleteAttribute(services, found.id);
  return goesOn;
}
