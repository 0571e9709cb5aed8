import { mkdtemp, writeFile } from 'node:fs/promises';
import { Agent, request as httpRequest } from 'node:http';
import { join } from 'node:path';
import { deflateSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { verify } from '../../lib/sdk/index.ts';
import { BuiltCommand } from '../fixtures/built-command.ts';
import { serve } from '../fixtures/serve.ts';
import type { Asking, Terms } from '../fixtures/verification/foreign-proofs.ts';
import { ForeignProofs, SHOP, newNonce, seconds } from '../fixtures/verification/foreign-proofs.ts';
import { RawConnection, exchange, statuses } from '../fixtures/verification/raw-http.ts';
import { Serving } from '../fixtures/verification/serving.ts';

const RUNS = Number(process.env['SIGNET_RUNS'] ?? 300);
const OTHER = 'https://other.example';

let command: BuiltCommand;
let proofs: ForeignProofs;
let server: Serving;

const configuration = (more: object = {}): object => ({ audiences: [SHOP, OTHER], issuers: [proofs.issuer], ...more });
const NO_RATE = { per_client: 1_000_000, in_all: 1_000_000 };

beforeAll(async () => {
  command = await BuiltCommand.build();
  proofs = await ForeignProofs.create();
  const limits = { ...NO_RATE, header_seconds: 1, request_seconds: 1, idle_seconds: 1, body_bytes: 32_768 };
  server = await Serving.start(command, configuration({ origins: ['https://desk.example'], limits }));
}, 120_000);

afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await command.remove();
});

