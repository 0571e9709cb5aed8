import { lockVault } from '../../lib/wallet/index.ts';
import { EXIT } from '../command.ts';
import { defineCommand } from '../define-command.ts';
import { withVault } from '../vault/command-vault.ts';

export const lockCommand = defineCommand({
  operands: '',
  options: {},
  notes: ['Harmless when it is locked. Exits with 0, or with 2 when it cannot be locked.'],
  async run() {
    await withVault({ 'password-file': undefined, 'password-fd': undefined }, ({ services }) =>
      lockVault(services, 'person'),
    );
    return EXIT.good;
  },
});
