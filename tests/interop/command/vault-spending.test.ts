import { rm, writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readCapability } from '../../../lib/capabilities/index.ts';
import { BuiltCommand } from '../../fixtures/built-command.ts';
import { CommandHome, PASSWORD } from '../../fixtures/command-home.ts';

let command: BuiltCommand;
let home: CommandHome;

beforeAll(async () => {
  command = await BuiltCommand.build();
  home = await CommandHome.withVault(command);
}, 120_000);

afterAll(() => command.remove());

const SHOP = 'shop.example';
const ask = (domain = SHOP, ...more: readonly string[]): readonly string[] => [
  ...['capability', '--domain', domain, '--max-amount', '150', '--purpose', 'Running shoes', '--one-time', ...more],
];

/** What the log says of tokens, newest last. */
async function logged(): Promise<readonly string[]> {
  const { out } = await home.signet(['audit', '--json', '--last', '50']);
  const { entries } = JSON.parse(out) as {
    readonly entries: readonly { readonly kind: string; readonly subject: string }[];
  };
  return entries
    .filter(({ kind }) => /^(?:capability|rule)\./.test(kind))
    .map(({ kind, subject }) => `${kind} ${subject}`);
}

describe('signet capability, on a terminal', () => {
  test('shows what it would allow, takes a yes and the password, and prints the token', async () => {
    const terminal = home.onTerminal(ask());
    for (const line of [
      'https://shop.example',
      '“purchase”, up to 150.00 USD',
      'once',
      '60 seconds',
      'whoever has a copy',
      '“Running shoes”',
      'not trusted enough for purchase',
    ]) {
      await terminal.sees(line);
    }
    await terminal.answers('Type yes to go on: ', 'yes');
    await terminal.answers('Password: ', PASSWORD);
    const { code, screen } = await terminal.ends();
    expect(code).toBe(0);
    const token = /v4\.public\.[\w.-]+/.exec(screen)?.[0] ?? '';
    expect(readCapability(token).claims).toMatchObject({
      aud: 'https://shop.example',
      spl: { permissions: ['purchase'], max_amount: 15_000, currency: 'USD', one_time: true, purpose: 'Running shoes' },
    });
    expect((await logged()).at(-1)).toBe('capability.released https://shop.example');
  });

  test.each<readonly [string, string, string | undefined, number]>([
    ['no is a no', 'no', undefined, 1],
    ['nothing is a no', '', undefined, 1],
    ['a yes without the password gives nothing', 'yes', 'not the password', 2],
  ])('%s, and is logged', async (_, answer, password, code) => {
    const before = (await logged()).length;
    const terminal = home.onTerminal(ask());
    await terminal.answers('Type yes to go on: ', answer);
    if (password !== undefined) await terminal.answers('Password: ', password);
    const ran = await terminal.ends();
    expect(ran.code).toBe(code);
    expect(ran.screen).not.toContain('v4.public');
    expect((await logged()).slice(before)).toEqual(['capability.denied https://shop.example']);
  });

  test('draws no control character of the purpose on the terminal', async () => {
    const terminal = home.onTerminal(['capability', '--domain', SHOP, '--purpose', 'A\u001b[2J\u202egift']);
    await terminal.answers('Type yes to go on: ', 'no');
    const { screen } = await terminal.ends();
    for (const drawn of ['\u001b[2J', '\u202e']) expect(screen).not.toContain(drawn);
  });
});