const reasonOf = async (asking: object, on = server): Promise<unknown> => {
  const { status, body } = await on.post(asking);
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

describe('POST /verify', () => {
  test('says of a good proof what the SDK says', async () => {
    const asking = await proofs.ask();
    const { proof, nonce } = asking;
    const claims = [{ name: 'age_over_21', values: [true] }];
    const expected = await verify(proof, claims, SHOP, { nonce, issuers: [proofs.issuer] });
    const { status, body, headers } = await server.post(asking);
    expect({ status, body }).toEqual({ status: 200, body: JSON.parse(JSON.stringify(expected)) as object });
    expect(body).toMatchObject({ valid: true, claims: { age_over_21: true } });
    expect(Object.fromEntries(headers)).toMatchObject({
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
    });
    expect(headers.get('access-control-allow-origin')).toBeNull();
  });

  test('takes claims as the SDK does, a bare host, and types and issuers that narrow', async () => {
    const { claim: _, ...asking } = await proofs.ask({ shown: ['age_over_21', 'given_name'] });
    const claims = ['age_over_21', { name: 'given_name', values: ['Ada', 'Grace'] }];
    const { types, issuer } = proofs.issuer;
    expect(await reasonOf({ ...asking, claims, audience: 'shop.example', types, issuers: [issuer] })).toBe('valid');
  });

  const tampered = ({ proof, ...rest }: Asking): object => {
    const [jwt = '', ...others] = proof.split('~');
    const [head = '', body = '', signature = ''] = jwt.split('.');
    const payload = JSON.parse(Buffer.from(body, 'base64url').toString()) as object;
    const changed = Buffer.from(JSON.stringify({ ...payload, exp: seconds() + 999_999 })).toString('base64url');
    return { ...rest, proof: [`${head}.${changed}.${signature}`, ...others].join('~') };
  };
  const past = { iat: seconds() - 7200, exp: seconds() - 3600 };
  const cases: readonly (readonly [string, string, Terms, (asking: Asking) => object])[] = [
    ['is tampered with', 'bad_signature', {}, tampered],
    ['is of an expired credential', 'expired', { payload: past }, (one) => one],
    ['was made too long ago', 'expired', { binding: { iat: seconds() - 400 } }, (one) => one],
    ['was made in the future', 'not_yet_valid', { binding: { iat: seconds() + 600 } }, (one) => one],
    ['was made for another site', 'wrong_audience', {}, (one) => ({ ...one, audience: OTHER })],
    ['answers another nonce', 'wrong_nonce', {}, (one) => ({ ...one, nonce: newNonce() })],
    [
      'answers another claim',
      'wrong_claim',
      {},
      (one) => ({ ...one, claim: { attribute: 'age_over_65', value: true } }),
    ],
    ['has another value', 'wrong_claim', {}, (one) => ({ ...one, claim: { attribute: 'age_over_21', value: false } })],
    ['discloses more', 'over_disclosed', { shown: ['age_over_21', 'given_name'] }, (one) => one],
    ['is of another type', 'wrong_type', { payload: { vct: 'https://issuer.example/other' } }, (one) => one],
    ['is of an unknown issuer', 'untrusted_issuer', { payload: { iss: 'https://who.example' } }, (one) => one],
    ['has no key binding', 'no_holder_proof', {}, (one) => ({ ...one, proof: one.proof.replace(/~[^~]*$/, '~') })],
    ['is no proof', 'malformed', {}, (one) => ({ ...one, proof: 'not a proof' })],
    ['is empty', 'malformed', {}, (one) => ({ ...one, proof: '' })],
    [
      'shows no holder',
      'no_holder_proof',
      {},
      (one) => ({ ...one, proof: Buffer.from('{"v":1}').toString('base64url') }),
    ],
  ];
  test.each(cases)('refuses a proof that %s: %s', async (_, reason, terms, change) => {
    expect(await reasonOf(change(await proofs.ask(terms)))).toBe(reason);
  });

  test('refuses a proof by the key of somebody else', async () => {
    const stranger = await ForeignProofs.create();
    expect(await reasonOf(await stranger.ask())).toBe('bad_signature');
  });

  test('takes a nonce once, however many ask at the same time, and another audience has nonces of its own', async () => {
    const asking = await proofs.ask();
    const reasons = await Promise.all(Array.from({ length: 50 }, () => reasonOf(asking)));
    expect(reasons.filter((one) => one === 'valid')).toHaveLength(1);
    expect(reasons.filter((one) => one === 'wrong_nonce')).toHaveLength(49);
    expect(await reasonOf(asking)).toBe('wrong_nonce');
  });

  test('uses up no nonce on a proof that is not valid', async () => {
    const asking = await proofs.ask();
    expect(await reasonOf(tampered(asking))).toBe('bad_signature');
    expect(await reasonOf(asking)).toBe('valid');
  });

  test.each([
    ['too short a nonce', 'nonce', { nonce: 'YWJj' }],
    ['no audience', 'audience', { audience: undefined }],
    ['an audience that is not configured', 'audience', { audience: 'https://evil.example' }],
    ['a type that is not configured', 'types', { types: ['https://issuer.example/other'] }],
    ['an issuer that is not configured', 'issuers', { issuers: ['https://who.example'] }],
    ['claim and claims', 'claim', { claims: ['age_over_21'] }],
    ['a proof that is no text', 'proof', { proof: 7 }],
    ['something that is not known', 'bearer', { bearer: true }],
  ])('answers 400 to %s, and names the field', async (_, field, change) => {
    const { status, body } = await server.post({ ...(await proofs.ask()), ...change });
    expect({ status, body }).toMatchObject({ status: 400, body: { error: { reason: 'bad_request', field } } });
  });

  test.each([
    ['no JSON', '{"proof":', 400],
    ['JSON that is no object', '[]', 400],
    ['deep JSON', '['.repeat(5000), 400],
    ['nothing', '', 400],
    ['too much', JSON.stringify({ proof: 'x'.repeat(40_000) }), 413],
  ])('answers a body with %s', async (_, body, status) => {
    expect((await server.post(body)).status).toBe(status);
  });

  test.each([
    [{ 'content-type': 'text/plain' }, 415],
    [{ 'content-type': 'application/json; charset=latin1' }, 415],
    [{ 'content-type': 'application/jsonp' }, 415],
    [{ 'content-encoding': 'gzip' }, 415],
    [{ origin: 'https://evil.example' }, 403],
    [{ origin: 'null' }, 403],
    [{ origin: 'https://desk.example' }, 200],
    [{ 'content-type': 'application/json; charset=UTF-8' }, 200],
  ])('answers %j with %s', async (headers, status) => {
    expect((await server.post(await proofs.ask(), headers)).status).toBe(status);
  });
});

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
    const chunks = [...asking].map((one) => `1\r\n${one}\r\n`).join('');
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

  test('as bytes, nothing is valid and the server lives', async () => {
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
        expect(received).not.toContain('"valid":true');
        expect(statuses(received).filter((status) => status >= 500)).toEqual([]);
      }),
      { numRuns: RUNS },
    );
    await answers();
  });

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
        const { status, text } = await sendBy(agent, `{${members.join(',')}}`);
        const { valid } = JSON.parse(text) as { readonly valid?: boolean };
        expect([200, 400]).toContain(status);
        expect(valid === true && field === 'proof').toBe(false);
      }),
      { numRuns: RUNS },
    );
    agent.destroy();
    await answers();
  });

  /** A proof with a character changed: its signatures cover every one of them. */
  const mutated = (proof: string): fc.Arbitrary<string> =>
    fc
      .record({ at: fc.nat(proof.length - 1), to: fc.constantFrom('A', 'z', '0', '-', '~', '.', ' ', '\u0000', 'é') })
      .map(({ at, to }) => proof.slice(0, at) + to + proof.slice(at + 1))
      .filter((one) => one !== proof);

  const sendBy = (agent: Agent, body: string): Promise<{ readonly status: number; readonly text: string }> =>
    new Promise((resolve, reject) => {
      const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
      const options = { port: server.port, host: '127.0.0.1', path: '/verify', method: 'POST', headers, agent };
      httpRequest(options, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () => resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString() }));
      })
        .once('error', reject)
        .end(body);
    });
});

