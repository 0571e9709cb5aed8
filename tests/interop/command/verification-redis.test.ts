import { mkdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { BuiltCommand } from '../../fixtures/built-command.ts';
import type { Asking } from '../../fixtures/verification/foreign-proofs.ts';
import { ForeignProofs, SHOP, seconds } from '../../fixtures/verification/foreign-proofs.ts';
import { TestRedis } from '../../fixtures/verification/redis.ts';
import type { Answered } from '../../fixtures/verification/serving.ts';
import { Serving } from '../../fixtures/verification/serving.ts';

const CLIENT = fileURLToPath(new URL('../../../node_modules/ioredis', import.meta.url));

let command: BuiltCommand;
let proofs: ForeignProofs;

beforeAll(async () => {
  command = await BuiltCommand.build();
  await mkdir(join(command.folder, 'node_modules')); // where an operator installs the client
  await symlink(CLIENT, join(command.folder, 'node_modules/ioredis'));
  proofs = await ForeignProofs.create();
}, 120_000);

afterAll(() => command.remove());

const outcome = ({ status, body: { valid, reason } }: Answered): string =>
  `${status} ${typeof reason === 'string' ? reason : valid === true ? 'true' : 'error'}`;
const ask = async (server: Serving, asking: Asking): Promise<string> => outcome(await server.post(asking));

/** A holder whose clock is as far ahead as is borne: their proofs are from after any start of a moment ago. */
const ahead = (): Promise<Asking> => proofs.ask({ binding: { iat: seconds() + 30 } });

/** A server that has reached its Redis, where there is one to reach. */
async function start(redis: TestRedis, args: readonly string[] = ['--fresh']): Promise<Serving> {
  const limits = { per_client: 1_000_000, in_all: 1_000_000 };
  const nonces = { redis: redis.socket };
  return Serving.start(command, { audiences: [SHOP], issuers: [proofs.issuer], nonces, limits }, args);
}

const health = async (server: Serving): Promise<unknown> =>
  ((await (await fetch(`${server.url}/health`)).json()) as { readonly nonces: string }).nonces;
const becomes = (server: Serving, state: string): Promise<void> =>
  expect.poll(() => health(server), { timeout: 20_000 }).toBe(state);

describe('servers that share a Redis', () => {
  test('take a nonce once between them, of fifty that race', async () => {
    await using redis = await TestRedis.start();
    await using first = await start(redis);
    await becomes(first, 'ready');
    await using second = await start(redis);
    await becomes(second, 'ready');
    for (let round = 0; round < 5; round++) {
      const asking = await proofs.ask();
      const servers = Array.from({ length: 50 }, (_, at) => (at % 2 === 0 ? first : second));
      const outcomes = await Promise.all(servers.map((server) => ask(server, asking)));
      expect(outcomes.filter((one) => one === '200 true')).toHaveLength(1);
      expect(outcomes.filter((one) => one === '200 wrong_nonce')).toHaveLength(49);
    }
  });

  test('leave nothing there but hashes, for as long as a proof can be shown', async () => {
    await using redis = await TestRedis.start();
    await using server = await start(redis);
    await becomes(server, 'ready');
    const asking = await proofs.ask();
    expect(await ask(server, asking)).toBe('200 true');
    const keys = await redis.say('KEYS *');
    const [, id = ''] = /(signet:nonce:[\w-]{43})/.exec(keys) ?? [];
    expect(keys).not.toContain(asking.nonce);
    const [, ttl = ''] = /^:(\d+)/m.exec(await redis.say(`TTL ${id}`)) ?? [];
    expect(Number(ttl)).toBeGreaterThan(330);
    expect(Number(ttl)).toBeLessThanOrEqual(390);
  });
});

describe('a Redis that goes in the middle', () => {
  /** Killed after it counted a nonce, and started again: with `options` that say what its disk keeps. */
  test.each([
    ['and comes back empty', []],
    ['and comes back with what it had', ['--appendonly', 'yes', '--appendfsync', 'always']],
  ])('%s: nothing is valid without it, no replay is ever, and new proofs are soon', async (_, options) => {
    await using redis = await TestRedis.start(...options);
    await using server = await start(redis);
    await becomes(server, 'ready');
    const [used, unused] = [await ahead(), await proofs.ask()];
    expect(await ask(server, used)).toBe('200 true');

    await redis.kill();
    await becomes(server, 'gone');
    expect(await ask(server, used)).toBe('503 error');
    expect(await ask(server, unused)).toBe('503 error');
    expect(await ask(server, { ...unused, nonce: used.nonce })).toBe('200 wrong_nonce');

    await redis.startAgain();
    await becomes(server, 'too_young');
    expect(await ask(server, used)).not.toBe('200 true');
    expect(await ask(server, unused)).toBe('503 error');
    await expect.poll(async () => ask(server, await ahead()), { timeout: 20_000 }).toBe('200 true');
    expect(await ask(server, used)).not.toBe('200 true');
    const again = await ahead();
    expect([await ask(server, again), await ask(server, again)]).toEqual(['200 true', '200 wrong_nonce']);
  });

  test('killed while hundreds ask: each is answered, and none is valid twice', async () => {
    await using redis = await TestRedis.start();
    await using server = await start(redis);
    await becomes(server, 'ready');
    const askings = await Promise.all(Array.from({ length: 60 }, () => proofs.ask()));
    const twice = [...askings, ...askings, ...askings];
    let answered = 0;
    const outcomes = await Promise.all(
      twice.map(async (asking) => {
        const said = await ask(server, asking);
        if (++answered === 30) await redis.kill();
        return { nonce: asking.nonce, said };
      }),
    );
    const valid = outcomes.filter(({ said }) => said === '200 true').map(({ nonce }) => nonce);
    expect(new Set(valid).size).toBe(valid.length);
    expect(outcomes.filter(({ said }) => !['200 true', '200 wrong_nonce', '503 error'].includes(said))).toEqual([]);
    expect(outcomes.some(({ said }) => said === '503 error')).toBe(true);
  });

  test('that answers nothing holds nobody up for long, and nothing piles up', async () => {
    await using redis = await TestRedis.start();
    await using server = await start(redis);
    await becomes(server, 'ready');
    const askings = await Promise.all(Array.from({ length: 100 }, () => proofs.ask()));
    redis.freeze();
    const begun = performance.now();
    const outcomes = await Promise.all(askings.map((asking) => ask(server, asking)));
    expect(new Set(outcomes)).toEqual(new Set(['503 error']));
    expect(performance.now() - begun).toBeLessThan(8000);
    redis.thaw();
    await expect.poll(async () => ask(server, await ahead()), { timeout: 20_000 }).toBe('200 true');
  });

  test('does not hold up the end', async () => {
    await using redis = await TestRedis.start();
    await using server = await start(redis);
    await becomes(server, 'ready');
    await redis.kill();
    await becomes(server, 'gone');
    server.signal('SIGTERM');
    expect(await server.ended()).toBe(0);
    expect(server.log).toContain('nonces_gone');
    expect(server.log).not.toContain(redis.socket);
  });
});

describe('a Redis that is no place for nonces', () => {
  test('because it forgets when it is full, is not used', async () => {
    await using redis = await TestRedis.start('--maxmemory', '10mb', '--maxmemory-policy', 'allkeys-lru');
    await using server = await start(redis);
    await expect.poll(() => server.log, { timeout: 20_000 }).toContain('noeviction');
    expect(await health(server)).toBe('gone');
    expect(await ask(server, await proofs.ask())).toBe('503 error');
  });

  test('because it is full, accepts nothing', async () => {
    await using redis = await TestRedis.start('--maxmemory-policy', 'noeviction');
    await using server = await start(redis);
    await becomes(server, 'ready');
    await redis.say('CONFIG SET maxmemory 1');
    expect(await ask(server, await proofs.ask())).toBe('503 error');
  });

  test('because it was there before, is young for a server that says it is fresh', async () => {
    await using redis = await TestRedis.start();
    await using first = await start(redis, []);
    await becomes(first, 'too_young');
    await using second = await start(redis);
    await becomes(second, 'too_young');
    expect(await ask(second, await proofs.ask())).toBe('503 error');
  });
});
