import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { BuiltCommand } from '../../fixtures/built-command.ts';
import { CommandHome, PASSWORD } from '../../fixtures/command-home.ts';
import { readmeCommands } from '../../fixtures/readme.ts';

let command: BuiltCommand;

beforeAll(async () => {
  command = await BuiltCommand.build();
}, 120_000);

afterAll(() => command.remove());

const CONTROL_C = '\u0003';

/** What a person would type when they are asked, in the order of the questions. */
const ANSWERS: Readonly<Record<string, readonly (readonly [question: string, answer: string])[]>> = {
  init: [
    ['A password for the vault: ', PASSWORD],
    ['Once more: ', PASSWORD],
    ['Enter takes them off the screen.', ''],
  ],
  'store --tier 3': [
    ['Value: ', '4111 1111'],
    ['Password, for tier 3: ', PASSWORD],
  ],
  capability: [
    ['Type yes to go on: ', 'yes'],
    ['Password: ', PASSWORD],
  ],
  backup: [
    ['A passphrase for the backup: ', 'seven quiet lighthouses'],
    ['Once more: ', 'seven quiet lighthouses'],
  ],
  serve: [['/verify', CONTROL_C]],
};

test('what README shows under "A vault without a browser" works as typed', async () => {
  const home = await CommandHome.make(command);
  const screens: string[] = [];
  for (const line of await readmeCommands('A vault without a browser')) {
    const [name, ...args] = line.split(' ');
    expect(name).toBe('signet');
    const terminal = home.onTerminal(args.map((arg) => (arg === '3000' ? '0' : arg))); // that port may be taken here
    const asked = Object.entries(ANSWERS).find(([start]) => args.join(' ').startsWith(start));
    for (const [question, answer] of asked?.[1] ?? []) await terminal.answers(question, answer);
    const { code, screen } = await terminal.ends();
    expect(code, screen).toBe(0);
    screens.push(screen);
  }
  expect((await home.listed()).map(({ label, tier }) => [label, tier])).toEqual([
    ...[['Email', 1], ['City', 1], ['Card', 3]], // prettier-ignore
  ]);
  expect(screens.join('')).toMatch(/v4\.public\.[^]*capability\.released · https:\/\/shop\.example/);
  expect(screens.join('')).not.toMatch(/ada@|Porto|4111|lighthouses|battery/);
  expect((await readFile(`${home.path}/vault.signet`)).length).toBeGreaterThan(1000);
}, 120_000);

test('what is typed before it is asked for is not seen either', async () => {
  const home = await CommandHome.make(command);
  const terminal = home.onTerminal(['init']);
  await terminal.answers('A password for the vault: ', `${PASSWORD}\r${PASSWORD}`);
  await terminal.answers('Enter takes them off the screen.', '');
  const { code, screen } = await terminal.ends();
  expect(code).toBe(0);
  expect(screen).not.toContain('horse');
});
