import type { ServerResponse } from 'node:http';
import { describe, expect, test } from 'vitest';
import { createFetchText } from '../../../lib/platform/fetch-text.ts';
import { serve } from '../../fixtures/serve.ts';

const TYPE = 'application/statuslist+jwt';
const fetchText = createFetchText(fetch);
const small = createFetchText(fetch, { maxBytes: 100, maxMilliseconds: 5_000 });

const from = async (listener: (response: ServerResponse) => void, reader = fetchText): Promise<string> => {
  await using server = await serve((_, response) => listener(response));
  return await reader({ url: server.origin, type: TYPE });
};

const answer =
  (body: string | Buffer, type = TYPE, status = 200) =>
  (response: ServerResponse): void => {
    response.writeHead(status, { 'Content-Type': type }).end(body);
  };

describe('text', () => {
  test('is asked for by its type, without cookies or referrer', async () => {
    await using server = await serve((request, response) => {
      const { accept, cookie, referer } = request.headers;
      response.setHeader('Set-Cookie', 'id=1');
      answer(JSON.stringify([request.method, accept, cookie ?? null, referer ?? null]))(response);
    });
    await fetchText({ url: server.origin, type: TYPE });
    expect(JSON.parse(await fetchText({ url: server.origin, type: TYPE }))).toEqual(['GET', TYPE, null, null]);
  });

  test('is asked for by a form where there is one, as quietly', async () => {
    await using server = await serve((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const { accept, cookie, 'content-type': type } = request.headers;
        const body = Buffer.concat(chunks).toString();
        answer(JSON.stringify([request.method, accept, cookie ?? null, type, body]))(response);
      });
    });
    const text = await fetchText({ url: server.origin, type: TYPE, form: { wallet_nonce: 'a&b=ä' } });
    const form = 'application/x-www-form-urlencoded';
    expect(JSON.parse(text)).toEqual(['POST', TYPE, null, form, 'wallet_nonce=a%26b%3D%C3%A4']);
  });

  test.each([TYPE, `${TYPE}; charset=utf-8`, 'Application/StatusList+JWT'])('is taken as %s', async (type) => {
    expect(await from(answer('a.b.c', type))).toBe('a.b.c');
  });

  test.each(['text/plain', 'application/jwt', 'application/json', 'text/html'])('is not taken as %s', async (type) => {
    await expect(from(answer('a.b.c', type))).rejects.toMatchObject({ reason: 'issuer_refused' });
  });

  test.each([404, 410, 500])('is not taken with status %i', async (status) => {
    const refused = from(answer('a.b.c', TYPE, status));
    await expect(refused).rejects.toMatchObject({ message: expect.stringContaining(String(status)) as string });
  });

  test('is taken up to the limit, and not one byte more', async () => {
    expect(await from(answer('x'.repeat(100)), small)).toHaveLength(100);
    await expect(from(answer('x'.repeat(101)), small)).rejects.toMatchObject({ reason: 'issuer_refused' });
  });

  test('is not made of bytes that are no UTF-8', async () => {
    await expect(from(answer(Buffer.from([0x61, 0xff])))).rejects.toMatchObject({ reason: 'issuer_refused' });
  });

  test('is not waited for longer than the limit', async () => {
    const hasty = createFetchText(fetch, { maxBytes: 100, maxMilliseconds: 150 });
    const stalls = from((response) => void response.writeHead(200, { 'Content-Type': TYPE }).write('a'), hasty);
    await expect(stalls).rejects.toMatchObject({ reason: 'network' });
  });

  test('is not followed to another place', async () => {
    const sent = from((response) => void response.writeHead(302, { Location: '/elsewhere' }).end());
    await expect(sent).rejects.toMatchObject({ reason: 'network' });
  });

  test.each(['http://issuer.example/', 'data:,x', 'file:///etc/passwd'])('is never fetched from %s', async (url) => {
    const never = createFetchText(() => Promise.reject(new Error('fetched')));
    await expect(never({ url, type: TYPE })).rejects.toMatchObject({ reason: 'bad_request', field: 'url' });
  });
});
