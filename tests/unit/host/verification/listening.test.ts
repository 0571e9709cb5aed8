import { describe, expect, test } from 'vitest';
import { hostsOf, inUrl, isLoopbackHost } from '../../../../host/verification/listening.ts';

const hosts = (host: string, port: number, configured: readonly string[] = []): readonly string[] =>
  [...hostsOf(host, port, configured)].sort();

describe('what a server is called', () => {
  test('on loopback is loopback, with its port', () => {
    expect(hosts('127.0.0.1', 3000)).toEqual(['127.0.0.1:3000', '[::1]:3000', 'localhost:3000']);
    expect(hosts('::1', 80)).toEqual(['127.0.0.1', '127.0.0.1:80', '[::1]', '[::1]:80', 'localhost', 'localhost:80']);
  });

  test('elsewhere is its address, and what is configured, with the port or as it stands', () => {
    expect(hosts('192.0.2.7', 3000, ['verify.example', 'a.example:8443'])).toEqual([
      '192.0.2.7:3000',
      'a.example:8443',
      'verify.example',
      'verify.example:3000',
    ]);
    expect(hosts('0.0.0.0', 3000, ['verify.example'])).toEqual(['verify.example', 'verify.example:3000']);
  });

  test.each(['0.0.0.0', '::'])('on every address (%s) has to be said', (host) => {
    expect(() => hostsOf(host, 3000, [])).toThrow(/by which names/);
  });

  test.each([
    ['127.0.0.1', true],
    ['127.1.2.3', true],
    ['::1', true],
    ['localhost', true],
    ['0.0.0.0', false],
    ['::', false],
    ['192.168.0.1', false],
    ['127.0.0.1.evil.example', false],
    ['localhost.evil.example', false],
  ])('%s is on this machine alone: %s', (host, expected) => {
    expect(isLoopbackHost(host)).toBe(expected);
  });

  test('stands in a URL as URLs have it', () => {
    expect(['::1', '127.0.0.1', 'LocalHost'].map(inUrl)).toEqual(['[::1]', '127.0.0.1', 'localhost']);
  });
});
