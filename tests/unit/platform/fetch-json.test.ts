import type { IncomingMessage, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { SignetError } from '../../../lib/core/index.ts';
import { createFetchJson } from '../../../lib/platform/fetch-json.ts';
import { serve } from '../../fixtures/serve.ts';

const RUNS = Number(process.env.SIGNET_RUNS ?? 25);
const fetchJson = createFetchJson(fetch);

const json = (response: ServerResponse, body: string, status = 200): void => {
  response.writeHead(status, { 'Content-Type': 'application/json' }).end(body);
};

/** The reason of the SignetError that a promise rejects with; anything else fails the test. */
async function refusalOf(promise: Promise<unknown>): Promise<SignetError> {
  const thrown: unknown = await promise.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (!(thrown instanceof SignetError)) throw new Error('expected a SignetError', { cause: thrown });
  return thrown;
}

describe('what is sent', () => {
  async function sent(request: object): Promise<{ method: string; headers: IncomingMessage['headers']; body: string }> {
    const seen = Promise.withResolvers<{ method: string; headers: IncomingMessage['headers']; body: string }>();
    await using server = await serve((request, response) => {
      void text(request).then((body) => {
        seen.resolve({ method: request.method ?? '', headers: request.headers, body });
        json(response, '{}');
      });
    });
    await fetchJson({ url: `${server.origin}/x`, ...request });
    return await seen.promise;
  }

  test('a request without a body is a GET without cookies or referrer', async () => {
    const { method, headers } = await sent({});
    expect(method).toBe('GET');
    expect(headers.accept).toBe('application/json');
    expect(headers.cookie).toBeUndefined();
    expect(headers.referer).toBeUndefined();
    expect(headers.authorization).toBeUndefined();
  });

  test('JSON is posted as JSON, with the bearer token', async () => {
    const { method, headers, body } = await sent({ json: { a: ['é'] }, bearer: 'abc.def' });
    expect([method, headers['content-type'], headers.authorization]).toEqual([
      'POST',
      'application/json',
      'Bearer abc.def',
    ]);
    expect(body).toBe('{"a":["é"]}');
  });

  test('a form is posted percent-encoded', async () => {
    const { headers, body } = await sent({ form: { code: 'a&b=c d' } });
    expect(headers['content-type']).toBe('application/x-www-form-urlencoded');
    expect(new URLSearchParams(body).get('code')).toBe('a&b=c d');
  });

  test('an empty POST can be asked for', async () => {
    expect(await sent({ post: true })).toMatchObject({ method: 'POST', body: '' });
  });

  test('cookies that the server sets are not sent back', async () => {
    const cookies: (string | undefined)[] = [];
    await using server = await serve((request, response) => {
      cookies.push(request.headers.cookie);
      response.setHeader('Set-Cookie', 'id=1');
      json(response, '{}');
    });
    await fetchJson({ url: server.origin });
    await fetchJson({ url: server.origin });
    expect(cookies).toEqual([undefined, undefined]);
  });
});

describe('addresses that are never fetched', () => {
  test.each([
    'http://example.com/',
    'ftp://example.com/',
    'file:///etc/passwd',
    'data:application/json,{}',
    'chrome-extension://abc/manifest.json',
    'http://192.168.0.1/',
    'http://localhost.example.com/',
    'https://user:pass@example.com/',
    '/relative',
    '',
  ])('%s', async (url) => {
    const never = createFetchJson(() => Promise.reject(new Error('fetched')));
    expect(await refusalOf(never({ url }))).toMatchObject({ reason: 'bad_request', field: 'url' });
  });
});

describe('what is taken', () => {
  const answering = async (listener: (response: ServerResponse) => void, reader = fetchJson) => {
    await using server = await serve((_, response) => listener(response));
    return await reader({ url: server.origin });
  };
  const small = createFetchJson(fetch, { maxBytes: 1000, maxMilliseconds: 5_000 });

  test.each(['application/json', 'application/json; charset=utf-8', 'application/jwk-set+json'])('%s', async (type) => {
    const answer = await answering((response) => response.writeHead(200, { 'Content-Type': type }).end('{"a":1}'));
    expect(answer).toEqual({ ok: true, body: { a: 1 } });
  });

  test.each(['text/html', 'text/plain', 'application/jsonp', 'application/json5', ''])(
    'not an answer of type “%s”',
    async (type) => {
      const refused = refusalOf(
        answering((response) => response.writeHead(200, type === '' ? {} : { 'Content-Type': type }).end('{}')),
      );
      expect(await refused).toMatchObject({ reason: 'issuer_refused' });
    },
  );

  test.each([
    ['not JSON', '{"a":'],
    ['nothing', ''],
    ['endless nesting', '['.repeat(5000) + ']'.repeat(5000)],
  ])('not %s', async (_, body) => {
    expect(await refusalOf(answering((response) => json(response, body)))).toMatchObject({ reason: 'issuer_refused' });
  });

  test('not bytes that are no UTF-8', async () => {
    const listener = (response: ServerResponse) =>
      response.writeHead(200, { 'Content-Type': 'application/json' }).end(Buffer.from([0x22, 0xff, 0x22]));
    expect(await refusalOf(answering(listener))).toMatchObject({ reason: 'issuer_refused' });
  });

  test('a body of exactly the limit', async () => {
    const body = JSON.stringify('x'.repeat(998));
    expect(await answering((response) => json(response, body), small)).toEqual({ ok: true, body: 'x'.repeat(998) });
  });

  test('not one byte more, whatever Content-Length says', async () => {
    const listener = (response: ServerResponse) => json(response, JSON.stringify('x'.repeat(999)));
    expect(await refusalOf(answering(listener, small))).toMatchObject({ reason: 'issuer_refused' });
  });

  test('not two megabytes', async () => {
    const listener = (response: ServerResponse) => json(response, JSON.stringify('x'.repeat(2_000_000)));
    expect((await refusalOf(answering(listener))).message).toContain('1000000 bytes');
  });

  test('not a body that never ends: the connection is given up at the limit', async () => {
    const closed = Promise.withResolvers<undefined>();
    const listener = (response: ServerResponse) => {
      response.writeHead(200, { 'Content-Type': 'application/json' });
      const more = (): void => {
        while (!response.destroyed && response.write('"'.padEnd(16_384, 'x')));
      };
      response.on('drain', more).on('close', () => closed.resolve(undefined));
      more();
    };
    expect(await refusalOf(answering(listener))).toMatchObject({ reason: 'issuer_refused' });
    await closed.promise;
  });

  test('not a body that stalls: the time is counted to the last byte', async () => {
    const listener = (response: ServerResponse) =>
      response.writeHead(200, { 'Content-Type': 'application/json' }).write('{"a":');
    const hasty = createFetchJson(fetch, { maxBytes: 1000, maxMilliseconds: 150 });
    const error = await refusalOf(answering(listener, hasty));
    expect(error.reason).toBe('network');
    expect(error.message).toContain('too long');
  });

  test('not a server that accepts and says nothing', async () => {
    const hasty = createFetchJson(fetch, { maxBytes: 1000, maxMilliseconds: 150 });
    expect(await refusalOf(answering(() => undefined, hasty))).toMatchObject({ reason: 'network' });
  });

  test.each([301, 302, 303, 307, 308])('not a redirect (%i), even to the same origin', async (status) => {
    const asked: (string | undefined)[] = [];
    await using server = await serve((request, response) => {
      asked.push(request.url);
      if (request.url === '/') response.writeHead(status, { Location: '/elsewhere' }).end();
      else json(response, '{}');
    });
    expect(await refusalOf(fetchJson({ url: `${server.origin}/` }))).toMatchObject({ reason: 'network' });
    expect(asked).toEqual(['/']);
  });

  test('not a server that is gone', async () => {
    const server = await serve(() => undefined);
    await server[Symbol.asyncDispose]();
    expect(await refusalOf(fetchJson({ url: server.origin }))).toMatchObject({ reason: 'network' });
  });

  test('whatever bytes come, the outcome is JSON or a SignetError', async () => {
    let body: Uint8Array = new Uint8Array();
    await using server = await serve((_, response) =>
      response.writeHead(200, { 'Content-Type': 'application/json' }).end(body),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          fc.json().map((text) => Buffer.from(text)),
          fc.uint8Array(),
        ),
        async (bytes) => {
          body = bytes;
          const outcome: unknown = await fetchJson({ url: server.origin }).catch((error: unknown) => error);
          if (outcome instanceof SignetError) expect(outcome.reason).toBe('issuer_refused');
          else expect(outcome).toEqual({ ok: true, body: JSON.parse(Buffer.from(bytes).toString()) as unknown });
        },
      ),
      { numRuns: RUNS },
    );
  });
});

