import { describe, expect, test } from 'vitest';
import { createExchange } from '../../../lib/notify/exchange.ts';
import type { ExchangeRequest } from '../../../lib/notify/exchange.ts';
import { NOON } from '../../fixtures/notify/away.ts';
import { Receiver, say } from '../../fixtures/notify/receiver.ts';

const clock = () => NOON;
const REQUEST: ExchangeRequest = { url: 'https://hooks.example/', headers: {} };

describe('what is sent', () => {
  test('is JSON with the headers it was given, quietly: no cookies, no referrer, no cache, no redirect', async () => {
    const seen: RequestInit[] = [];
    const fetch = (_: unknown, init?: RequestInit) => {
      seen.push(init ?? {});
      return Promise.resolve(new Response(null, { status: 204 }));
    };
    await createExchange(fetch, { clock })({ ...REQUEST, headers: { 'webhook-id': 'a' }, body: '{}' });
    expect(seen).toMatchObject([
      {
        ...{ method: 'POST', body: '{}', credentials: 'omit', referrerPolicy: 'no-referrer' },
        ...{ redirect: 'manual', cache: 'no-store' },
        headers: { Accept: 'application/json', 'Content-Type': 'application/json', 'webhook-id': 'a' },
      },
    ]);
  });

  test('is a GET where there is no body', async () => {
    await using receiver = await Receiver.start(say('{"a":1}'));
    const reply = await createExchange(fetch, { clock })({ url: receiver.url, headers: {} });
    expect(reply).toEqual({ kind: 'answered', status: 200, body: '{"a":1}' });
    expect(receiver.received.map(({ body, headers }) => [body, headers.get('content-type')])).toEqual([['', null]]);
  });

  test.each(['http://hooks.example/', 'http://10.0.0.1/', 'ftp://hooks.example/', 'https://a:b@hooks.example/', 'x'])(
    'is nothing to %s',
    async (url) => {
      const exchange = createExchange(() => Promise.reject(new Error('fetched')), { clock });
      await expect(exchange({ ...REQUEST, url })).rejects.toMatchObject({ reason: 'bad_request', field: 'url' });
    },
  );
});

describe('what comes back', () => {
  test('is a redirect also where the browser shows nothing of it but that', async () => {
    // As Fetch defines it (“opaque-redirect filtered response”): no status, no headers, no body.
    const hidden = Object.defineProperties(new Response(null), {
      ...{ type: { value: 'opaqueredirect' }, status: { value: 0 }, ok: { value: false } },
    });
    expect(await createExchange(() => Promise.resolve(hidden), { clock })(REQUEST)).toEqual({ kind: 'redirected' });
  });

  test.each([
    [32_768, true],
    [32_769, false],
  ])('is read up to 32 kB: %i bytes are taken: %s', async (length, isTaken) => {
    const text = JSON.stringify('x'.repeat(length - 2));
    await using receiver = await Receiver.start(say(text));
    const reply = await createExchange(fetch, { clock })({ ...REQUEST, url: receiver.url });
    expect(reply).toEqual({ kind: 'answered', status: 200, ...(isTaken && { body: text }) });
  });

  test.each(['text/plain', 'application/jsonp', 'text/html'])('is not read where it is %s', async (type) => {
    await using receiver = await Receiver.start(
      (response) => void response.writeHead(200, { 'Content-Type': type }).end('{}'),
    );
    const reply = await createExchange(fetch, { clock })({ ...REQUEST, url: receiver.url });
    expect(reply).toEqual({ kind: 'answered', status: 200 });
  });
});
