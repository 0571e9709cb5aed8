import { domainToASCII } from 'node:url';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import type { FindRegistrable } from '../../../components/origin-parts.ts';
import { mixesScripts, splitOrigin } from '../../../components/origin-parts.ts';
import { decodePunycode } from '../../../components/punycode.ts';
import { loadRegistrable } from '../../../components/registrable.ts';

let find: FindRegistrable;
beforeAll(async () => {
  find = await loadRegistrable();
});
const split = (origin: string) => splitOrigin(origin, find);

describe('an origin', () => {
  it('has its registrable domain told from what stands before it', () => {
    expect(split('https://shop.example.com')).toEqual({
      transport: 'secure',
      before: 'shop.',
      registrable: 'example.com',
      port: '',
      ascii: '',
    });
  });

  it('does not take a public suffix for somebody’s domain', () => {
    expect(split('https://a.b.example.co.uk')).toMatchObject({ before: 'a.b.', registrable: 'example.co.uk' });
    expect(split('https://someone.github.io')).toMatchObject({ before: '', registrable: 'someone.github.io' });
  });

  it('is not fooled by a famous name in front of another domain', () => {
    expect(split('https://www.bank.example.com.evil.example.org')).toMatchObject({
      before: 'www.bank.example.com.evil.',
      registrable: 'example.org',
    });
  });

  it('keeps a port that is not the default one', () => {
    expect(split('https://shop.example.com:8443')).toMatchObject({ registrable: 'example.com', port: ':8443' });
  });

  it.each(['http://localhost:4310', 'http://127.0.0.1:4310', 'http://[::1]:4310'])('%s is this computer', (origin) => {
    expect(split(origin)).toMatchObject({ transport: 'local', before: '', port: ':4310' });
  });

  it('has an address as a whole where there is no domain', () => {
    expect(split('https://192.0.2.7')).toMatchObject({ before: '', registrable: '192.0.2.7' });
  });

  it.each(['http://shop.example.com', 'ftp://example.com', 'null', 'not an origin'])(
    '%s is neither secure nor local',
    (origin) => {
      expect(split(origin).transport).toBe('other');
    },
  );
});

describe('an international host', () => {
  const of = (host: string) => split(`https://${domainToASCII(host)}`);

  it('is shown in its own letters alone when they are of one script', () => {
    expect(of('www.münchen.example.de')).toMatchObject({
      before: 'www.münchen.',
      registrable: 'example.de',
      ascii: '',
    });
    expect(of('пример.рф')).toMatchObject({ registrable: 'пример.рф', ascii: '' });
  });

  it.each(['аррӏе.com', 'pаypal.com', 'раураl.com', 'ѕhop.example.com', '例え.jp'])(
    '%s mixes scripts, so its xn-- form stands beside it',
    (host) => {
      expect(of(host).ascii).toBe(domainToASCII(host));
    },
  );

  it('that is none is shown whole, and as unprotected', () => {
    const broken = 'https://xn--.example.com';
    expect(split(broken)).toMatchObject({ before: '', registrable: broken, transport: 'other' });
  });

  it('counts a script that nobody listed as mixed', () => {
    expect(mixesScripts('ꮃ')).toBe(true);
    expect(mixesScripts('shop-24.example')).toBe(false);
  });
});

describe('punycode', () => {
  it.each([
    ['mnchen-3ya', 'münchen'],
    ['80ak6aa92e', 'аррӏе'],
    ['r8jz45g', '例え'],
    ['ihqwcrb4cv8a8dqg056pqjye', '他们为什么不说中文'],
  ])('%s is %s', (encoded, text) => {
    expect(decodePunycode(encoded)).toBe(text);
  });

  it.each(['é', 'A', 'a_b', '99999999999', 'mnchen-3y'])(
    'refuses %s or decodes it to something harmless',
    (encoded) => {
      const decoded = decodePunycode(encoded);
      expect(decoded === null || domainToASCII(decoded) !== `xn--${encoded}`).toBe(true);
    },
  );

  it('gives back every label that the platform encodes', () => {
    const letters = fc.stringMatching(/^[a-zа-яα-ω\u00e0-\u00f6一-十]{1,20}$/u);
    fc.assert(
      fc.property(letters, (label) => {
        const ascii = domainToASCII(label);
        fc.pre(ascii.startsWith('xn--') && ascii.length <= 63);
        expect(decodePunycode(ascii.slice(4))).toBe(label.normalize('NFC'));
      }),
      { numRuns: Number(process.env['SIGNET_RUNS'] ?? 200) },
    );
  });

  it('never throws, whatever it is given', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const decoded = decodePunycode(text);
        expect(decoded === null || typeof decoded === 'string').toBe(true);
      }),
      { numRuns: Number(process.env['SIGNET_RUNS'] ?? 200) },
    );
  });
});
