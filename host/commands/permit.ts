import { parseAudience, toMajorUnits } from '../../lib/core/index.ts';
import type { Rule } from '../../lib/policy/index.ts';
import type { SpendingPermit } from '../../lib/wallet/index.ts';
import { endSpendingPermit, listSpendingPermits, permitSpending } from '../../lib/wallet/index.ts';
import type { Values } from '../command.ts';
import { EXIT, UsageError } from '../command.ts';
import { defineCommand } from '../define-command.ts';
import { printJson, printLines } from '../printable.ts';
import type { CommandVault } from '../vault/command-vault.ts';
import { withVault } from '../vault/command-vault.ts';
import { PASSWORD_OPTIONS } from '../vault/secrets.ts';

const DAY = 24 * 60 * 60_000;

const OPTIONS = {
  domain: { type: 'string', value: 'DOMAIN', about: 'who may use the tokens: an origin, or a host' },
  kind: { type: 'string', value: 'WORD', about: 'what they allow (purchase)' },
  'max-amount': { type: 'string', value: 'AMOUNT', about: 'the most of one token' },
  currency: { type: 'string', value: 'CODE', about: 'of the amount, by ISO 4217 (USD)' },
  uses: { type: 'string', value: 'COUNT', about: 'how many tokens in all (1)' },
  days: { type: 'string', value: 'COUNT', about: 'for how many days (1)' },
  remove: { type: 'string', value: 'ID', about: 'takes one back instead' },
  list: { type: 'boolean', about: 'lists them instead' },
  json: { type: 'boolean', about: 'says it for machines' },
  ...PASSWORD_OPTIONS,
} as const;

export const permitCommand = defineCommand({
  operands: '',
  options: OPTIONS,
  notes: [
    'Lets `signet capability` give tokens where nobody can be asked. Takes the password, whether the vault is open or not.',
    'Exits with 0, or with 2 when it cannot be permitted.',
  ],
  async run({ values }) {
    const permit = values.list || values.remove !== undefined ? undefined : readPermit(values);
    await withVault(values, async (vault) => {
      await vault.open();
      if (values.list) return list(vault, values.json);
      await vault.showPerson();
      return permit === undefined
        ? endSpendingPermit(vault.services, values.remove ?? '')
        : save(vault, permit, values.json);
    });
    return EXIT.good;
  },
});

type Wanted = Omit<SpendingPermit, 'until'> & { readonly days: number };

function readPermit({
  domain,
  kind = 'purchase',
  currency = 'USD',
  uses,
  days,
  ...rest
}: Values<typeof OPTIONS>): Wanted {
  const { 'max-amount': amount } = rest;
  if (domain === undefined) throw new UsageError('Say who may use the tokens: --domain.');
  if (amount === undefined) throw new UsageError('Say how much one of them may take: --max-amount.');
  return {
    audience: parseAudience(domain, 'domain'),
    kind,
    amount,
    currency,
    uses: countIn(uses, 'uses'),
    days: countIn(days, 'days'),
  };
}

function countIn(text = '1', option: string): number {
  if (!/^[1-9]\d{0,3}$/.test(text)) throw new UsageError(`--${option} takes a number from 1 to 9999.`);
  return Number(text);
}

async function save({ services }: CommandVault, { days, ...permit }: Wanted, json: boolean): Promise<void> {
  const { id } = await permitSpending(services, { ...permit, until: services.clock() + days * DAY });
  if (json) printJson({ id });
  else printLines([id]);
}

async function list({ services }: CommandVault, json: boolean): Promise<void> {
  const rules = await listSpendingPermits(services);
  if (json) printJson(rules);
  else printLines(rules.map(lineOf));
}

function lineOf({ id, subject, claims, when, until, obligations }: Rule): string {
  const who = 'site' in subject ? subject.site : 'somebody';
  const amounts = when.flatMap((one) => ('op' in one && one.op === 'amount_at_most' ? [one.value] : []));
  return [
    ...[id, who, claims === '*' ? 'anything' : claims.join(', ')],
    ...amounts.map(({ minor, currency }) => `up to ${toMajorUnits(minor, currency)} ${currency}`),
    ...(obligations?.max_uses === undefined ? [] : [`${obligations.max_uses} times in all`]),
    ...(until === undefined ? [] : [`until ${new Date(until).toISOString().slice(0, 16).replace('T', ' ')}`]),
  ].join(' · ');
}
