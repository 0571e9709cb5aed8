import { Agent } from 'node:http';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { BuiltCommand } from '../../fixtures/built-command.ts';
import { ForeignProofs, SHOP } from '../../fixtures/verification/foreign-proofs.ts';
import { postBy } from '../../fixtures/verification/post-by.ts';
import { RawConnection, exchange, statuses } from '../../fixtures/verification/raw-http.ts';
import { Serving } from '../../fixtures/verification/serving.ts';

/** What a stranger can be answered with who has no proof. */
const REFUSALS = new Set([100, 400, 403, 404, 405, 408, 413, 415, 417, 421, 431]);
const RUNS = Number(process.env['SIGNET_RUNS'] ?? 300);

let command: BuiltCommand;
let proofs: ForeignProofs;
let server: Serving;

beforeAll(async () => {
  command = await BuiltCommand.build();
  proofs = await ForeignProofs.create();
  const limits = {
    ...{ per_client: 1_000_000, in_all: 1_000_000, body_bytes: 32_768 },
    ...{ header_seconds: 1, request_seconds: 1, idle_seconds: 1 },
  };
  const origins = ['https://desk.example'];
  server = await Serving.start(command, { audiences: [SHOP], issuers: [proofs.issuer], origins, limits });
}, 120_000);

afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await command.remove();
});

const reasonOf = async (asking: object): Promise<unknown> => {
  const { status, body } = await server.post(asking);
  expect(status).toBe(200);
  return body['valid'] === true ? 'valid' : body['reason'];
};

/** A whole request as bytes. */
const post = (body: string, headers: readonly string[] = []): string =>
  [
    'POST /verify HTTP/1.1',
    `Host: 127.0.0.1:${server.port}`,
    'Content-Type: application/json',
    ...(headers.some((one) => /^(?:content-length|transfer-encoding)/i.test(one))
      ? []
      : [`Content-Length: ${Buffer.byteLength(body)}`]),
    ...headers,
    '',
    body,
  ].join('\r\n');

describe('what is not for this server', () => {
  test.each([
    ['a page whose name leads here', 'GET /health HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n', 421],
    ['a name with another port', 'GET /health HTTP/1.1\r\nHost: localhost:1\r\nConnection: close\r\n\r\n', 421],
    ['no host', 'GET /health HTTP/1.1\r\nConnection: close\r\n\r\n', 400],
    ['two hosts', 'GET /health HTTP/1.1\r\nHost: HERE\r\nHost: evil.example\r\nConnection: close\r\n\r\n', 400],
    ['a proxy request', 'GET http://evil.example/health HTTP/1.1\r\nHost: HERE\r\nConnection: close\r\n\r\n', 400],
    ['another path', 'GET /verify/../etc/passwd HTTP/1.1\r\nHost: HERE\r\nConnection: close\r\n\r\n', 404],
    ['another method', 'GET /verify HTTP/1.1\r\nHost: HERE\r\nConnection: close\r\n\r\n', 405],
    ['TRACE', 'TRACE /health HTTP/1.1\r\nHost: HERE\r\nConnection: close\r\n\r\n', 405],
  ])('%s is refused', async (_, text, status) => {
    expect(statuses(await exchange(server.port, text.replace('HERE', `localhost:${server.port}`)))).toEqual([status]);
  });

  test('a page that is configured may ask first, and no other', async () => {
    const preflight = (origin: string): Promise<Response> =>
      fetch(`${server.url}/verify`, {
        method: 'OPTIONS',
        headers: { origin, 'access-control-request-method': 'POST' },
      });
    const good = await preflight('https://desk.example');
    expect({ status: good.status, origin: good.headers.get('access-control-allow-origin') }).toEqual({
      status: 204,
      origin: 'https://desk.example',
    });
    const bad = await preflight('https://evil.example');
    expect({ status: bad.status, origin: bad.headers.get('access-control-allow-origin') }).toEqual({
      status: 403,
      origin: null,
    });
  });
});

