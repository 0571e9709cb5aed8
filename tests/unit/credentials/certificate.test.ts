import { X509Certificate } from 'node:crypto';
import { rootCertificates } from 'node:tls';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { SignetError } from '../../../lib/core/index.ts';
import type { Certificate } from '../../../lib/credentials/index.ts';
import {
  certificateKey,
  isNamedBy,
  parseCertificate,
  parseCertificates,
  validateChain,
} from '../../../lib/credentials/index.ts';
import type { CertificateKey, CertificateTerms, Party } from '../../fixtures/credentials/test-certificates.ts';
import { certify, createParty, x5cOf } from '../../fixtures/credentials/test-certificates.ts';
import { ISSUER, NOW } from '../../fixtures/credentials/test-issuer.ts';

const RUNS = Number(process.env['SIGNET_RUNS'] ?? 200);
const DIGITAL_SIGNATURE = 1;
const KEY_CERT_SIGN = 32;

let root: Party;
let middle: Party;
let leaf: Party;

beforeAll(async () => {
  root = await createParty('Root');
  middle = await createParty('Middle', 'P-384');
  leaf = await createParty('Leaf');
});

interface Chain {
  readonly leaf?: CertificateTerms;
  readonly middle?: CertificateTerms;
  readonly root?: CertificateTerms;
  readonly now?: number;
}

/** Whether leaf ← middle ← root stands, with the root as the anchor. */
async function stands(terms: Chain = {}): Promise<boolean> {
  const rootDer = await certify(root, root, { authority: true, uris: [], ...terms.root });
  const middleDer = await certify(middle, root, { authority: true, uris: [], usage: KEY_CERT_SIGN, ...terms.middle });
  const leafDer = await certify(leaf, middle, { usage: DIGITAL_SIGNATURE, ...terms.leaf });
  const chain = parseCertificates(x5cOf(leafDer, middleDer));
  return validateChain(chain, [parseCertificate(rootDer, 'anchor')], terms.now ?? NOW);
}

