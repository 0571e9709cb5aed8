import { execFileSync } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { BuiltCommand } from '../../fixtures/built-command.ts';
import { CommandHome } from '../../fixtures/command-home.ts';

/** Deaths: each costs a second or two. */
const KILLS = Number(process.env['SIGNET_KILLS'] ?? 5);

let command: BuiltCommand;

beforeAll(async () => {
  command = await BuiltCommand.build();
}, 120_000);

afterAll(() => command.remove());

const store = (label: string): readonly string[] => [
  'store',
  '--tier',
  '1',
  '--label',
  label,
  '--value',
  'v'.repeat(400),
];

describe('a command that dies', () => {
  test(
    'at any moment of a store loses nothing that was acknowledged, and leaves nothing half',
    async () => {
      const home = await CommandHome.withVault(command);
      const started = performance.now();
      expect((await home.signet(store('first'))).code).toBe(0);
      const usual = performance.now() - started;
      const moments = fc.sample(fc.double({ min: 0, max: 1.1, noNaN: true }), KILLS);
      const acknowledged = ['first'];
      const tried = ['first'];
      for (const [place, moment] of moments.entries()) {
        const label = `killed ${place}`;
        tried.push(label);
        const { code } = await home.signetKilled(store(label), moment * usual);
        if (code === 0) acknowledged.push(label);
        const labels = await home.labels();
        expect(labels).toEqual(expect.arrayContaining(acknowledged));
        expect(new Set(labels).size).toBe(labels.length);
        expect(labels.filter((one) => !tried.includes(one))).toEqual([]);
      }
      expect(await home.signet(['audit', '--verify'])).toMatchObject({ code: 0 });
    },
    60_000 + KILLS * 10_000,
  );
});

/** A disk of so many bytes, where this machine lets us make one. */
function mountSmall(path: string, bytes: number): boolean {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${bytes},mode=0700`, 'tmpfs', path], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

describe('a full disk', () => {
  test('keeps what was acknowledged, says that there is no room, and can still be read', async (context) => {
    const home = await CommandHome.make(command);
    await mkdir(home.signetDir, { mode: 0o700 });
    if (!mountSmall(home.signetDir, 160 * 1024)) return context.skip();
    try {
      expect((await home.signet(['init', '--words-file', home.file('words'), ...home.password])).code).toBe(0);
      const acknowledged: string[] = [];
      let refused: string | undefined;
      for (let place = 0; refused === undefined && place < 60; place++) {
        const { code, err } = await home.signet(store(`record ${place}`));
        if (code === 0) acknowledged.push(`record ${place}`);
        else refused = err;
      }
      expect(refused).toMatch(/no room/);
      expect(acknowledged.length).toBeGreaterThan(0);
      const labels = await home.labels();
      expect([...labels].sort()).toEqual([...acknowledged].sort());
    } finally {
      execFileSync('umount', ['-l', home.signetDir]);
    }
    return undefined;
  }, 240_000);
});
