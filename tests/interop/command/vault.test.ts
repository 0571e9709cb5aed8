import { chmod, copyFile, readFile, readdir, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { BuiltCommand } from '../../fixtures/built-command.ts';
import { CommandHome, PASSWORD } from '../../fixtures/command-home.ts';

let command: BuiltCommand;

beforeAll(async () => {
  command = await BuiltCommand.build();
}, 120_000);

afterAll(() => command.remove());

const store = (label: string, value: string, tier = 1): readonly string[] => [
  ...['store', '--tier', String(tier), '--label', label, '--value', value],
];

describe('signet init', () => {
  let home: CommandHome;

  beforeEach(async () => {
    home = await CommandHome.make(command);
  });

  test('on a terminal asks for the password twice, unseen, shows the words once and takes them off the screen', async () => {
    const terminal = home.onTerminal(['init']);
    await terminal.answers('A password for the vault: ', PASSWORD);
    await terminal.sees('trong.');
    await terminal.answers('Once more: ', PASSWORD);
    await terminal.sees('Write these words down');
    await terminal.sees('24. ');
    await terminal.answers('Enter takes them off the screen.', '');
    await terminal.sees('\u001b[3J');
    const { code, screen } = await terminal.ends();
    expect(code).toBe(0);
    expect(screen).not.toContain(PASSWORD);
    expect(await home.listed()).toEqual([]);
  });

  test('makes nothing when the password was not the same twice, or the person breaks off', async () => {
    const differs = home.onTerminal(['init']);
    await differs.answers('A password for the vault: ', PASSWORD);
    await differs.answers('Once more: ', `${PASSWORD}!`);
    expect(await differs.ends()).toMatchObject({
      code: 2,
      screen: expect.stringContaining('not the same twice') as string,
    });
    const broken = home.onTerminal(['init']);
    await broken.sees('A password for the vault: ');
    broken.types('abc\u0003');
    expect(await broken.ends()).toMatchObject({ code: 2, screen: expect.stringContaining('Broken off') as string });
    expect(await home.signet(['list'])).toMatchObject({
      code: 2,
      err: expect.stringContaining('no vault yet') as string,
    });
  });

  test('without a terminal writes the words to a new file of their owner alone', async () => {
    const { code, out } = await home.signet(['init', '--words-file', home.file('words'), ...home.password]);
    expect({ code, out }).toEqual({ code: 0, out: '' });
    expect((await readFile(home.file('words'), 'utf8')).trim().split(' ')).toHaveLength(24);
    expect((await stat(home.file('words'))).mode & 0o777).toBe(0o600);
    const again = await home.signet(['init', '--words-file', home.file('more'), ...home.password]);
    expect(again).toMatchObject({ code: 2, err: expect.stringContaining('a vault already') as string });
    expect(await readdir(home.path)).not.toContain('more');
  });

  test.each<readonly [string, (home: CommandHome) => Promise<readonly string[]>, RegExp]>([
    ['nowhere to show the words', (home) => Promise.resolve(home.password), /no terminal to show the 24 words on/],
    ['no password', (home) => Promise.resolve(['--words-file', home.file('words')]), /password is needed/],
    [
      'a password that is too short',
      async (home) => ['--words-file', home.file('words'), '--password-file', await home.writeSecret('short', 'short')],
      /at least 10 characters/,
    ],
    [
      'a words file that is there already',
      (home) => Promise.resolve(['--words-file', home.file('password'), ...home.password]),
      /is there already/,
    ],
    [
      'a password file that others can read',
      async (home) => {
        await chmod(home.file('password'), 0o644);
        return ['--words-file', home.file('words'), ...home.password];
      },
      /open to others/,
    ],
  ])('with %s makes none', async (_, args, message) => {
    const { code, err } = await home.signet(['init', ...(await args(home))]);
    expect({ code, err }).toEqual({ code: 2, err: expect.stringMatching(message) as string });
    expect((await home.signet(['list'])).code).toBe(2);
    expect(await readdir(home.path)).not.toContain('words');
  });
});

describe('what is stored', () => {
  let home: CommandHome;

  beforeAll(async () => {
    home = await CommandHome.withVault(command);
  });

  test('is listed by label, type and tier, and never by value', async () => {
    expect(await home.signet(store('Email', 'ada@example.com'))).toMatchObject({ code: 0, out: '' });
    expect(await home.signet(['store', '--tier', '1', '--label', 'Token'], 'from a pipe\n')).toMatchObject({ code: 0 });
    const born = ['store', '--tier', '2', '--label', 'Born', '--type', 'date', '--value', '-'];
    expect(await home.signet(born, '1990-02-29')).toMatchObject({
      code: 2,
      err: expect.stringMatching(/date/) as string,
    });
    expect(await home.signet(born, '1990-02-28')).toMatchObject({ code: 0 });
    const { out } = await home.signet(['list']);
    expect(out.split('\n').map((line) => line.split(' · ').slice(0, 3).join(' · '))).toEqual([
      ...['Email · text · tier 1', 'Token · text · tier 1', 'Born · date · tier 2', ''],
    ]);
    const { out: json } = await home.signet(['list', '--json']);
    for (const value of ['ada@example.com', 'from a pipe', '1990-02-28']) expect(out + json).not.toContain(value);
    expect((await home.signet(['list', '--tier', '2'])).out).toMatch(/^Born · [^\n]*\n$/);
  });

  test('is not written over by chance, and can be replaced and deleted', async () => {
    await home.signet(store('Phone', '1'));
    expect(await home.signet(store('Phone', '2'))).toMatchObject({
      code: 2,
      err: expect.stringContaining('--replace') as string,
    });
    expect((await home.signet([...store('Phone', '2'), '--replace'])).code).toBe(0);
    expect((await home.labels()).filter((label) => label === 'Phone')).toHaveLength(1);
    expect(await home.signet(['delete', 'Phone'])).toMatchObject({
      code: 2,
      err: expect.stringContaining('--yes') as string,
    });
    const terminal = home.onTerminal(['delete', 'Phone']);
    await terminal.answers('Type yes to go on: ', 'no');
    expect((await terminal.ends()).code).toBe(1);
    expect(await home.labels()).toContain('Phone');
    expect((await home.signet(['delete', 'Phone', '--yes'])).code).toBe(0);
    expect(await home.labels()).not.toContain('Phone');
    expect((await home.signet(['delete', 'Phone', '--yes'])).code).toBe(2);
  });

  test('at tier 3 takes the password each time, though the vault is open', async () => {
    const args = ['store', '--tier', '3', '--label', 'Blood type', '--compartment', 'health'];
    expect(await home.signet(args, 'AB Rh negative')).toMatchObject({
      code: 2,
      err: expect.stringContaining('password is needed') as string,
    });
    for (const label of ['Blood type', 'Allergies']) {
      const terminal = home.onTerminal([...args.slice(0, 4), label, ...args.slice(5)]);
      await terminal.answers('Value: ', 'AB Rh negative');
      await terminal.answers('Password, for tier 3: ', label === 'Allergies' ? 'not the password' : PASSWORD);
      const { code, screen } = await terminal.ends();
      expect(code).toBe(label === 'Allergies' ? 2 : 0);
      expect(screen).not.toContain('negative');
    }
    expect(await home.listed()).toContainEqual(
      expect.objectContaining({ label: 'Blood type', tier: 3, compartment: 'health' }),
    );
    expect(await home.labels()).not.toContain('Allergies');
  });

  test('stands nowhere in clear: not in the database, beside it, or in the session', async () => {
    await home.signet(store('Favourite colour', 'ultramarine blue'));
    const files = [home.signetDir, join(home.runtime, 'signet')];
    const found = await Promise.all(
      files.map(async (folder) => (await readdir(folder)).map((name) => join(folder, name))),
    );
    const bytes = Buffer.concat(await Promise.all(found.flat().map((file) => readFile(file))));
    expect(
      found
        .flat()
        .map((file) => file.replace(/^.*\//, ''))
        .sort(),
    ).toEqual([
      expect.stringMatching(/^session-/),
      ...['vault.json', 'vault.lock', 'vault.sqlite', 'vault.sqlite-journal'],
    ]);
    const secrets = ['Favourite colour', 'ultramarine blue', 'Blood type', 'AB Rh negative', PASSWORD];
    const words = (await readFile(home.file('words'), 'utf8')).trim();
    for (const secret of [...secrets, words]) {
      for (const form of ['utf8', 'utf16le'] as const)
        expect(bytes.includes(Buffer.from(secret, form)), secret).toBe(false);
      for (const form of ['base64', 'base64url', 'hex'] as const) {
        const inner = Buffer.from(secret)
          .subarray(0, Math.floor(secret.length / 3) * 3)
          .toString(form)
          .replace(/=+$/, '');
        expect(bytes.includes(inner), secret).toBe(false);
      }
    }
  });

  test.each([
    [['store', '--label', 'x', '--value', 'y'], /--tier is one of 1, 2, 3/],
    [['store', '--tier', '4', '--label', 'x', '--value', 'y'], /--tier is one of/],
    [['store', '--tier', '1', '--value', 'y'], /--label/],
    [['store', '--tier', '1', '--label', 'x', '--compartment', 'health', '--value', 'y'], /for tier 3/],
    [['store', '--tier', '1', '--label', 'x', '--type', 'blob', '--value', 'y'], /--type is one of/],
    [['store', '--tier', '1', '--label', ' ', '--value', 'y'], /a name/],
    [['store', '--tier', '1', '--label', 'x', '--value', ''], /Enter a text/],
  ])('%j stores nothing and says why', async (args, message) => {
    const before = await home.labels();
    expect(await home.signet(args)).toMatchObject({ code: 2, err: expect.stringMatching(message) as string });
    expect(await home.labels()).toEqual(before);
  });
});

describe('the session', () => {
  test('ends with lock; then each command asks for the password, and leaves the vault locked', async () => {
    const home = await CommandHome.withVault(command);
    expect((await home.signet(['list'])).code).toBe(0);
    expect((await home.signet(['lock'])).code).toBe(0);
    expect((await home.signet(['lock'])).code).toBe(0);
    expect(await readdir(join(home.runtime, 'signet'))).toEqual([]);
    expect(await home.signet(['list'])).toMatchObject({
      code: 2,
      err: expect.stringMatching(/--password-file/) as string,
    });
    expect((await home.signet(['list', ...home.password])).code).toBe(0);
    expect((await home.signet(['list'])).code).toBe(2);
    const wrong = await home.writeSecret('wrong', 'not the password');
    expect(await home.signet(['list', '--password-file', wrong])).toMatchObject({ code: 2, out: '' });
    expect((await home.signet(['unlock', ...home.password])).code).toBe(0);
    expect((await home.signet(['list'])).code).toBe(0);
  });

  test('is begun nowhere that others can look into, or that outlives the person’s session', async () => {
    const home = await CommandHome.withVault(command);
    await chmod(home.runtime, 0o755);
    expect(await home.signet(['unlock', ...home.password])).toMatchObject({
      code: 2,
      err: expect.stringContaining('XDG_RUNTIME_DIR') as string,
    });
    expect((await home.signet(['list'])).code).toBe(2);
    expect((await home.signet(['list', ...home.password])).code).toBe(0);
  });
});

describe('commands at once', () => {
  test.each([2, 8])('%i lose nothing', async (count) => {
    const home = await CommandHome.withVault(command);
    const labels = Array.from({ length: count }, (_, place) => `Record ${place}`);
    const ran = await Promise.all(labels.map((label) => home.signet(store(label, 'value'))));
    expect(ran.map(({ code }) => code)).toEqual(labels.map(() => 0));
    expect([...(await home.labels())].sort()).toEqual(labels);
    expect(await home.signet(['audit', '--verify'])).toMatchObject({
      code: 0,
      out: expect.stringMatching(/^Whole/) as string,
    });
  });
});

describe('a vault that somebody tampered with', () => {
  let home: CommandHome;

  beforeEach(async () => {
    home = await CommandHome.withVault(command);
    await home.signet(store('Email', 'ada@example.com'));
  });

  const database = (): string => join(home.signetDir, 'vault.sqlite');

  test('by putting the database back to an older state is refused', async () => {
    await copyFile(database(), home.file('older'));
    await home.signet(store('City', 'Porto'));
    await home.signet(store('Street', 'Rua'));
    await copyFile(home.file('older'), database());
    expect(await home.signet(['list', ...home.password])).toMatchObject({
      code: 2,
      out: '',
      err: expect.stringContaining('older state') as string,
    });
  });

  test('by cutting the database off is told, and nothing is written over it', async () => {
    const { size } = await stat(database());
    await truncate(database(), size - 8192);
    const left = await readFile(database());
    expect(await home.signet(['list', ...home.password])).toMatchObject({
      code: 2,
      err: expect.stringMatching(/vault\.sqlite is not as Signet wrote it/) as string,
    });
    expect((await home.signet([...store('City', 'Porto'), ...home.password])).code).toBe(2);
    expect((await readFile(database())).equals(left)).toBe(true);
  });

  test('by opening its folder to others is refused', async () => {
    await chmod(home.signetDir, 0o755);
    expect(await home.signet(['list', ...home.password])).toMatchObject({
      code: 2,
      err: expect.stringContaining('chmod 700') as string,
    });
  });

  test('by altering what lies beside it is told', async () => {
    await writeFile(join(home.signetDir, 'vault.json'), '{"anchor":', { mode: 0o600 });
    expect(await home.signet(['list', ...home.password])).toMatchObject({
      code: 2,
      err: expect.stringMatching(/vault\.json is not as Signet wrote it/) as string,
    });
  });
});
