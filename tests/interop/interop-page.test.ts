import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CASES } from '../../demo/interop/cases.ts';
import type { Task } from '../../demo/interop/runs.ts';
import type { RunningInterop } from '../../demo/interop/server.ts';
import { startInterop } from '../../demo/interop/server.ts';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ForeignWallet } from '../fixtures/openid4vc-wallet.ts';
import { createForeignWallet } from '../fixtures/openid4vc-wallet.ts';
import { post } from '../fixtures/driving-licence.ts';

/** Answers what a verifier asks of an issuer: its keys (SD-JWT VC §5). */
async function publish(metadata: (origin: string) => object) {
  const server = createServer((_, response) => response.end(JSON.stringify(metadata(origin)))).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo; // a server that listens on TCP has one of this kind
  const origin = `http://127.0.0.1:${port}`;
  return { origin, close: () => server.close() };
}

describe('the interop page’s server, before a wallet made of other people’s software,', () => {
  let interop: RunningInterop;
  let wallet: ForeignWallet;
  let published: Awaited<ReturnType<typeof publish>>;

  beforeAll(async () => {
    published = await publish((issuer) => ({ issuer, jwks: { keys: [wallet.issuerKey] } }));
    const type = `${published.origin}/driving-licence`;
    wallet = await createForeignWallet([
      {
        iss: published.origin,
        vct: type,
        claims: {
          given_name: 'Ada',
          age_over_21: true,
          address: { country: 'EX', locality: 'Port Example' },
          driving_privileges: [{ vehicle_category_code: 'B' }, { vehicle_category_code: 'A1' }],
        },
      },
    ]);
    interop = await startInterop({ issuer: { issuer: published.origin, type }, host: '127.0.0.1' });
  });

  afterAll(async () => {
    await interop.close();
    published.close();
  });

  const start = async (id: string): Promise<Task> =>
    (await (await post(`${interop.origin}/start`, { id })).json()) as Task; // its own

  async function outcome(run: string, said: object): Promise<{ readonly passed: boolean; readonly says: string }> {
    return (await (await post(`${interop.origin}/answered`, { run, ...said })).json()) as never; // its own
  }

  /** What a page does: calls, and passes on what comes or what is thrown. */
  async function answered(id: string) {
    const task = await start(id);
    if (!('request' in task)) throw new Error('This is a link.');
    const [call] = task.request.digital.requests;
    if (call === undefined) throw new Error('Nothing is asked.');
    const said = await wallet.answerPage(call, interop.origin).then(
      (data) => ({ answer: { protocol: call.protocol, data } }),
      (error: unknown) => ({ error: error instanceof Error ? error.name : 'unknown' }),
    );
    return outcome(task.run, said);
  }

  test('has cases with names of their own', () => {
    expect(new Set(CASES.map(({ id }) => id)).size).toBe(CASES.length);
    expect(new Set(CASES.map(({ group }) => group))).toEqual(
      new Set(['Ways to ask', 'Questions', 'Hostile requests', 'Links']),
    );
  });

  // The library knows no multi-signed requests.
  const good = CASES.filter((one) => 'ask' in one && one.protocol !== 'openid4vp-v1-multisigned').map(({ id }) => id);
  test.each(good)('accepts its answer: %s', async (id) => {
    expect(await answered(id)).toMatchObject({ passed: true, says: expect.stringMatching(/^Verified/) as string });
  });

  test.each(['wrong-origin', 'tampered', 'wrong-hash', 'no-nonce', 'no-key'])(
    'says that it refused: %s',
    async (id) => {
      expect(await answered(id)).toMatchObject({ passed: true, says: expect.stringMatching(/^Refused/) as string });
    },
  );

  test('says where a hostile request was answered', async () => {
    const task = await start('wrong-origin');
    const answer = { protocol: 'openid4vp-v1-signed', data: { vp_token: {} } };
    expect(await outcome(task.run, { answer })).toEqual({
      id: 'wrong-origin',
      passed: false,
      says: 'The wallet answered it.',
    });
    const refused = { protocol: 'openid4vp-v1-signed', data: { error: 'invalid_request' } };
    expect(await outcome(task.run, { answer: refused })).toMatchObject({ passed: true });
  });

  test('says where a good request was not answered, or not well', async () => {
    const task = await start('unsigned');
    expect(await outcome(task.run, { error: 'NotAllowedError' })).toMatchObject({ passed: false });
    const answer = { protocol: 'openid4vp-v1-unsigned', data: { vp_token: { proof: ['x'] } } };
    expect(await outcome(task.run, { answer })).toMatchObject({
      passed: false,
      says: expect.stringMatching(/^malformed/) as string,
    });
  });

  test('knows no other cases and runs', async () => {
    expect((await post(`${interop.origin}/start`, { id: 'constructor' })).status).toBe(404);
    expect((await post(`${interop.origin}/answered`, { run: 'guess' })).status).toBe(404);
    expect((await fetch(`${interop.origin}/request/guess`)).status).toBe(404);
  });
});
