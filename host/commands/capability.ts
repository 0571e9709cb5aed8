import type { Origin } from '../../lib/core/index.ts';
import { SignetError, parseAudience, parseJson } from '../../lib/core/index.ts';
import { readCapabilitySpec } from '../../lib/provider/request-schema.ts';
import type { CapabilitySpec } from '../../lib/provider/types.ts';
import type { Values } from '../command.ts';
import { EXIT, UsageError } from '../command.ts';
import { defineCommand } from '../define-command.ts';
import { printJson } from '../printable.ts';
import { readText } from '../read-text.ts';
import { writeLine } from '../standard-streams.ts';
import { askForCapability } from '../vault/ask-for-capability.ts';
import { withVault } from '../vault/command-vault.ts';
import { PASSWORD_OPTIONS } from '../vault/secrets.ts';

const OPTIONS = {
  domain: { type: 'string', value: 'DOMAIN', about: 'who may use it: an origin, or a host for its https origin' },
  purpose: { type: 'string', value: 'TEXT', about: 'what it is for' },
  kind: { type: 'string', value: 'WORD', about: 'what it allows (purchase)' },
  'max-amount': { type: 'string', value: 'AMOUNT', about: 'the most that it may take: 150 or 149.90' },
  currency: { type: 'string', value: 'CODE', about: 'of the amount, by ISO 4217 (USD)' },
  'one-time': { type: 'boolean', about: 'for one use; without --holder it always is' },
  'expires-in': { type: 'string', value: 'SECONDS', about: '60 at most, or 900 with --holder' },
  holder: { type: 'string', value: 'FILE', about: 'the public key (JWK) that has to prove each use' },
  json: { type: 'boolean', about: 'says it for machines' },
  ...PASSWORD_OPTIONS,
} as const;

export const capabilityCommand = defineCommand({
  operands: '',
  options: OPTIONS,
  notes: [
    'Writes the token alone to standard output. On a terminal you see what it would allow and say yes with your password;',
    'where there is none it is given only if a rule of yours permits it (`signet permit`).',
    'Exits with 0 when it was given, 1 when a rule, a limit or you said no, 2 when it cannot be given.',
  ],
  async run({ values }) {
    const { origin, spec } = readSpec(values);
    const response = await withVault(values, async (vault) => {
      await vault.open();
      return askForCapability(vault, origin, spec);
    });
    if (response.refusal !== undefined) {
      process.stderr.write(`${response.refusal}\n`);
      return EXIT.bad;
    }
    if (values.json) printJson(response.given);
    else writeLine(response.given.token);
    return EXIT.good;
  },
});

function readSpec(values: Values<typeof OPTIONS>): { readonly origin: Origin; readonly spec: CapabilitySpec } {
  const { domain, purpose, kind = 'purchase', currency, holder } = values;
  const { 'max-amount': amount, 'one-time': isOneTime, 'expires-in': seconds } = values;
  if (domain === undefined) throw new UsageError('Say who may use it: --domain.');
  if (purpose === undefined) throw new UsageError('Say what it is for: --purpose.');
  const origin = parseAudience(domain, 'domain');
  const spec = readCapabilitySpec({
    ...{ kind, domain: origin, purpose },
    ...(amount === undefined && currency === undefined
      ? {}
      : { max_amount: amount ?? '', currency: currency ?? 'USD' }),
    ...(isOneTime ? { one_time: true } : {}),
    ...(seconds === undefined ? {} : { expires_in: secondsIn(seconds) }),
    ...(holder === undefined ? {} : { holder_jwk: jwkIn(holder) }),
  });
  return { origin, spec };
}

function secondsIn(text: string): number {
  if (!/^[1-9]\d{0,6}$/.test(text)) throw new UsageError('--expires-in takes a number of seconds.');
  return Number(text);
}

function jwkIn(file: string) {
  const { text } = readText(file);
  try {
    return parseJson(text, 'holder', { maxLength: 4000, maxDepth: 4 });
  } catch (cause) {
    throw new SignetError('bad_request', `--holder: ${file} holds no key as a JWK.`, { cause });
  }
}
