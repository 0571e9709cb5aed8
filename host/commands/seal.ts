import { rmSync } from 'node:fs';
import { EXIT } from '../command.ts';
import { defineCommand } from '../define-command.ts';
import { Ledger } from '../keeping/ledger.ts';
import { policyFolder } from '../keeping/policy-folder.ts';
import { writeWhole } from '../keeping/write-whole.ts';
import { readText } from '../read-text.ts';
import { withVault } from '../vault/command-vault.ts';
import { sealOf } from '../vault/policy-seal.ts';
import { PASSWORD_OPTIONS } from '../vault/secrets.ts';

export const sealCommand = defineCommand({
  operands: '',
  options: {
    remove: { type: 'boolean', about: 'takes the seal away instead' },
    ...PASSWORD_OPTIONS,
  },
  notes: [
    'From then on policy.yaml counts only as it is now: altered, or without policy.hmac, the default rules hold, and nothing',
    'is allowed unasked. While the vault is locked nothing is allowed unasked either. Takes the password each time.',
    'Exits with 0, or with 2 when it cannot be sealed.',
  ],
  async run({ values }) {
    const folder = policyFolder();
    const { text } = values.remove ? { text: '' } : readText(folder.policy);
    const seal = await withVault(values, async (vault) => {
      await vault.open();
      await vault.showPerson();
      return sealOf(text, vault);
    });
    if (values.remove) rmSync(folder.seal, { force: true });
    else writeWhole(folder.seal, `${seal}\n`);
    remember(folder.path, values.remove);
    return EXIT.good;
  },
});

/** So that a seal that somebody takes away is missed. */
function remember(folder: string, isRemoved: boolean): void {
  const ledger = Ledger.open(folder);
  try {
    ledger.alone(() => (isRemoved ? ledger.forgetSeal() : ledger.rememberSeal()));
  } finally {
    ledger.close();
  }
}
