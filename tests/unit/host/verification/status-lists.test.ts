import { describe, expect, test } from 'vitest';
import { StatusLists } from '../../../../host/verification/status-lists.ts';
import { SignetError } from '../../../../lib/core/index.ts';
import { encode } from '../../../fixtures/credentials/test-issuer.ts';

const URI = 'https://issuer.example/lists/1';
const token = (payload: object): string => `${encode({ alg: 'ES256' })}.${encode(payload)}.AAAA`;

/** A network that answers as it is told, and lists over it at a time that can be set. */
function setUp(answer: (uri: string) => Response | Promise<Response>, isDevelopment = false) {
  const time = { now: 1_000_000_000_000 };
  const asked: string[] = [];
  const lists = new StatusLists({
    fetch: (input) => {
      const uri = input instanceof Request ? input.url : String(input);
      asked.push(uri);
      return Promise.resolve(answer(uri));
    },
    now: () => time.now,
    isDevelopment,
  });
  return { lists, asked, time };
}

const reasonOf = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => 'had',
    (error: unknown) => SignetError.from(error).reason,
  );

describe('status lists', () => {
  test.each([
    ['its ttl', { ttl: 60 }, 60],
    ['five minutes without one', {}, 300],
    ['an hour at most', { ttl: 1_000_000 }, 3600],
    ['as long as it is valid', { ttl: 600, exp: 1_000_000_100 }, 100],
  ])('are kept for %s', async (_, payload, seconds) => {
    const { lists, asked, time } = setUp(() => new Response(token(payload)));
    await lists.fetch(URI);
    time.now += seconds * 1000 - 1;
    await lists.fetch(URI);
    expect(asked).toHaveLength(1);
    time.now += 1;
    await lists.fetch(URI);
    expect(asked).toHaveLength(2);
  });

  test.each([
    ['no list'],
    [token({ ttl: 'long' })],
    [token({ ttl: 0 })],
    [token({ ttl: -5 })],
    [token({ ttl: 60, exp: 5 })],
  ])('that are none are handed over and not kept: %s', async (text) => {
    const { lists, asked } = setUp(() => new Response(text));
    expect([await lists.fetch(URI), await lists.fetch(URI)]).toEqual([text, text]);
    expect(asked).toHaveLength(2);
  });

  test('are asked for once at a time, each for itself', async () => {
    const answers = Promise.withResolvers<Response>();
    const { lists, asked } = setUp(async (uri) => (uri === URI ? (await answers.promise).clone() : new Response('b')));
    const waiting = [lists.fetch(URI), lists.fetch(URI), lists.fetch(URI)];
    expect(await lists.fetch(`${URI}0`)).toBe('b');
    answers.resolve(new Response('a'));
    expect(await Promise.all(waiting)).toEqual(['a', 'a', 'a']);
    expect(asked).toEqual([URI, `${URI}0`]);
  });

  test('that cannot be had are not asked for again at once', async () => {
    const { lists, asked, time } = setUp(() => new Response('', { status: 500 }));
    expect(await reasonOf(lists.fetch(URI))).toBe('issuer_refused');
    expect(await reasonOf(lists.fetch(URI))).toBe('network');
    expect(asked).toHaveLength(1);
    time.now += 2000;
    expect(await reasonOf(lists.fetch(URI))).toBe('issuer_refused');
    expect(asked).toHaveLength(2);
  });

  test('that are too long are given up', async () => {
    const { lists } = setUp(() => new Response('a'.repeat(1024 * 1024 + 1)));
    expect(await reasonOf(lists.fetch(URI))).toBe('issuer_refused');
  });

  test('on this machine by http are for development alone', async () => {
    const local = 'http://127.0.0.1:8080/list';
    expect(await reasonOf(setUp(() => new Response('a')).lists.fetch(local))).toBe('bad_request');
    expect(await setUp(() => new Response('a'), true).lists.fetch(local)).toBe('a');
    expect(await reasonOf(setUp(() => new Response('a'), true).lists.fetch('http://issuer.example/list'))).toBe(
      'bad_request',
    );
  });

  test('are kept within bounds: the oldest go first', async () => {
    const { lists, asked } = setUp(() => new Response(token({})));
    for (let at = 0; at < 65; at++) await lists.fetch(`${URI}/${at}`);
    await lists.fetch(`${URI}/64`);
    expect(asked).toHaveLength(65);
    await lists.fetch(`${URI}/0`);
    expect(asked).toHaveLength(66);
  });
});