describe('revocation', () => {
  test('is asked of the list that the issuer signed, once for many, and what cannot be told is not accepted', async () => {
    let fetched = 0;
    let uri = '';
    let mood: 'good' | 'forged' | 'down' = 'good';
    const stranger = await ForeignProofs.create();
    const lst = deflateSync(Uint8Array.of(0b0000_0010)).toString('base64url');
    await using lists = await serve((_request, response) => {
      fetched += 1;
      const payload = { sub: uri, iat: seconds(), exp: seconds() + 3600, ttl: 600, status_list: { bits: 1, lst } };
      const signer = mood === 'forged' ? stranger : proofs;
      if (mood === 'down') response.writeHead(503).end();
      else void signer.signJwt({ typ: 'statuslist+jwt' }, payload).then((list) => response.end(list));
    });
    const placed = (path: string, idx: number): Promise<Asking> => {
      uri = lists.origin + path;
      return proofs.ask({ payload: { status: { status_list: { uri, idx } } } });
    };
    await using careful = await Serving.start(command, configuration({ development: true }));
    const good = await Promise.all(Array.from({ length: 20 }, () => placed('/1', 0)));
    expect(new Set(await Promise.all(good.map((one) => reasonOf(one, careful))))).toEqual(new Set(['valid']));
    expect(await reasonOf(await placed('/1', 1), careful)).toBe('revoked');
    expect(fetched).toBe(1);
    for (mood of ['forged', 'down'] as const) {
      const { status, body } = await careful.post(await placed(`/${mood}`, 0));
      expect({ status, body }).toMatchObject({ status: 503, body: { error: { reason: 'status_unknown' } } });
    }
    expect((await server.post(await placed('/1', 0))).status).toBe(503); // http is for development
    await using careless = await Serving.start(command, configuration({ status: 'skip' }));
    expect(await reasonOf(await placed('/1', 1), careless)).toBe('valid');
  });
});

describe('a server that has just started', () => {
  test('accepts nothing that an earlier one could have accepted, and says so', async () => {
    await using young = await Serving.start(command, configuration(), []);
    const asking = await proofs.ask();
    const { status, headers, body } = await young.post(asking);
    expect({ status, body }).toMatchObject({ status: 503, body: { error: { field: 'nonces' } } });
    expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
    const health = await fetch(`${young.url}/health`);
    expect({ status: health.status, body: await health.json() }).toEqual({
      status: 503,
      body: { live: true, ready: false, nonces: 'too_young' },
    });
    expect((await fetch(`${young.url}/health/live`)).status).toBe(200);
    expect(await reasonOf({ ...asking, nonce: newNonce() }, young)).toBe('wrong_nonce');
    // A holder whose clock is ahead made it after the start, whatever clock that was.
    const ahead = (): Promise<Asking> => proofs.ask({ binding: { iat: seconds() + 30 } });
    await expect.poll(async () => (await young.post(await ahead())).body['valid'], { timeout: 10_000 }).toBe(true);
  });
});

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
    expect(peak - before.now).toBeLessThan(600);
    expect(await reasonOf(await proofs.ask(), crowded)).toBe('valid');
  }, 240_000);

  const outcomeBy = (agent: Agent, port: number, body: string): Promise<string> =>
    new Promise((resolve, reject) => {
      const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
      httpRequest({ port, host: '127.0.0.1', path: '/verify', method: 'POST', headers, agent }, (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
        response.on('end', () => {
          const { valid, reason = valid === true ? 'valid' : '' } = JSON.parse(text) as {
            valid?: boolean;
            reason?: string;
          };
          resolve(`${response.statusCode ?? 0} ${reason}`);
        });
      })
        .once('error', reject)
        .end(body);
    });
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

