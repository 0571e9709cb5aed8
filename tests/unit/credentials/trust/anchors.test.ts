import { beforeAll, describe, expect, it } from 'vitest';
import { SignetError } from '../../../../lib/core/index.ts';
import {
  MAX_CERTIFICATES_IN_FILE,
  assessAnchor,
  distinguishedName,
  fingerprintOf,
  parseCertificate,
  readCertificates,
} from '../../../../lib/credentials/index.ts';
import { X509Certificate } from 'node:crypto';
import { rootCertificates } from 'node:tls';
import type { CertificateTerms, Party } from '../../../fixtures/credentials/test-certificates.ts';
import { certify, createParty } from '../../../fixtures/credentials/test-certificates.ts';
import { NOW } from '../../../fixtures/credentials/test-issuer.ts';

const DAY = 86_400_000;
const KEY_CERT_SIGN = 32;
const DIGITAL_SIGNATURE = 1;

let root: Party;

beforeAll(async () => {
  root = await createParty('Root');
});

const anchor = async (terms: CertificateTerms = {}, subject = root) =>
  parseCertificate(await certify(subject, subject, { authority: true, uris: [], ...terms }), 'anchor');
const assess = async (terms?: CertificateTerms, subject?: Party) => assessAnchor(await anchor(terms, subject), NOW);

describe('a certificate as an anchor', () => {
  it.each(['P-256', 'P-384', 'Ed25519', 'RSA'] as const)('may have a key of %s', async (kind) => {
    expect(await assess({}, await createParty('Root', kind))).toBeUndefined();
  });

  it('may be of an authority below another', async () => {
    const middle = await createParty('Middle');
    const der = await certify(middle, root, { authority: true, uris: [], usage: KEY_CERT_SIGN });
    expect(await assessAnchor(parseCertificate(der, 'anchor'), NOW)).toBeUndefined();
  });

  it.each<[string, CertificateTerms]>([
    ['not_an_authority', { authority: false }],
    ['not_an_authority', { usage: DIGITAL_SIGNATURE }],
    ['expired', { notAfter: NOW - 1 }],
    ['not_yet_valid', { notBefore: NOW + DAY / 2 }],
    ['constrained', { extra: { oid: '2.5.29.30', critical: true } }],
    ['constrained', { extra: { oid: '2.5.29.30', critical: false } }],
    ['constrained', { extra: { oid: '1.2.3.4', critical: true } }],
  ])('is none: %s', async (problem, terms) => {
    expect(await assess(terms)).toBe(problem);
  });

  it('is none with an RSA key of 1,024 bits', async () => {
    const keyPair = await crypto.subtle.generateKey(
      { name: 'RSASSA-PKCS1-v1_5', modulusLength: 1024, publicExponent: new Uint8Array([1, 0, 1]), hash: 'SHA-256' },
      true,
      ['sign', 'verify'],
    ); // signing keys are pairs
    expect(await assess({}, { name: 'Weak', kind: 'RSA', keyPair })).toBe('weak_key');
  });

  it('is none when it says that it signed itself, and somebody else did', async () => {
    const stranger = await createParty('Root');
    const der = await certify(root, stranger, { authority: true, uris: [] });
    expect(await assessAnchor(parseCertificate(der, 'anchor'), NOW)).toBe('forged');
  });

  it('is called what another parser calls it, with the same fingerprint', () => {
    for (const pem of rootCertificates.slice(0, 60)) {
      const [ours, theirs] = [parseCertificate(pem, 'pem'), new X509Certificate(pem)];
      expect(fingerprintOf(ours)).toBe(theirs.fingerprint256);
      const common = /^CN=(.*)$/m.exec(theirs.subject)?.[1];
      if (common !== undefined && !common.includes('\\')) {
        expect(distinguishedName(ours.subject)).toContain(common.slice(0, 60).replace(/\s+/g, ' '));
      }
    }
  });

  it('of those that browsers trust is usable as an anchor, where its time is now', async () => {
    const now = Date.UTC(2026, 10, 1);
    const problems = new Set<string | undefined>();
    for (const pem of rootCertificates) problems.add(await assessAnchor(parseCertificate(pem, 'pem'), now));
    expect([...problems].filter((problem) => problem !== undefined && problem !== 'expired')).toEqual([]);
  });
});

describe('a file of certificates', () => {
  const pemOf = (der: Uint8Array): string =>
    `-----BEGIN CERTIFICATE-----\n${Buffer.from(der).toString('base64')}\n-----END CERTIFICATE-----\n`;
  const problem = (source: Parameters<typeof readCertificates>[0]): string => {
    try {
      readCertificates(source);
      return 'none';
    } catch (error) {
      return error instanceof SignetError ? `${error.reason} ${error.field ?? ''}: ${error.message}` : 'no SignetError';
    }
  };

  it('may be DER, PEM, or base64, with words around it, and has each once', async () => {
    const der = await certify(root, root, { authority: true });
    const other = await certify(root, root, { authority: true });
    expect(readCertificates(der)).toHaveLength(1);
    expect(readCertificates(pemOf(der))).toHaveLength(1);
    expect(readCertificates(Buffer.from(der).toString('base64'))).toHaveLength(1);
    expect(readCertificates(`Our roots:\n${pemOf(der)}and\n${pemOf(other)}${pemOf(der)}`)).toHaveLength(2);
  });

  it('is refused with words when it is ten megabytes long', () => {
    expect(problem('A'.repeat(10_000_000))).toMatch(/^bad_request certificate: .*too long/);
  });

  it('is refused with words when it holds many certificates', async () => {
    const pem = pemOf(await certify(root, root, { authority: true }));
    expect(problem(pem.repeat(MAX_CERTIFICATES_IN_FILE + 1))).toMatch(/17 certificates.*16 at once/);
  });

  it('is refused with a warning when it is a private key', () => {
    expect(problem('-----BEGIN PRIVATE KEY-----\nMIIB\n-----END PRIVATE KEY-----')).toMatch(/private key/);
  });

  it.each(['', 'hello', '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----', '\u0000'])(
    'is refused with words when it is none: %j',
    (text) => {
      expect(problem(text)).toMatch(/^bad_request certificate: There is no certificate/);
    },
  );

  it('is refused with words when it is cut short, at any byte', async () => {
    const der = await certify(root, root, { authority: true });
    for (let length = 1; length < der.length; length += 7) {
      expect(problem(der.slice(0, length))).toMatch(/^bad_request certificate/);
    }
  });
});