describe('signet capability, without a terminal', () => {
  test('gives nothing that no rule permits, says so, and logs it', async () => {
    const before = (await logged()).length;
    expect(await home.signet([...ask(), ...home.password], 'yes\nyes\n')).toEqual({
      ...{ code: 1, out: '' },
      err: 'Not given: no rule of yours permits it, and there is no terminal to ask you on.\n',
    });
    expect((await logged()).slice(before)).toEqual(['capability.denied https://shop.example']);
  });

  test('gives what was permitted, as often as that, and no more, to no other, of no other kind', async () => {
    const permit = ['permit', '--domain', 'books.example', '--max-amount', '150', '--uses', '2'];
    expect(await home.signet(permit)).toMatchObject({
      code: 2,
      err: expect.stringContaining('password is needed') as string,
    });
    const { code, out: id } = await home.signet([...permit, ...home.password]);
    expect(code).toBe(0);
    expect((await home.signet(['permit', '--list'])).out).toContain(
      'books.example · purchase · up to 150.00 USD · 2 times',
    );
    for (const refused of [
      ask('other.example'),
      ask('books.example', '--kind', 'subscribe'),
      overOf('150.01'),
      overOf('150', 'EUR'),
    ]) {
      expect((await home.signet(refused)).code, refused.join(' ')).toBe(1);
    }
    const tokens = [await home.signet(ask('books.example')), await home.signet(ask('books.example'))];
    for (const { code, out } of tokens) {
      expect(code).toBe(0);
      expect(readCapability(out.trim()).claims.aud).toBe('https://books.example');
    }
    expect(tokens[0]?.out).not.toBe(tokens[1]?.out);
    expect((await home.signet(ask('books.example'))).code).toBe(1);
    expect((await home.signet(['permit', '--remove', id.trim(), ...home.password])).code).toBe(0);
    expect((await home.signet(['permit', '--list'])).out).toBe('');
  });

  const overOf = (amount: string, currency = 'USD') => [
    ...[
      'capability',
      '--domain',
      'books.example',
      '--max-amount',
      amount,
      '--currency',
      currency,
      '--purpose',
      'A book',
    ],
  ];

  test('gives a permit that was taken back no more', async () => {
    const { out: id } = await home.signet([
      ...['permit', '--domain', 'toys.example', '--max-amount', '150', '--uses', '9', ...home.password],
    ]);
    expect((await home.signet(ask('toys.example'))).code).toBe(0);
    await home.signet(['permit', '--remove', id.trim(), ...home.password]);
    expect((await home.signet(ask('toys.example'))).code).toBe(1);
  });

  test('of two at once that a permit is used up by, one is given', async () => {
    await home.signet(['permit', '--domain', 'race.example', '--max-amount', '150', ...home.password]);
    const codes = (await Promise.all([home.signet(ask('race.example')), home.signet(ask('race.example'))])).map(
      ({ code }) => code,
    );
    expect(codes.sort()).toEqual([0, 1]);
  });

  test('binds a token to the key of its holder', async () => {
    const pair = await crypto.subtle.generateKey('Ed25519', true, ['sign', 'verify']);
    if (!('privateKey' in pair)) throw new Error('such keys come in pairs');
    const jwk = home.file('holder.jwk');
    const { kty, crv, x } = await crypto.subtle.exportKey('jwk', pair.publicKey);
    await writeFile(jwk, JSON.stringify({ kty, crv, x }));
    await home.signet(['permit', '--domain', 'keys.example', '--max-amount', '150', '--uses', '5', ...home.password]);
    const { out } = await home.signet(ask('keys.example', '--holder', jwk, '--expires-in', '600', '--json'));
    const { token } = JSON.parse(out) as { readonly token: string };
    const { exp, iat, cnf } = readCapability(token).claims;
    expect([(Date.parse(exp) - Date.parse(iat)) / 1000, cnf]).toEqual([600, expect.anything()]);
    await rm(jwk);
    expect((await home.signet(ask('keys.example', '--holder', jwk))).code).toBe(2);
  });

  test.each([
    [['--domain', 'http://shop.example', '--purpose', 'x'], /https address/],
    [['--domain', 'shop.example/path', '--purpose', 'x'], /not an origin/],
    [['--purpose', 'x'], /--domain/],
    [['--domain', SHOP], /--purpose/],
    [['--domain', SHOP, '--purpose', 'x', '--max-amount', '1.234'], /max_amount/],
    [['--domain', SHOP, '--purpose', 'x', '--max-amount=-1'], /max_amount/],
    [['--domain', SHOP, '--purpose', 'x', '--expires-in', '61'], /expires_in/],
    [['--domain', SHOP, '--purpose', 'x', '--expires-in', 'soon'], /--expires-in/],
    [['--domain', SHOP, '--purpose', 'x'.repeat(141)], /purpose/],
  ])('%j is refused before anything is asked', async (args, message) => {
    expect(await home.signet(['capability', ...args])).toMatchObject({
      code: 2,
      out: '',
      err: expect.stringMatching(message) as string,
    });
  });
});
