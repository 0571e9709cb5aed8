import type { Attribute } from '../../lib/attributes/index.ts';
import { listAttributes } from '../../lib/wallet/index.ts';
import { EXIT } from '../command.ts';
import { defineCommand } from '../define-command.ts';
import { printJson, printLines } from '../printable.ts';
import { withVault } from '../vault/command-vault.ts';
import { oneOf } from '../vault/one-of.ts';
import { PASSWORD_OPTIONS } from '../vault/secrets.ts';

export const listCommand = defineCommand({
  operands: '',
  options: {
    tier: { type: 'string', value: 'N', about: 'of this tier alone' },
    json: { type: 'boolean', about: 'says it for machines' },
    ...PASSWORD_OPTIONS,
  },
  notes: [
    'Labels, types and dates; never a value. Exits with 0, 1 when a record cannot be read, 2 when the vault cannot.',
  ],
  async run({ values }) {
    const tier = values.tier === undefined ? undefined : Number(oneOf(['1', '2', '3'], values.tier, 'tier'));
    const { attributes, unreadable = 0 } = await withVault(values, async (vault) => {
      await vault.open();
      return listAttributes(vault.services);
    });
    const listed = attributes.filter((one) => tier === undefined || one.tier === tier).map(withoutValue);
    if (values.json) printJson({ records: listed, unreadable });
    else {
      printLines(listed.map(lineOf));
      if (unreadable > 0) printLines([`Missing or altered: ${unreadable}.`]);
    }
    return unreadable === 0 ? EXIT.good : EXIT.bad;
  },
});

/** What is listed is built of what may be seen. */
const withoutValue = ({ id, label, type, tier, compartment, updatedAt }: Attribute) => ({
  ...{ id, label, type, tier },
  ...(compartment === undefined ? {} : { compartment }),
  updatedAt: new Date(updatedAt).toISOString(),
});

function lineOf({ id, label, type, tier, compartment, updatedAt }: ReturnType<typeof withoutValue>): string {
  const where = compartment === undefined ? `tier ${tier}` : `tier ${tier}, ${compartment}`;
  return [label, type, where, updatedAt.slice(0, 10), id].join(' · ');
}
