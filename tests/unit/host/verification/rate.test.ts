import { describe, expect, test } from 'vitest';
import { RateLimit, clientOf } from '../../../../host/verification/rate.ts';

const takenOf = (rate: RateLimit, client: string, count: number): number =>
  Array.from({ length: count }, () => rate.take(client)).filter((wait) => wait === 0).length;

describe('a rate limit', () => {
  test('lets so many come at once, and so many a second after that', () => {
    let now = 0;
    const rate = new RateLimit({ perClient: 10, inAll: 1000 }, () => now);
    expect(takenOf(rate, 'a', 50)).toBe(10);
    now = 500;
    expect(takenOf(rate, 'a', 50)).toBe(5);
    now = 100_000;
    expect(takenOf(rate, 'a', 50)).toBe(10);
  });

  test('says how long to wait, and one who waits so long may come', () => {
    let now = 0;
    const rate = new RateLimit({ perClient: 2, inAll: 1000 }, () => now);
    takenOf(rate, 'a', 2);
    const wait = rate.take('a');
    expect(wait).toBe(500);
    now += wait;
    expect(rate.take('a')).toBe(0);
  });

  test('does not let one client use up what another has', () => {
    const rate = new RateLimit({ perClient: 5, inAll: 1000 }, () => 0);
    expect(takenOf(rate, 'a', 100)).toBe(5);
    expect(takenOf(rate, 'b', 100)).toBe(5);
  });

  test('bounds all together, however many addresses somebody has', () => {
    const rate = new RateLimit({ perClient: 5, inAll: 50 }, () => 0);
    const taken = Array.from({ length: 10_000 }, (_, at) => rate.take(`client ${at}`)).filter((wait) => wait === 0);
    expect(taken).toHaveLength(50);
  });

  test('lets nobody in who used up their own share through addresses that were forgotten', () => {
    const rate = new RateLimit({ perClient: 1, inAll: 1_000_000 }, () => 0);
    expect(takenOf(rate, 'a', 2)).toBe(1);
    for (let at = 0; at < 4000; at++) rate.take(`other ${at}`);
    expect(rate.take('a')).toBeGreaterThan(0);
  });
});

describe('whom a request is counted on', () => {
  const proxies = new Set(['10.0.0.1', '10.0.0.2', '::1']);

  test.each([
    ['192.0.2.7', undefined, '192.0.2.7'],
    ['192.0.2.7', '198.51.100.1', '192.0.2.7'],
    ['::ffff:192.0.2.7', undefined, '192.0.2.7'],
    ['10.0.0.1', '198.51.100.1', '198.51.100.1'],
    ['10.0.0.1', '203.0.113.9, 198.51.100.1', '198.51.100.1'],
    ['10.0.0.1', '203.0.113.9, 198.51.100.1, 10.0.0.2', '198.51.100.1'],
    ['::ffff:10.0.0.1', '198.51.100.1', '198.51.100.1'],
    ['::1', '2001:db8:1:2:3:4:5:6', '2001:db8:1:2'],
    ['10.0.0.1', undefined, '10.0.0.1'],
    ['10.0.0.1', '', '10.0.0.1'],
    ['10.0.0.1', '198.51.100.1, nonsense', '10.0.0.1'],
    ['10.0.0.1', '10.0.0.2, 10.0.0.2', '10.0.0.2'],
    ['2001:db8::1', undefined, '2001:db8:0:0'],
    ['2001:db8:0:0:ffff::2', undefined, '2001:db8:0:0'],
    ['2001:db8:0:1::2', undefined, '2001:db8:0:1'],
    ['fe80::1%eth0', undefined, 'fe80:0:0:0'],
  ])('from %s by way of %s is %s', (peer, forwarded, client) => {
    expect(clientOf(peer, forwarded, proxies)).toBe(client);
  });
});
