import { Agent } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { BuiltCommand } from '../../fixtures/built-command.ts';
import { ForeignProofs, SHOP, newNonce } from '../../fixtures/verification/foreign-proofs.ts';
import { postBy } from '../../fixtures/verification/post-by.ts';
import { RawConnection } from '../../fixtures/verification/raw-http.ts';
import { Serving } from '../../fixtures/verification/serving.ts';

const NO_RATE = { per_client: 1_000_000, in_all: 1_000_000 };

let command: BuiltCommand;
let proofs: ForeignProofs;

const configuration = (more: object = {}): object => ({ audiences: [SHOP], issuers: [proofs.issuer], ...more });

beforeAll(async () => {
  command = await BuiltCommand.build();
  proofs = await ForeignProofs.create();
}, 120_000);

afterAll(() => command.remove());

const reasonOf = async (asking: object, on: Serving): Promise<unknown> => {
  const { status, body } = await on.post(asking);
  expect(status).toBe(200);
  return body['valid'] === true ? 'valid' : body['reason'];
};

describe('limits', () => {
  test('more requests than may come are told when to come again, and cost no nonce', async () => {
    await using strict = await Serving.start(command, configuration({ limits: { per_client: 5 } }));
    const asking = await proofs.ask();
    const answers = await Promise.all(Array.from({ length: 40 }, () => strict.post(asking)));
    const refused = answers.filter(({ status }) => status === 429);
    expect(refused.length).toBeGreaterThan(20);
    expect(refused.every(({ headers }) => headers.get('retry-after') === '1')).toBe(true);
    expect(answers.filter(({ body }) => body['valid'] === true)).toHaveLength(1);
  });

  test('memory for nonces that is full accepts nothing', async () => {
    await using small = await Serving.start(command, configuration({ limits: { nonces: 3 } }));
    for (let i = 0; i < 3; i++) expect(await reasonOf(await proofs.ask(), small)).toBe('valid');
    const { status, body } = await small.post(await proofs.ask());
    expect({ status, body }).toMatchObject({ status: 503, body: { error: { reason: 'too_many', field: 'nonces' } } });
  });

  test('ten thousand at once are answered, each once and rightly, in bounded memory', async () => {
    const limits = { ...NO_RATE, request_seconds: 300, header_seconds: 120 };
    await using crowded = await Serving.start(command, configuration({ limits, log: 'problems' }));
    const [good, large] = [await proofs.ask(), 'x'.repeat(20_000)];
    const bodies = [good, { ...good, nonce: newNonce() }, { ...good, proof: large }].map((one) => JSON.stringify(one));
    const agent = new Agent({ maxSockets: 10_000 });
    const before = await crowded.memory();
    const outcomes = await Promise.all(
      Array.from({ length: 10_000 }, (_, at) => outcomeBy(agent, crowded.port, bodies[at % bodies.length] ?? '')),
    );
    const count = (outcome: string): number => outcomes.filter((one) => one === outcome).length;
    expect(count('200 valid')).toBe(1);
    expect(count('200 malformed')).toBe(3333);
    expect(count('200 wrong_nonce')).toBe(6666);
    const { peak } = await crowded.memory();
    expect(peak - before.now).toBeLessThan(400);
    expect(await reasonOf(await proofs.ask(), crowded)).toBe('valid');
  }, 240_000);

  const outcomeBy = async (agent: Agent, port: number, body: string): Promise<string> => {
    const { status, result } = await postBy(agent, port, body);
    return `${status} ${result.valid === true ? 'valid' : (result.reason ?? '')}`;
  };
});

describe('the end', () => {
  test.each(['SIGTERM', 'SIGINT'] as const)(
    'by %s under load answers whole what it answers, and ends well',
    async (signal) => {
      await using busy = await Serving.start(command, configuration({ limits: NO_RATE }));
      const askings = await Promise.all(Array.from({ length: 120 }, () => proofs.ask()));
      let answered = 0;
      const outcomes = Promise.all(
        askings.map(async (asking) => {
          try {
            const { status, body } = await busy.post(asking);
            if (++answered === 20) busy.signal(signal);
            return `${status} ${String(body['valid'])}`;
          } catch (error) {
            // No connection, or one that ended before it was heard: never half an answer.
            expect(String((error as { readonly cause?: unknown }).cause)).toMatch(
              /ECONNREFUSED|ECONNRESET|other side closed/,
            );
            return 'not heard';
          }
        }),
      );
      expect(await busy.ended()).toBe(0);
      const all = await outcomes;
      expect(all.filter((one) => one === '200 true').length).toBeGreaterThanOrEqual(20);
      expect(all.filter((one) => one !== '200 true' && one !== 'not heard')).toEqual([]);
      expect(validIn(busy.log)).toBe(all.filter((one) => one === '200 true').length);
    },
  );

  const validIn = (log: string): number => log.split('\n').filter((line) => line.includes('"outcome":"valid"')).length;

  test('does not wait for who never ends a request', async () => {
    await using waiting = await Serving.start(
      command,
      configuration({ limits: { header_seconds: 1, request_seconds: 1 } }),
    );
    const connection = await RawConnection.open(waiting.port);
    connection.send('POST /verify HTTP/1.1\r\nHo');
    waiting.signal('SIGTERM');
    expect(await waiting.ended()).toBe(0);
    connection.close();
  });
});