describe('HTTP as attackers speak it', () => {
  const chunked = ['Transfer-Encoding: chunked'];
  const bad: readonly (readonly [string, () => string | Uint8Array, number])[] = [
    [
      'a length and chunks',
      () => post('0\r\n\r\nGET /health HTTP/1.1\r\n\r\n', ['Content-Length: 4', ...chunked]),
      400,
    ],
    ['chunks and a length', () => post('0\r\n\r\n', [...chunked, 'Content-Length: 4']), 400],
    ['two lengths', () => post('{}', ['Content-Length: 2', 'Content-Length: 3']), 400],
    ['a length that is none', () => post('{}', ['Content-Length: +2']), 400],
    ['chunks that are not the last coding', () => post('{}', ['Transfer-Encoding: chunked, gzip']), 400],
    ['a chunk whose size is none', () => post('zz\r\n{}\r\n0\r\n\r\n', chunked), 400],
    ['a space before the colon', () => post('{}', ['Content-Length : 2']), 400],
    ['a folded header', () => post('{}', ['X-A: b\r\n c: d']), 400],
    ['bytes that are no request', () => Uint8Array.of(0x16, 0x03, 0x01, 0x02, 0, 1, 0), 400],
    ['HTTP/2', () => 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 400],
    ['a header without an end', () => `GET /health HTTP/1.1\r\nX: ${'a'.repeat(80_000)}`, 431],
    ['too much in chunks', () => post(`8001\r\n${'x'.repeat(0x8001)}\r\n0\r\n\r\n`, chunked), 413],
    ['too long a length', () => post('', ['Content-Length: 99999999999']), 413],
    ['an expectation that is not known', () => post('{}', ['Expect: 200-maybe', 'Connection: close']), 417],
  ];
  test.each(bad)('%s ends the connection with %3$s', async (_, bytes, status) => {
    expect(statuses(await exchange(server.port, bytes()))).toEqual([status]);
  });

  test('requests in a row are answered in their order, and what is no request behind them ends the connection', async () => {
    const [first, second] = [await proofs.ask(), await proofs.ask()];
    const all = post(JSON.stringify(first)) + post('{') + post(JSON.stringify(second)) + 'NONSENSE\r\n\r\n';
    const received = await exchange(server.port, all);
    expect(statuses(received).slice(0, 3)).toEqual([200, 400, 200]);
    expect(received.match(/"valid":true/g)).toHaveLength(2);
  });

  test('a body in many chunks is one body, and who asks whether to send it is told', async () => {
    const asking = JSON.stringify(await proofs.ask());
    const chunks = Array.from(asking, (one) => `1\r\n${one}\r\n`).join('');
    const received = await exchange(server.port, post(`${chunks}0\r\n\r\n`, [...chunked, 'Connection: close']));
    expect(received).toContain('"valid":true');
    const connection = await RawConnection.open(server.port);
    const body = JSON.stringify(await proofs.ask());
    connection.send(post('', [`Content-Length: ${body.length}`, 'Expect: 100-continue', 'Connection: close']));
    await connection.until(/^HTTP\/1\.1 100 /);
    expect(await connection.send(body).untilEnd()).toContain('"valid":true');
  });

  const slow: readonly (readonly [string, () => string, readonly number[]])[] = [
    ['says nothing', () => '', [408]],
    ['never ends its header', () => 'POST /verify HTTP/1.1\r\nHost: a\r\nX-', [408]],
    ['never sends its body', () => post('', ['Content-Length: 500']), [408]],
    ['never ends its chunks', () => post('5\r\n{"pro\r\n', chunked), [408]],
    ['asked once and stays', () => `GET /health HTTP/1.1\r\nHost: localhost:${server.port}\r\n\r\n`, [200]],
  ];
  test.each(slow)('who %s is cut off', async (_, bytes, expected) => {
    const start = performance.now();
    expect(statuses(await exchange(server.port, bytes()))).toEqual(expected);
    expect(performance.now() - start).toBeLessThan(10_000);
  });

  test('a hundred who drip do not keep others waiting', async () => {
    const drips = await Promise.all(Array.from({ length: 100 }, () => RawConnection.open(server.port)));
    for (const drip of drips) drip.send('POST /verify HTTP/1.1\r\nHo');
    expect(await reasonOf(await proofs.ask())).toBe('valid');
    const ends = await Promise.all(drips.map((drip) => drip.untilEnd()));
    expect(ends.filter((end) => statuses(end).join() !== '408')).toEqual([]);
  });
});

describe('whatever is sent', () => {
  const answers = async (): Promise<void> => {
    const response = await fetch(`${server.url}/health`);
    expect(response.status).toBe(200);
  };

  test('as bytes is answered with a refusal or not at all, and the server lives', async () => {
    const start = post('{}', ['Connection: close']);
    const piece = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 40 }),
      fc.constantFrom(
        '\r\n',
        '\r\n\r\n',
        ' ',
        ':',
        '0',
        'Transfer-Encoding: chunked\r\n',
        'Content-Length: 1\r\n',
        'HTTP/1.1',
        '\0',
      ),
    );
    const edit = fc.record({ at: fc.nat(start.length), cut: fc.nat(12), piece });
    await fc.assert(
      fc.asyncProperty(fc.array(edit, { minLength: 1, maxLength: 4 }), async (edits) => {
        const bytes = edits.reduce(
          (text, { at, cut, piece: put }) => text.slice(0, at) + put + text.slice(at + cut),
          start,
        );
        const connection = await RawConnection.open(server.port);
        const received = await connection.send(Buffer.from(bytes, 'latin1')).finish();
        expect(statuses(received).filter((status) => !REFUSALS.has(status))).toEqual([]);
      }),
      { numRuns: RUNS },
    );
    await answers();
  }, 3_600_000);

  test('as JSON, nothing but the one good request is valid, and nothing is our fault', async () => {
    const good = await proofs.ask();
    const agent = new Agent({ keepAlive: true, maxSockets: 8 });
    const change = fc.oneof(
      fc.record({
        field: fc.constantFrom(...Object.keys(good), 'claims', 'types', 'issuers', '__proto__'),
        value: fc.jsonValue(),
      }),
      fc.record({ field: fc.constant('proof'), value: mutated(good.proof) }),
      fc.record({
        field: fc.constant('claims'),
        value: fc.array(
          fc.record({ name: fc.string(), values: fc.jsonValue(), gte: fc.jsonValue() }, { requiredKeys: [] }),
        ),
      }),
    );
    await fc.assert(
      fc.asyncProperty(change, async ({ field, value }) => {
        const others = Object.entries(good).filter(
          ([name]) => name !== field && !(field === 'claims' && name === 'claim'),
        );
        const members = [...others, [field, value] as const].map(
          ([name, one]) => `${JSON.stringify(name)}:${JSON.stringify(one)}`,
        );
        const { status, result } = await postBy(agent, server.port, `{${members.join(',')}}`);
        expect([200, 400]).toContain(status);
        expect(result.valid === true && field === 'proof').toBe(false);
      }),
      { numRuns: RUNS },
    );
    agent.destroy();
    await answers();
  }, 3_600_000);

  /** A proof with a character changed: its signatures cover every one of them. */
  const mutated = (proof: string): fc.Arbitrary<string> =>
    fc
      .record({ at: fc.nat(proof.length - 1), to: fc.constantFrom('A', 'z', '0', '-', '~', '.', ' ', '\u0000', 'é') })
      .map(({ at, to }) => proof.slice(0, at) + to + proof.slice(at + 1))
      .filter((one) => one !== proof);
});