describe('a refusal', () => {
  const refusing = async (status: number, type: string, body: string) => {
    await using server = await serve((_, response) => response.writeHead(status, { 'Content-Type': type }).end(body));
    return await fetchJson({ url: server.origin });
  };

  test('in JSON is an answer with the code and the cleaned words of the server', async () => {
    const body = JSON.stringify({ error: 'invalid_grant', error_description: 'Not\u202e \u0000this\ncode' });
    expect(await refusing(400, 'application/json', body)).toEqual({
      ok: false,
      status: 400,
      error: 'invalid_grant',
      description: 'Not this code',
    });
  });

  test('has clamped words', async () => {
    const answer = await refusing(400, 'application/json', JSON.stringify({ error_description: 'x'.repeat(10_000) }));
    expect(answer).toMatchObject({ ok: false, description: `${'x'.repeat(199)}…` });
  });

  test.each([
    ['text/html', '<h1>no</h1>'],
    ['application/json', '[1]'],
    ['application/json', '{"error":{"deep":1},"error_description":5}'],
  ])('in %s %s has a status alone', async (type, body) => {
    expect(await refusing(503, type, body)).toEqual({ ok: false, status: 503, error: '', description: '' });
  });
});

describe('of tokens and their proofs', () => {
  type Answer = (response: ServerResponse) => void;

  async function exchange(request: object, answer: Answer) {
    let headers: IncomingMessage['headers'] = {};
    let body = '';
    await using server = await serve((incoming, response) => {
      headers = incoming.headers;
      void text(incoming).then((received) => {
        body = received;
        answer(response);
      });
    });
    const answered = fetchJson({ url: server.origin, ...request });
    return { answer: await answered.catch((error: unknown) => SignetError.from(error)), headers, body };
  }

  const jwt: Answer = (response) => response.writeHead(200, { 'Content-Type': 'application/jwt' }).end(' a.b.c \n');

  test('a JWT is sent as one', async () => {
    const { headers, body } = await exchange({ jwt: 'a.b.c.d.e' }, (response) => json(response, '{}'));
    expect([headers['content-type'], body]).toEqual(['application/jwt', 'a.b.c.d.e']);
  });

  test('a proof goes in a header of its own, with its token or alone', async () => {
    const fine: Answer = (response) => json(response, '{}');
    const both = await exchange({ post: true, dpop: { proof: 'p.q.r', token: 'abc' } }, fine);
    expect([both.headers['dpop'], both.headers.authorization]).toEqual(['p.q.r', 'DPoP abc']);
    const alone = await exchange({ form: { a: 'b' }, dpop: { proof: 'p.q.r' } }, fine);
    expect([alone.headers['dpop'], alone.headers.authorization]).toEqual(['p.q.r', undefined]);
  });

  test('a JWT comes back only where one is taken, and says that it is one', async () => {
    const taken = await exchange({ takes: 'json_or_jwt' }, jwt);
    expect(taken.answer).toEqual({ ok: true, body: 'a.b.c', jwt: true });
    expect(taken.headers.accept).toBe('application/jwt, application/json;q=0.9');
    expect((await exchange({}, jwt)).answer).toMatchObject({ reason: 'issuer_refused' });
    const plain = await exchange({ takes: 'json_or_jwt' }, (response) => json(response, '"a.b.c"'));
    expect(plain.answer).toEqual({ ok: true, body: 'a.b.c' });
  });

  test.each([
    ['2 MB', Buffer.alloc(2_000_000, 'a')],
    ['bytes that are no text', Buffer.from([0xff, 0xfe])],
  ])('%s are no JWT', async (_, body) => {
    const { answer } = await exchange({ takes: 'json_or_jwt' }, (response) =>
      response.writeHead(200, { 'Content-Type': 'application/jwt' }).end(body),
    );
    expect(answer).toMatchObject({ reason: 'issuer_refused' });
  });

  test('nothing is read of an answer that nobody reads, whatever it is', async () => {
    const answers: readonly Answer[] = [
      (response) => response.writeHead(204).end(),
      (response) => response.writeHead(200, { 'Content-Type': 'text/html' }).end('<h1>thanks</h1>'),
      (response) => json(response, 'x'.repeat(2_000_000)),
    ];
    for (const answer of answers) {
      expect((await exchange({ json: {}, takes: 'nothing' }, answer)).answer).toEqual({ ok: true, body: null });
    }
    const refused = await exchange({ json: {}, takes: 'nothing' }, (response) => json(response, '{"error":"no"}', 400));
    expect(refused.answer).toMatchObject({ ok: false, error: 'no' });
  });

  test('a nonce for the next proof comes with an answer of either kind', async () => {
    const answering =
      (status: number): Answer =>
      (response) =>
        response.writeHead(status, { 'Content-Type': 'application/json', 'DPoP-Nonce': 'n-1.~' }).end('{}');
    expect((await exchange({}, answering(200))).answer).toMatchObject({ ok: true, dpopNonce: 'n-1.~' });
    expect((await exchange({}, answering(400))).answer).toMatchObject({ ok: false, dpopNonce: 'n-1.~' });
  });

  test.each(['', 'a b', 'a"b', 'a\\b', 'x'.repeat(1025)])('“%s” is no nonce', async (nonce) => {
    const { answer } = await exchange({}, (response) =>
      response.writeHead(200, { 'Content-Type': 'application/json', 'DPoP-Nonce': nonce }).end('{}'),
    );
    expect(answer).toEqual({ ok: true, body: {} });
  });

  test.each([
    ['DPoP error="use_dpop_nonce", algs="ES256"', 'use_dpop_nonce'],
    ['Bearer realm="x",error="invalid_token"', 'invalid_token'],
    ['Bearer xerror="invalid_token"', ''],
    ['Bearer error="<script>"', ''],
    [`Bearer ${'x'.repeat(3000)} error="late"`, ''],
    ['Bearer', ''],
  ])('a challenge %s without a body says “%s”', async (challenge, error) => {
    const { answer } = await exchange({}, (response) =>
      response.writeHead(401, { 'WWW-Authenticate': challenge }).end(),
    );
    expect(answer).toEqual({ ok: false, status: 401, error, description: '' });
  });

  test('what the body says goes before the challenge', async () => {
    const { answer } = await exchange({}, (response) =>
      response
        .writeHead(401, { 'WWW-Authenticate': 'Bearer error="other"', 'Content-Type': 'application/json' })
        .end('{"error":"invalid_token"}'),
    );
    expect(answer).toMatchObject({ error: 'invalid_token' });
  });
});
