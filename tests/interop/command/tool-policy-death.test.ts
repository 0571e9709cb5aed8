import { spawn } from 'node:child_process';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Ledger } from '../../../host/keeping/ledger.ts';
import { BuiltCommand } from '../../fixtures/built-command.ts';

/** Deaths; the long run has fifty. */
const KILLS = Number(process.env['SIGNET_KILLS'] ?? 12);
/** Milliseconds that all of them may take on a busy machine. */
const TIME = 60_000 + KILLS * 5000;
const BUY = JSON.stringify({ tool_name: 'buy', tool_input: { category: 'books', amount: 1 } });

let command: BuiltCommand;
let home: string;

beforeAll(async () => {
  command = await BuiltCommand.build();
  home = await mkdtemp(join(command.folder, 'home-'));
}, 120_000);

afterAll(() => command.remove());

/** Runs a hook that is killed after so many milliseconds. @returns whether it had answered that the call is allowed */
async function buyAndDie(after: number): Promise<boolean> {
  const child = spawn(process.execPath, [command.file, 'eval'], { env: { ...process.env, SIGNET_DIR: home } });
  const ended = new Promise((resolve) => child.once('close', resolve));
  let out = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
  child.stdin.on('error', () => undefined); // it may be dead already
  child.stdin.end(BUY);
  await Promise.race([ended, setTimeout(after)]);
  child.kill('SIGKILL');
  await ended;
  return out.includes('"allow"');
}

/** What the ledger has, looked at as the next hook would. */
function counted(): number {
  const ledger = Ledger.open(home);
  try {
    const total = Number(ledger.spendings()['total'] ?? 0);
    expect(ledger.isWhole()).toBe(true);
    expect(ledger.last(1000).filter(({ done }) => done === 1)).toHaveLength(total);
    return total;
  } finally {
    ledger.close();
  }
}

test(
  'a hook that is killed at any moment loses no decision that it told, and is never less strict afterwards',
  async () => {
    await command.run(home, ['eval'], BUY); // the ledger is begun
    const started = performance.now();
    await command.run(home, ['eval'], BUY);
    const whole = performance.now() - started;
    let told = 2;
    for (let death = 0; death < KILLS; death++) {
      // Before it has read its code nothing can be lost: most die in the second half, where the writing is.
      const moment = whole * (0.3 + (0.8 * death) / KILLS);
      if (await buyAndDie(moment)) told += 1;
      expect(counted()).toBeGreaterThanOrEqual(told);
      expect(counted()).toBeLessThanOrEqual(death + 3);
    }
    const limit = `rules:
  - { name: limit, tool_pattern: ^buy$, action: DENY, conditions: ["spend_plus_amount_gt('', amount, ${counted()})"] }
`;
    await writeFile(join(home, 'policy.yaml'), limit);
    expect((await command.run(home, ['eval'], BUY)).out).toContain('"deny"');
    expect((await command.run(home, ['doctor', '--json'], '', { HOME: home })).code).toBe(0);
  },
  TIME,
);

test(
  'a hook that is killed while it begins the ledger leaves one that can be begun, or one that asks',
  async () => {
    for (let death = 0; death < Math.ceil(KILLS / 3); death++) {
      home = await mkdtemp(join(command.folder, 'home-'));
      await buyAndDie(30 + 15 * death);
      const { out } = await command.run(home, ['eval'], BUY);
      expect(out).toMatch(/"(?:allow|ask)"/);
      if (out.includes('"allow"')) expect(counted()).toBeGreaterThanOrEqual(1);
    }
  },
  TIME,
);