describe('the command', () => {
  test('logs what became of requests, and nothing that was in them', async () => {
    await using told = await Serving.start(command, configuration());
    const asking = await proofs.ask();
    await told.post(asking);
    await told.post({ ...asking, secret_field: 'Ada' });
    await fetch(`${told.url}/private-path?token=hunter2`);
    told.signal('SIGTERM');
    expect(await told.ended()).toBe(0);
    const lines = told.log
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>);
    expect(lines.map(({ path, status, outcome }) => [path, status, outcome])).toEqual([
      ['/verify', 200, 'valid'],
      ['/verify', 400, 'bad_request'],
      ['other', 404, 'not_found'],
    ]);
    for (const word of [asking.nonce, asking.proof.slice(0, 20), 'age_over', 'Ada', 'hunter2', 'private']) {
      expect(told.log).not.toContain(word);
    }
  });

  test('says what it verifies, and that it is ready', async () => {
    expect(await (await fetch(`${server.url}/.well-known/signet.json`)).json()).toMatchObject({
      name: 'signet',
      formats: ['dc+sd-jwt', 'bulletproof'],
      endpoints: { verify: '/verify' },
      issuers: [{ issuer: proofs.issuer.issuer, types: proofs.issuer.types }],
    });
    expect(await (await fetch(`${server.url}/health`)).json()).toEqual({ live: true, ready: true, nonces: 'ready' });
    expect((await fetch(`${server.url}/health`, { method: 'HEAD' })).status).toBe(200);
  });

  const home = (): Promise<string> => mkdtemp(join(command.folder, 'home-'));

  test('reads its configuration from the folder, and says all that is wrong with it and where', async () => {
    const folder = await home();
    const file = join(folder, 'verification.yaml');
    await writeFile(file, JSON.stringify(configuration()));
    expect(await command.run(folder, ['serve', '--check'])).toMatchObject({
      code: 0,
      out: 'Good: 1 issuers, 2 audiences.\n',
    });
    await writeFile(
      file,
      'audiences: [shop.example]\nissuers:\n  - issuer: https://a.example\n    jwks: {}\nlimit: {}\n',
    );
    const { code, err } = await command.run(folder, ['serve', '--check']);
    expect(code).toBe(1);
    expect(err).toMatch(/^line 1, audiences\[0\]: .*origin/m);
    expect(err).toMatch(/^line 4, issuers\[0\]\.jwks\.keys: It must be a JWK Set/m);
    expect(err).toMatch(/^line \d, limit: There is no such key/m);
    expect((await command.run(folder, ['serve', '--port', '0'])).code).toBe(1);
  });

  test.each([
    [['--transport', 'carrier-pigeon'], /--transport takes http/],
    [['--port', '99999'], /--port takes a number/],
    [['--config', 'nowhere.yaml'], /nowhere\.yaml cannot be read/],
    [['--host', '0.0.0.0', '--port', '0'], /by which names it is called/],
  ])('does not start with %j', async (args, told) => {
    const folder = await home();
    await writeFile(join(folder, 'verification.yaml'), JSON.stringify(configuration()));
    const { code, err } = await command.run(folder, ['serve', ...args]);
    expect(code).toBe(2);
    expect(err).toMatch(told);
  });

  test('says what is missing where Redis is configured and its client is not installed', async () => {
    const folder = await home();
    await writeFile(
      join(folder, 'verification.yaml'),
      JSON.stringify(configuration({ nonces: { redis: '/nowhere' } })),
    );
    const { code, err } = await command.run(folder, ['serve', '--port', '0']);
    expect({ code, err }).toEqual({ code: 2, err: expect.stringMatching(/npm install ioredis/) as string });
  });

  test('warns where other machines can reach it', async () => {
    await using open = await Serving.start(command, configuration({ hosts: ['verify.internal'] }), [
      '--host',
      '0.0.0.0',
      '--fresh',
    ]);
    const { port } = open;
    const hosts = ['verify.internal', `verify.internal:${port}`, `0.0.0.0:${port}`, `127.0.0.1:${port}`];
    const answered = await Promise.all(
      hosts.map((host) => exchange(port, `GET /health HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`)),
    );
    expect(answered.map((one) => statuses(one)[0])).toEqual([200, 200, 421, 421]);
    open.signal('SIGTERM');
    await open.ended();
    expect(open.log).toContain('other machines can reach this address');
  });
});
