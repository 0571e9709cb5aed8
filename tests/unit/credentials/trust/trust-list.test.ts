import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { SignetError } from '../../../../lib/core/index.ts';
import {
  MAX_LIST_ANCHORS,
  TRUST_LIST_TYPE,
  readTrustList,
  signerThumbprint,
} from '../../../../lib/credentials/index.ts';
import type { Party } from '../../../fixtures/credentials/test-certificates.ts';
import { certify, createParty } from '../../../fixtures/credentials/test-certificates.ts';
import type { TestIssuer } from '../../../fixtures/credentials/test-issuer.ts';
import { NOW, NOW_SECONDS, createTestIssuer } from '../../../fixtures/credentials/test-issuer.ts';

const RUNS = Number(process.env['SIGNET_RUNS'] ?? 200);
const HEADER = { typ: TRUST_LIST_TYPE };

let root: Party;
let certificate: string;
let maker: TestIssuer;

beforeAll(async () => {
  root = await createParty('Root');
  certificate = Buffer.from(await certify(root, root, { authority: true, uris: [] })).toString('base64');
  maker = await createTestIssuer();
});

const listOf = (more: object = {}): object => ({
  name: 'Town list',
  anchors: [{ certificate, name: 'Town' }],
  ...more,
});
const read = (list: unknown) => readTrustList(typeof list === 'string' ? list : JSON.stringify(list), NOW);
const signed = (list: object, header: object = HEADER): Promise<string> =>
  maker.sign(list, { jwk: maker.publicJwk, ...header });

const problem = async (list: unknown): Promise<string> => {
  try {
    await read(list);
    return 'none';
  } catch (error) {
    return error instanceof SignetError ? `${error.reason} ${error.field ?? ''}` : 'no SignetError';
  }
};

