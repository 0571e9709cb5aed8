import { SignetError, randomBytes } from '../../lib/core/index.ts';
import type { Mark } from '../../lib/vault/index.ts';
import { createVault } from '../../lib/wallet/index.ts';
import { colourNames, shapeNames } from '../../components/mark-names.ts';
import { EXIT, UsageError } from '../command.ts';
import { defineCommand } from '../define-command.ts';
import type { CommandVault } from '../vault/command-vault.ts';
import { withVault } from '../vault/command-vault.ts';
import { NewFile } from '../vault/new-file.ts';
import { PASSWORD_OPTIONS } from '../vault/secrets.ts';
import { Terminal } from '../vault/terminal.ts';

export const initCommand = defineCommand({
  operands: '',
  options: {
    'words-file': { type: 'string', value: 'FILE', about: 'writes the 24 words to a new file instead of showing them' },
    ...PASSWORD_OPTIONS,
  },
  notes: [
    'The 24 words bring the vault back when the password is forgotten. They are shown once.',
    'The vault lies in ~/.local/share/signet (XDG_DATA_HOME, or SIGNET_DIR for another folder), for you alone.',
    'Exits with 0, or with 2 when there is a vault already or none can be made.',
  ],
  async run({ values }) {
    const { 'words-file': file } = values;
    if (file === undefined && Terminal.find() === undefined) {
      throw new UsageError('There is no terminal to show the 24 words on: give --words-file.');
    }
    await withVault(values, (vault) => make(vault, file), { makes: true, keepsSession: true });
    return EXIT.good;
  },
});

async function make(vault: CommandVault, file: string | undefined): Promise<void> {
  if ((await vault.services.keeper.state()) !== 'none') {
    throw new SignetError('vault_exists', 'There is a vault already. Nothing was changed.');
  }
  const password = await vault.password.choose('A password for the vault');
  if (file === undefined) return showWords(vault, await found(vault, password));
  using words = NewFile.make(file);
  const phrase = await found(vault, password);
  try {
    words.write(`${phrase.join(' ')}\n`);
    words.keep();
  } catch (error) {
    await vault.services.keeper.erase(); // nobody has its words
    await vault.services.keeper.finish();
    throw error;
  }
}

async function found(vault: CommandVault, password: string): Promise<readonly string[]> {
  const { words } = await createVault(vault.services, { password, mark: anyMark() });
  return words;
}

/** The words leave the screen when the person has them. */
async function showWords({ terminal }: CommandVault, words: readonly string[]): Promise<void> {
  const numbered = words.map((word, place) => `${String(place + 1).padStart(2)}. ${word.padEnd(10)}`);
  const rows = Array.from({ length: 6 }, (_, row) => numbered.slice(row * 4, row * 4 + 4).join(' '));
  terminal?.say(['', 'Write these words down, in this order. They are not shown again.', '', ...rows, '']);
  await terminal?.askHidden('Enter takes them off the screen. ');
  terminal?.wipe();
  terminal?.say(['There is a vault now.']);
}

/** What the unlock field shows where this vault is put into a browser from a backup. */
function anyMark(): Mark {
  const [first = 0, second = 0] = randomBytes(2);
  return {
    shape: shapeNames[first % shapeNames.length] ?? shapeNames[0],
    colour: colourNames[second % colourNames.length] ?? 'teal',
  };
}
