import type { AttributeInput } from '../../lib/attributes/index.ts';
import { ATTRIBUTE_TYPES } from '../../lib/attributes/index.ts';
import { SignetError } from '../../lib/core/index.ts';
import { COMPARTMENT_NAMES } from '../../lib/vault/index.ts';
import { listAttributes, saveAttribute } from '../../lib/wallet/index.ts';
import type { Values } from '../command.ts';
import { EXIT, UsageError } from '../command.ts';
import { defineCommand } from '../define-command.ts';
import { readInput } from '../standard-streams.ts';
import type { CommandVault } from '../vault/command-vault.ts';
import { withVault } from '../vault/command-vault.ts';
import { oneOf } from '../vault/one-of.ts';
import { PASSWORD_OPTIONS } from '../vault/secrets.ts';
import { Terminal } from '../vault/terminal.ts';

const OPTIONS = {
  tier: {
    type: 'string',
    value: 'N',
    about: '1: may be proven, 2: for reasoning alone, 3: opened by the password alone',
  },
  label: { type: 'string', value: 'TEXT', about: 'what it is called' },
  value: { type: 'string', value: 'TEXT', about: 'what it is; - or left out: typed unseen, or from standard input' },
  type: { type: 'string', value: 'TYPE', about: `${ATTRIBUTE_TYPES.join(', ')} (text)` },
  compartment: { type: 'string', value: 'NAME', about: `at tier 3: ${COMPARTMENT_NAMES.join(', ')} (private)` },
  replace: { type: 'boolean', about: 'in the place of the one of this label' },
  ...PASSWORD_OPTIONS,
} as const;

export const storeCommand = defineCommand({
  operands: '',
  options: OPTIONS,
  notes: [
    'What stands in --value is in the history of your shell, and others on this machine can see it while the command runs.',
    'Tier 3 asks for the password each time, whether the vault is open or not.',
    'Exits with 0 when it is on the disk, 2 when it cannot be stored.',
  ],
  async run({ values }) {
    const asked = readAsked(values);
    const piped = isPiped(values.value) ? withoutNewline(readInput()) : values.value;
    await withVault(values, async (vault) => {
      await vault.open();
      await store(vault, asked, piped);
    });
    return EXIT.good;
  },
});

type Asked = Omit<AttributeInput, 'value'> & { readonly replaces: boolean };

function readAsked({ tier, label, type = 'text', compartment, replace }: Values<typeof OPTIONS>): Asked {
  if (label === undefined) throw new UsageError('Say what it is called: --label.');
  const checked = Number(oneOf(['1', '2', '3'], tier, 'tier')) as 1 | 2 | 3; // one of these texts
  if (checked !== 3 && compartment !== undefined) throw new UsageError('--compartment is for tier 3.');
  return {
    label,
    tier: checked,
    type: oneOf(ATTRIBUTE_TYPES, type, 'type'),
    replaces: replace,
    ...(checked === 3 ? { compartment: oneOf(COMPARTMENT_NAMES, compartment ?? 'private', 'compartment') } : {}),
  };
}

const isPiped = (value: string | undefined): boolean =>
  value === '-' || (value === undefined && Terminal.find() === undefined);

/** What `echo` puts at the end is no part of a value. */
const withoutNewline = (text: string): string => text.replace(/\r?\n$/, '');

async function store(vault: CommandVault, { replaces, ...asked }: Asked, piped: string | undefined): Promise<void> {
  const { services, terminal } = vault;
  const id = await idToReplace(vault, asked.label.trim(), replaces);
  const value = piped ?? (await terminal?.askHidden('Value: ')) ?? '';
  await saveAttribute(services, {
    ...{ ...asked, value },
    ...(id === undefined ? {} : { id }),
    ...(asked.tier === 3 ? { opener: { password: await vault.password.ask('Password, for tier 3') } } : {}),
  });
}

/** No value is written over by chance, and none stands twice. */
async function idToReplace({ services }: CommandVault, label: string, replaces: boolean): Promise<string | undefined> {
  const same = (await listAttributes(services)).attributes.filter((one) => one.label === label);
  if (same.length > 1) {
    throw new SignetError('bad_request', `There are several of the label ${label}: \`signet delete\` takes an id.`);
  }
  const [found] = same;
  if (found !== undefined && !replaces) {
    throw new SignetError('bad_request', `There is ${label} already: --replace puts this in its place.`);
  }
  return found?.id;
}
