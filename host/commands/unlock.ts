import { SignetError } from '../../lib/core/index.ts';
import { EXIT } from '../command.ts';
import { defineCommand } from '../define-command.ts';
import { withVault } from '../vault/command-vault.ts';
import { PASSWORD_OPTIONS } from '../vault/secrets.ts';

export const unlockCommand = defineCommand({
  operands: '',
  options: PASSWORD_OPTIONS,
  notes: [
    'The vault stays open for 15 minutes after it was last used on a terminal, and no longer than your session here',
    '(XDG_RUNTIME_DIR). Whatever runs as you can use it meanwhile. Tier 3 takes the password each time all the same.',
    'Exits with 0, or with 2 when it cannot be opened or there is no place for what keeps it open.',
  ],
  async run({ values }) {
    await withVault(
      values,
      async (vault) => {
        if (!vault.isKept) throw new SignetError('unsupported', NO_PLACE);
        await vault.unlock();
      },
      { keepsSession: true },
    );
    return EXIT.good;
  },
});

const NO_PLACE =
  'There is no folder that is yours alone and ends with your session (XDG_RUNTIME_DIR): each command asks for the password.';
