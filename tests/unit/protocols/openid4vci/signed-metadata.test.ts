import { beforeAll, describe, expect, test } from 'vitest';
import { toBase64, toBase64url, utf8 } from '../../../../lib/core/index.ts';
import type { Certificate } from '../../../../lib/credentials/index.ts';
import { parseCertificate } from '../../../../lib/credentials/index.ts';
import { openSignedMetadata } from '../../../../lib/protocols/openid4vci/index.ts';
import type { CertificateTerms, Party } from '../../../fixtures/credentials/test-certificates.ts';
import { certify, createParty } from '../../../fixtures/credentials/test-certificates.ts';
import { ISSUER, NOW, NOW_SECONDS } from '../../../fixtures/credentials/test-issuer.ts';

const HEADER = { typ: 'openidvci-issuer-metadata+jwt', alg: 'ES256' };
const PAYLOAD = { sub: ISSUER, iat: NOW_SECONDS, credential_issuer: ISSUER };
const encode = (value: unknown): string => toBase64url(utf8(JSON.stringify(value)));

let authority: Party;
let issuer: Party;
let anchor: Certificate;
let root: string;

beforeAll(async () => {
  authority = await createParty('Authority');
  issuer = await createParty('Issuer');
  const der = await certify(authority, authority, { authority: true });
  anchor = parseCertificate(der, 'anchor');
  root = toBase64(der);
});

interface Changes {
  readonly header?: object;
  readonly payload?: object;
  readonly terms?: CertificateTerms;
  readonly signer?: Party;
}

async function sign({ header = {}, payload = {}, terms = {}, signer = issuer }: Changes = {}): Promise<string> {
  const x5c = [toBase64(await certify(issuer, authority, { uris: [ISSUER], ...terms })), root];
  const signed = `${encode({ ...HEADER, x5c, ...header })}.${encode({ ...PAYLOAD, ...payload })}`;
  const algorithm = { name: 'ECDSA', hash: 'SHA-256' };
  const signature = await crypto.subtle.sign(algorithm, signer.keyPair.privateKey, utf8(signed));
  return `${signed}.${toBase64url(new Uint8Array(signature))}`;
}

const open = async (jwt: string | Promise<string>, change: object = {}) =>
  openSignedMetadata(await jwt, { credentialIssuer: ISSUER, anchors: [anchor], now: NOW, ...change });

describe('metadata that its issuer signed', () => {
  test('is what was signed, and vouched for by who the person trusts', async () => {
    expect(await open(sign({ payload: { exp: NOW_SECONDS + 60 } }))).toEqual({
      metadata: { ...PAYLOAD, exp: NOW_SECONDS + 60 },
      vouched: true,
    });
  });

  test('is vouched for by nobody where nobody is trusted, or the chain is broken', async () => {
    expect((await open(sign(), { anchors: [] })).vouched).toBe(false);
    const stranger = parseCertificate(await certify(authority, authority, { authority: false }), 'anchor');
    expect((await open(sign(), { anchors: [stranger] })).vouched).toBe(false);
    const late = { notBefore: NOW - 2000, notAfter: NOW - 1000 };
    expect((await open(sign({ terms: late }))).vouched).toBe(false);
  });

  test.each<[string, Changes, string]>([
    ['of another type', { header: { typ: 'JWT' } }, 'typ'],
    ['of no type', { header: { typ: undefined } }, 'typ'],
    ['signed by nobody', { header: { alg: 'none' } }, 'signature'],
    ['signed by a secret', { header: { alg: 'HS256' } }, 'signature'],
    ['signed by another curve’s algorithm', { header: { alg: 'ES384' } }, 'signature'],
    ['with a part that must be understood', { header: { crit: ['x'], x: 1 } }, 'signed issuer metadata'],
    ['without certificates', { header: { x5c: undefined } }, 'x5c'],
    ['with certificates that are none', { header: { x5c: ['AAAA'] } }, 'x5c'],
    ['with an empty chain', { header: { x5c: [] } }, 'x5c'],
    ['about another issuer', { payload: { sub: 'https://bank.example' } }, 'sub'],
    ['about an issuer with a path', { payload: { sub: `${ISSUER}/tenant` } }, 'sub'],
    ['about nobody', { payload: { sub: undefined } }, 'sub'],
    ['of no time', { payload: { iat: undefined } }, 'iat'],
    ['of a time in words', { payload: { iat: 'now' } }, 'iat'],
    ['from the future', { payload: { iat: NOW_SECONDS + 3600 } }, 'iat'],
    ['that has expired', { payload: { exp: NOW_SECONDS - 3600 } }, 'exp'],
    ['that expires in words', { payload: { exp: 'never' } }, 'exp'],
    ['in another’s name', { terms: { uris: ['https://bank.example'], dnsNames: ['bank.example'] } }, 'x5c'],
    ['in nobody’s name', { terms: { uris: [], dnsNames: [] } }, 'x5c'],
  ])('%s is refused', async (_, changes, field) => {
    const refused = await open(sign(changes)).catch((error: unknown) => error);
    expect(refused).toMatchObject({ name: 'SignetError', reason: 'issuer_refused' });
    expect(refused).toHaveProperty('field', expect.stringContaining(field));
  });

  test('signed with another key than the certificate’s is refused', async () => {
    await expect(open(sign({ signer: authority }))).rejects.toMatchObject({
      field: 'signed issuer metadata.signature',
    });
  });

  test('with a word changed is refused', async () => {
    const [header = '', , signature = ''] = (await sign()).split('.');
    const changed = `${header}.${encode({ ...PAYLOAD, credential_endpoint: 'https://evil.example' })}.${signature}`;
    await expect(open(changed)).rejects.toMatchObject({ field: 'signed issuer metadata.signature' });
  });

  test.each(['', 'a.b', 'a.b.c', '{}', 'x'.repeat(100)])('“%s” is none', async (jwt) => {
    await expect(open(jwt)).rejects.toMatchObject({ reason: 'issuer_refused' });
  });
});