describe('certificates', () => {
  it('of the fixture are what another parser takes them for', async () => {
    const rootDer = await certify(root, root, { authority: true, uris: [] });
    const middleDer = await certify(middle, root, { authority: true, uris: [], dnsNames: ['middle.example'] });
    const theirs = new X509Certificate(middleDer);
    expect(theirs.verify(new X509Certificate(rootDer).publicKey)).toBe(true);
    expect(theirs.ca).toBe(true);
    expect(theirs.subjectAltName).toBe('DNS:middle.example');
    expect(parseCertificate(theirs.toString(), 'pem').dnsNames).toEqual(['middle.example']);
  });

  it('that browsers trust are read as another parser reads them', () => {
    for (const pem of rootCertificates) {
      const [ours, theirs] = [parseCertificate(pem, 'pem'), new X509Certificate(pem)];
      expect([ours.isAuthority, ours.notBefore, ours.notAfter]).toEqual([
        theirs.ca,
        Date.parse(theirs.validFrom),
        Date.parse(theirs.validTo),
      ]);
    }
    expect(rootCertificates.length).toBeGreaterThan(100);
  });

  it('are followed from leaf to anchor', async () => {
    expect(await stands()).toBe(true);
  });

  it.each<CertificateKey>(['P-256', 'P-384', 'Ed25519', 'RSA'])(
    'are followed to an anchor with a key of %s',
    async (kind) => {
      const anchor = await createParty('Anchor', kind);
      const anchorDer = await certify(anchor, anchor, { authority: true, uris: [] });
      const chain = parseCertificates(x5cOf(await certify(leaf, anchor)));
      expect(await validateChain(chain, [parseCertificate(anchorDer, 'anchor')], NOW)).toBe(true);
    },
  );

  it('stand where the leaf itself is the anchor, or the anchor is sent along', async () => {
    const own = await certify(leaf, leaf);
    expect(await validateChain(parseCertificates(x5cOf(own)), [parseCertificate(own, 'anchor')], NOW)).toBe(true);
    const rootDer = await certify(root, root, { authority: true, uris: [] });
    const chain = parseCertificates(x5cOf(await certify(leaf, root), rootDer));
    expect(await validateChain(chain, [parseCertificate(rootDer, 'anchor')], NOW)).toBe(true);
  });

  it.each<[string, Chain]>([
    ['a leaf that has expired', { leaf: { notAfter: NOW - 1000 } }],
    ['a leaf from the future', { leaf: { notBefore: NOW + 1000 } }],
    ['a leaf that may not sign data', { leaf: { usage: KEY_CERT_SIGN } }],
    ['a leaf with an unknown critical extension', { leaf: { extra: { oid: '1.2.3.4', critical: true } } }],
    ['an authority that has expired', { middle: { notAfter: NOW - 1000 } }],
    ['an authority that is none', { middle: { authority: false } }],
    ['an authority that may not sign certificates', { middle: { usage: DIGITAL_SIGNATURE } }],
    ['an authority with name constraints', { middle: { extra: { oid: '2.5.29.30', critical: false } } }],
    ['an authority with another name', { leaf: { issuedBy: 'Somebody' } }],
    ['an anchor that has expired', { root: { notAfter: NOW - 1000 } }],
    ['an anchor that is no authority', { root: { authority: false } }],
    ['an anchor that allows no authority below it', { root: { pathLength: 0 } }],
    ['a time after all of them', { now: NOW + 10 * 86_400_000 }],
  ])('do not stand with %s', async (_, terms) => {
    expect(await stands(terms)).toBe(false);
  });

  it('tolerate an unknown extension that is not critical', async () => {
    expect(await stands({ leaf: { extra: { oid: '1.2.3.4', critical: false } } })).toBe(true);
  });

  it('lead nowhere without an anchor, or to an anchor of the same name with another key', async () => {
    const impostor = await createParty('Root');
    const chain = parseCertificates(x5cOf(await certify(leaf, root)));
    const other = parseCertificate(await certify(impostor, impostor, { authority: true, uris: [] }), 'anchor');
    expect(await validateChain(chain, [], NOW)).toBe(false);
    expect(await validateChain(chain, [other], NOW)).toBe(false);
  });

  it('name an issuer by its URI or its host, exactly', async () => {
    const named = async (terms: CertificateTerms): Promise<boolean> =>
      isNamedBy(parseCertificate(await certify(leaf, root, terms), 'x'), ISSUER);
    expect(await named({ uris: [ISSUER] })).toBe(true);
    expect(await named({ uris: [], dnsNames: ['Issuer.Example'] })).toBe(true);
    for (const terms of [
      { uris: [] },
      { uris: [`${ISSUER}/`] },
      { uris: ['https://issuer.example.evil.example'] },
      { uris: [], dnsNames: ['*.example', 'sub.issuer.example', 'example'] },
    ]) {
      expect(await named(terms)).toBe(false);
    }
  });

  it('give the key credentials are signed with, and none for RSA', async () => {
    const rsa = await createParty('RSA', 'RSA');
    const jwk = await crypto.subtle.exportKey('jwk', leaf.keyPair.publicKey);
    expect(await certificateKey(parseCertificate(await certify(leaf, root), 'x'))).toMatchObject({
      kty: 'EC',
      crv: 'P-256',
      x: jwk.x,
      y: jwk.y,
    });
    expect(await certificateKey(parseCertificate(await certify(rsa, root), 'x'))).toBeUndefined();
  });

  it.each([undefined, 'x', [], [7], ['AAAA'], Array(9).fill('AAAA')])('are refused where x5c is %j', (x5c) => {
    expect(() => parseCertificates(x5c)).toThrow(expect.objectContaining({ reason: 'bad_request', field: 'x5c' }));
  });

  it('with two signature algorithms are refused', async () => {
    const der = await certify(leaf, root, { signatureAlgorithm: '1.3.101.112' });
    expect(() => parseCertificate(der, 'x')).toThrow(SignetError);
  });

  it('with any byte changed do not stand, unless what was signed is the same, and nothing but SignetError is thrown', async () => {
    const rootDer = await certify(root, root, { authority: true, uris: [] });
    const anchor = parseCertificate(rootDer, 'anchor');
    const der = await certify(leaf, root);
    const original = parseCertificate(der, 'x');
    const parsed = (bytes: Uint8Array): Certificate | undefined => {
      try {
        return parseCertificate(bytes, 'x');
      } catch (error) {
        expect(error).toBeInstanceOf(SignetError);
        return undefined;
      }
    };
    await fc.assert(
      fc.asyncProperty(fc.nat({ max: der.length - 1 }), fc.integer({ min: 1, max: 255 }), async (at, change) => {
        const mutated = der.slice();
        mutated[at] = (mutated[at] ?? 0) ^ change;
        const read = parsed(mutated);
        if (read === undefined || !(await validateChain([read], [anchor], NOW))) return;
        expect(read.signed).toEqual(original.signed);
        expect(read.publicKey).toEqual(original.publicKey);
      }),
      { numRuns: RUNS },
    );
  });
});