describe('a trust list', () => {
  it('names certificates, for issuers unless it says otherwise, and may be for some types alone', async () => {
    const vct = 'https://issuer.example/age';
    const { name, anchors, leftOut, signer } = await read(
      listOf({ anchors: [{ certificate, name: 'Town\u202e', vouches_for: ['verifiers'], types: [vct], logo: 'x' }] }),
    );
    expect([name, anchors[0]?.name, anchors[0]?.vouchesFor, anchors[0]?.types]).toEqual([
      'Town list',
      'Town',
      ['verifiers'],
      [vct],
    ]);
    expect([leftOut, signer]).toEqual([[], undefined]);
    expect((await read(listOf())).anchors[0]?.vouchesFor).toEqual(['issuers']);
  });

  it('may be signed, and then says by which key', async () => {
    const list = await read(await signed({ ...listOf(), iat: NOW_SECONDS }));
    expect(list.signer === undefined ? '' : signerThumbprint(list.signer)).toMatch(/^[\w-]{43}$/);
    expect(list.issuedAt).toBe(NOW_SECONDS);
  });

  it('takes certificates as PEM too', async () => {
    const pem = `-----BEGIN CERTIFICATE-----\n${certificate}\n-----END CERTIFICATE-----\n`;
    expect((await read(listOf({ anchors: [{ certificate: pem, name: 'Town' }] }))).anchors).toHaveLength(1);
  });

  it('has each certificate once', async () => {
    const { anchors } = await read(listOf({ anchors: [0, 1, 2].map((i) => ({ certificate, name: `Town ${i}` })) }));
    expect(anchors.map(({ name }) => name)).toEqual(['Town 0']);
  });

  it('leaves out, and tells of, what cannot vouch for anybody', async () => {
    const leaf = Buffer.from(await certify(await createParty('Leaf'), root)).toString('base64');
    const old = Buffer.from(await certify(root, root, { authority: true, notAfter: NOW - 1 })).toString('base64');
    const entries = [
      { certificate, name: 'Town' },
      { certificate: leaf, name: 'Leaf' },
      { certificate: old, name: 'Old' },
      { certificate: 'AAAA', name: 'Broken' },
      { certificate, name: 7 },
      { certificate, name: 'Wrong', vouches_for: ['everybody'] },
      'text',
      null,
    ];
    const { anchors, leftOut } = await read(listOf({ anchors: entries }));
    expect(anchors.map(({ name }) => name)).toEqual(['Town']);
    expect(leftOut.map(({ name, problem: why }) => [name, why])).toEqual([
      ['Leaf', 'not_an_authority'],
      ['Old', 'expired'],
      ['Broken', 'unreadable'],
      ['', 'unreadable'],
      ['Wrong', 'unreadable'],
      ['', 'unreadable'],
      ['', 'unreadable'],
    ]);
  });

  it.each([
    ['that is no JSON', 'hello'],
    ['that is empty', ''],
    ['that is an array', '[]'],
    ['without a name', { anchors: [] }],
    ['with an empty name', { name: '', anchors: [] }],
    ['without certificates', { name: 'x' }],
    ['whose certificates are none that could vouch', { name: 'x', anchors: [{ certificate: 'AAAA', name: 'y' }] }],
    ['with nobody on it', { name: 'x', anchors: [] }],
    ['with ten thousand certificates', { name: 'x', anchors: Array.from({ length: 10_000 }, () => ({})) }],
    ['nested deeply', `{"name":"x","anchors":[${'['.repeat(20)}${']'.repeat(20)}]}`],
    ['of ten megabytes', `{"name":"${'x'.repeat(10_000_000)}"}`],
    ['with one certificate too many', { name: 'x', anchors: Array.from({ length: MAX_LIST_ANCHORS + 1 }, () => 0) }],
  ])('is refused %s, with words', async (_, list) => {
    expect(await problem(list)).toBe('bad_request list');
    await expect(read(list)).rejects.toThrow(/[A-Z].*\./);
  });

  it('is refused before it was made, and after its time', async () => {
    expect(await problem(listOf({ iat: NOW_SECONDS + 60 }))).toBe('bad_request list');
    expect(await problem(listOf({ exp: NOW_SECONDS - 60 }))).toBe('bad_request list');
    expect(await problem(listOf({ iat: 'yesterday' }))).toBe('bad_request list');
  });

  it('is refused with a signature that is not that of the key it names', async () => {
    const other = await createTestIssuer();
    const good = await signed(listOf());
    const [header, , signature] = good.split('.');
    const body = Buffer.from(JSON.stringify(listOf({ name: 'Other' }))).toString('base64url');
    expect(await problem(`${header}.${body}.${signature}`)).toBe('bad_request signature');
    expect(await problem(await signed(listOf(), { ...HEADER, jwk: other.publicJwk }))).toBe('bad_request signature');
  });

  it.each([
    ['of another kind of token', { typ: 'JWT' }],
    ['without a key', { ...HEADER, jwk: undefined }],
    ['with a key of another kind', { ...HEADER, jwk: { kty: 'RSA', n: 'AQAB', e: 'AQAB' } }],
    ['with a MAC', { ...HEADER, alg: 'HS256' }],
    ['with no algorithm', { ...HEADER, alg: 'none' }],
  ])('is refused when it is signed %s', async (_, header) => {
    expect(await problem(await signed(listOf(), header))).toBe('bad_request signature');
  });

  it('is refused with a private key in its header, or a critical extension', async () => {
    const jwk = await crypto.subtle.exportKey('jwk', maker.keyPair.privateKey);
    expect(await problem(await signed(listOf(), { ...HEADER, jwk }))).toBe('bad_request signature');
    expect(await problem(await signed(listOf(), { ...HEADER, crit: ['x'] }))).toBe('bad_request list');
  });

  it('is read or refused with a SignetError, whatever it is', async () => {
    const entry = fc.oneof(
      fc.constant({ certificate, name: 'Town' }),
      fc.record({ certificate: fc.string(), name: fc.anything() }, { requiredKeys: [] }),
      fc.anything(),
    );
    const list = fc.record({ name: fc.oneof(fc.string(), fc.anything()), anchors: fc.array(entry, { maxLength: 5 }) });
    await fc.assert(
      fc.asyncProperty(list, async (one) => {
        expect(await problem(JSON.stringify(one))).not.toBe('no SignetError');
      }),
      { seed: 7, numRuns: RUNS },
    );
  });
});
