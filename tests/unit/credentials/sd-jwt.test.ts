import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SignetError } from '../../../lib/core/index.ts';
import { parseSdJwt } from '../../../lib/credentials/index.ts';
import type { TestDisclosure } from '../../fixtures/credentials/test-issuer.ts';
import { disclose, disclosureOf, encode } from '../../fixtures/credentials/test-issuer.ts';

const RUNS = Number(process.env['SIGNET_RUNS'] ?? 300);

const token = (payload: object, disclosures: readonly (TestDisclosure | string)[] = [], tail = ''): string => {
  const encoded = disclosures.map((one) => (typeof one === 'string' ? one : one.encoded));
  return [`${encode({ alg: 'ES256' })}.${encode(payload)}.AAAA`, ...encoded, tail].join('~');
};

const refusal = (text: string): { reason: string; field: string | undefined } => {
  try {
    parseSdJwt(text);
  } catch (error) {
    if (error instanceof SignetError) return { reason: error.reason, field: error.field };
    throw error;
  }
  throw new Error('the parser took it');
};

describe('parseSdJwt', () => {
  it('puts members, nested members and array elements where their digests stand', async () => {
    const city = await disclose('city', 'London');
    const address = await disclose('address', { _sd: [city.digest], country: 'GB' });
    const second = await disclose('FR');
    const payload = { _sd: [address.digest, 'decoy'], nat: ['GB', { '...': second.digest }, { '...': 'decoy2' }] };
    const parsed = parseSdJwt(token(payload, [second, address, city]));
    expect(parsed.claims).toEqual({ nat: ['GB', 'FR'], address: { country: 'GB', city: 'London' } });
    expect(parsed.disclosures.map(({ path }) => path)).toEqual([['nat', 1], ['address'], ['address', 'city']]);
    expect(parsed.disclosures[2]?.parent).toBe(address.digest);
  });

  it('drops what is not disclosed and leaves an empty object empty', () => {
    expect(parseSdJwt(token({ a: { _sd: ['x'] }, b: [{ '...': 'y' }], _sd_alg: 'sha-256' })).claims).toEqual({
      a: {},
      b: [],
    });
  });

  it.each(['sha-384', 'sha-512'])('takes %s as digest algorithm', (_sd_alg) => {
    expect(parseSdJwt(token({ _sd_alg, a: 1 })).claims).toEqual({ a: 1 });
  });

  it.each(['md5', 'sha-1', 'toString', 7, null])('refuses %s as digest algorithm', (_sd_alg) => {
    expect(refusal(token({ _sd_alg })).field).toBe('_sd_alg');
  });

  it('refuses a disclosure that no digest names', async () => {
    expect(refusal(token({}, [await disclose('a', 1)])).field).toBe('disclosures');
  });

  it('refuses a child disclosure whose parent is not shown', async () => {
    const city = await disclose('city', 'London');
    const address = await disclose('address', { _sd: [city.digest] });
    expect(refusal(token({ _sd: [address.digest] }, [city])).field).toBe('disclosures');
  });

  it('refuses the same disclosure twice', async () => {
    const a = await disclose('a', 1);
    expect(refusal(token({ _sd: [a.digest] }, [a, a])).field).toBe('disclosures');
  });

  it('refuses a digest that stands twice, shown or not, at any level', async () => {
    const a = await disclose('a', 1);
    expect(refusal(token({ _sd: [a.digest, a.digest] }, [a])).field).toBe('_sd');
    expect(refusal(token({ _sd: ['x'], b: { _sd: ['x'] } })).field).toBe('_sd');
    expect(refusal(token({ _sd: ['x'], b: [{ '...': 'x' }] })).field).toBe('_sd');
    const parent = await disclose('p', { _sd: [a.digest] });
    expect(refusal(token({ _sd: [a.digest, parent.digest] }, [a, parent])).field).toBe('_sd');
  });

  it('refuses a disclosure that takes the name of a claim that is there', async () => {
    const a = await disclose('a', 2);
    const again = await disclose('a', 3);
    expect(refusal(token({ a: 1, _sd: [a.digest] }, [a])).field).toBe('disclosures');
    expect(refusal(token({ _sd: [a.digest, again.digest] }, [a, again])).field).toBe('disclosures');
  });

  it.each(['_sd', '...', '__proto__'])('refuses a disclosure named %s', async (name) => {
    const hidden = await disclose(name, 1);
    expect(refusal(token({ _sd: [hidden.digest] }, [hidden])).field).toBe('disclosures');
  });

  it('refuses __proto__ and ... as member names in the payload', () => {
    const header = encode({ alg: 'ES256' });
    expect(refusal(`${header}.${btoa('{"__proto__":{"a":1}}')}.AAAA~`).field).toBe('payload');
    expect(refusal(token({ a: { '...': 'x' } })).field).toBe('payload');
    expect(refusal(token({ a: [{ '...': 'x', b: 1 }] })).field).toBe('...');
    expect(refusal(token({ a: [{ '...': 1 }] })).field).toBe('...');
  });

  it('refuses members disclosed as elements and elements disclosed as members', async () => {
    const element = await disclose('FR');
    const member = await disclose('a', 1);
    expect(refusal(token({ _sd: [element.digest] }, [element])).field).toBe('disclosures');
    expect(refusal(token({ a: [{ '...': member.digest }] }, [member])).field).toBe('disclosures');
  });

  it.each([[['salt']], [['s', 'a', 1, 2]], [[1, 'a', 1]], [['s', 2, 1]], [{ a: 1 }], ['!!'], ['YQ==']])(
    'refuses %j as a disclosure',
    async (content) => {
      const made = await disclosureOf(content);
      expect(refusal(token({ _sd: [made.digest] }, [made])).field).toBe('disclosures');
    },
  );

  it.each([{ _sd: 'x' }, { _sd: [1] }, { a: { _sd: {} } }, { a: [[{ _sd: null }]] }])(
    'refuses %j as digests',
    (payload) => {
      expect(refusal(token(payload)).field).toBe('_sd');
    },
  );

  it('refuses what is not three parts of canonical base64url, critical headers, and a bad key binding', () => {
    const good = `${encode({ alg: 'ES256' })}.${encode({})}`;
    expect(refusal(`${good}.AAAA`).field).toBe('sd_jwt');
    for (const issuerJwt of [
      good,
      `${good}.AAAA.AAAA`,
      `${good}.AAA=`,
      `${good}.AB`,
      'a.b.c',
      `${encode([])}.${encode({})}.`,
    ]) {
      expect(refusal(`${issuerJwt}~`)).toEqual({ reason: 'bad_request', field: 'issuer_jwt' });
    }
    expect(refusal(`${encode({ alg: 'ES256', crit: ['x'] })}.${encode({})}.AAAA~`).field).toBe('issuer_jwt');
    expect(refusal(token({}, [], 'kb')).field).toBe('kb_jwt');
  });

  it('is bounded in length, in disclosures and in depth', async () => {
    const deep = JSON.stringify({ a: 1 }).replace('1', `${'['.repeat(40)}${']'.repeat(40)}`);
    expect(refusal(`${'a'.repeat(300_000)}~`).field).toBe('sd_jwt');
    expect(refusal(token({}, Array<string>(1025).fill('e30'))).field).toBe('disclosures');
    expect(refusal(`${encode({ alg: 'ES256' })}.${btoa(deep).replace(/=+$/, '')}.AAAA~`).field).toBe('issuer_jwt');
    let inner = await disclose('leaf', 1);
    const chain = [inner];
    for (let i = 0; i < 40; i++) chain.push((inner = await disclose('n', { _sd: [inner.digest] })));
    expect(refusal(token({ _sd: [inner.digest] }, chain)).field).toBe('disclosures');
  });

  it('throws nothing but SignetError, whatever it is given', () => {
    const part = fc.oneof(
      fc.string(),
      fc.base64String(),
      fc.json().map((json) => Buffer.from(json).toString('base64url')),
    );
    const text = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 200 }),
      fc.array(part, { maxLength: 8 }).map((parts) => parts.join('~')),
      fc.tuple(fc.json(), fc.json(), fc.array(part, { maxLength: 4 })).map(([header, payload, rest]) => {
        const [h, p] = [header, payload].map((json) => Buffer.from(json).toString('base64url'));
        return `${h ?? ''}.${p ?? ''}.AAAA~${rest.join('~')}~`;
      }),
    );
    fc.assert(
      fc.property(text, (input) => {
        try {
          parseSdJwt(input);
        } catch (error) {
          expect(error).toBeInstanceOf(SignetError);
        }
      }),
      { numRuns: RUNS },
    );
  });
});
