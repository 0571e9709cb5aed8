import { X509Certificate, createHash } from 'node:crypto';
import { SDJwtVcInstance } from '@sd-jwt/sd-jwt-vc';
import fc from 'fast-check';
import { compactVerify, importJWK } from 'jose';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Origin } from '../../lib/core/index.ts';
import { SignetError, utf8 } from '../../lib/core/index.ts';
import {
  didKeysNamed,
  distinguishedName,
  isSignedBy,
  parseCertificate,
  parseCertificates,
  parseJws,
  readTrustList,
  resolveDid,
  resolveType,
  validateChain,
} from '../../lib/credentials/index.ts';
import type { CertificateKey, Party } from '../fixtures/credentials/test-certificates.ts';
import { certify, createParty, x5cOf } from '../fixtures/credentials/test-certificates.ts';
import type { TestAlgorithm } from '../fixtures/credentials/test-issuer.ts';
import { NOW, createTestIssuer, encode } from '../fixtures/credentials/test-issuer.ts';

const RUNS = Number(process.env['SIGNET_RUNS'] ?? 100);
const ISSUER = 'https://issuer.example' as Origin; // a literal that is one
const VCT = 'https://types.example/0';

describe('certificates of @peculiar/asn1-x509', () => {
  const kinds: readonly CertificateKey[] = ['P-256', 'P-384', 'Ed25519', 'RSA'];
  let parties: readonly Party[];

  beforeAll(async () => {
    parties = await Promise.all(kinds.map((kind, i) => createParty(`Party ${i}`, kind)));
  });

  /** Node's opinion of leaf ← middle ← root: each names the next as its issuer, and that one's key signed it. */
  function standsForNode(ders: readonly Uint8Array[]): boolean {
    const chain = ders.map((der) => new X509Certificate(der));
    return chain.every((one, i) => {
      const issuer = chain[i + 1] ?? one;
      return (i === 0 || one.ca) && one.checkIssued(issuer) && one.verify(issuer.publicKey);
    });
  }

  it('make chains that stand exactly where Node’s crypto says so, whoever signed what in whose name', async () => {
    const who = fc.integer({ min: 0, max: kinds.length - 1 });
    const chain = fc.record({
      leaf: who,
      middle: who,
      root: who,
      signsLeaf: who,
      signsMiddle: who,
      middleIsCa: fc.boolean(),
    });
    const outcomes = new Set<boolean>();
    await fc.assert(
      fc.asyncProperty(chain, async ({ leaf, middle, root, signsLeaf, signsMiddle, middleIsCa }) => {
        const party = (i: number): Party => parties[i] ?? (parties[0] as Party); // `who` is within bounds
        const leafDer = await certify(party(leaf), party(signsLeaf), { usage: 1, issuedBy: party(middle).name });
        const middleDer = await certify(party(middle), party(signsMiddle), {
          authority: middleIsCa,
          uris: ['https://middle.example'],
          issuedBy: party(root).name,
        });
        const rootDer = await certify(party(root), party(root), { authority: true, uris: [] });
        const ours = await validateChain(
          parseCertificates(x5cOf(leafDer, middleDer)),
          [parseCertificate(rootDer, 'anchor')],
          NOW,
        );
        const shortcut = signsLeaf === root && middle === root; // the root itself signed the leaf: the middle is not needed
        outcomes.add(ours);
        if (!shortcut) expect(ours).toBe(standsForNode([leafDer, middleDer, rootDer]));
        else expect(ours).toBe(true);
      }),
      {
        seed: 7,
        numRuns: RUNS,
        examples: [[{ leaf: 0, middle: 1, root: 2, signsLeaf: 1, signsMiddle: 2, middleIsCa: true }]],
      },
    );
    expect(outcomes).toEqual(new Set([true, false]));
  });

  it('go into a trust list under the names that they bear', async () => {
    const [party] = parties;
    if (party === undefined) throw new Error('There is a party.');
    const certificate = new X509Certificate(await certify(party, party, { authority: true, uris: [] })).toString();
    const list = await readTrustList(JSON.stringify({ name: 'List', anchors: [{ certificate, name: 'One' }] }), NOW);
    const subject = list.anchors[0]?.certificate.subject ?? new Uint8Array();
    expect(`CN=${distinguishedName(subject)}`).toBe(new X509Certificate(certificate).subject);
  });
});

describe('a did:jwk', () => {
  it.each<TestAlgorithm>(['ES256', 'ES384', 'EdDSA'])('has the key that jose verifies %s with', async (alg) => {
    const issuer = await createTestIssuer(alg);
    const did = `did:jwk:${encode(issuer.publicJwk)}`;
    const token = await issuer.sign({ iss: did }, { kid: `${did}#0` });
    const [key] = didKeysNamed(await resolveDid(did), `${did}#0`);
    if (key === undefined) throw new Error('There is a key.');
    await expect(compactVerify(token, await importJWK({ ...key }, alg))).resolves.toBeDefined();
    expect(await isSignedBy(parseJws(token, 'token'), [key])).toBe(true);
  });
});

/** Type Metadata by VCT. */
type Documents = Readonly<Record<string, object>>;

/** Ours: what a type comes to; undefined where it is refused. */
async function ours(documents: Documents, integrity?: string) {
  const door = {
    issuer: ISSUER,
    fetchBytes: (url: URL) => {
      const document = documents[url.href];
      if (document === undefined) return Promise.reject(new SignetError('network', 'Nothing there.'));
      return Promise.resolve(utf8(JSON.stringify(document)));
    },
  };
  const reference = integrity === undefined ? { vct: VCT } : { vct: VCT, integrity };
  const { types, claims, display } = await resolveType(reference, door);
  return { types, claims: claims.map(({ path, sd }) => ({ path, sd })), display: display.map(({ name }) => name) };
}

/** Other people's: `@sd-jwt/sd-jwt-vc`. Its integrity check compares hexadecimal, so it is not asked about that. */
async function theirs(documents: Documents) {
  const instance = new SDJwtVcInstance({
    hasher: (data, alg) => {
      const bytes = typeof data === 'string' ? utf8(data) : new Uint8Array(data);
      return Promise.resolve(new Uint8Array(createHash(alg.replace('-', '')).update(bytes).digest()));
    },
    loadTypeMetadataFormat: true,
    maxVctExtendsDepth: 3,
    vctFetcher: (uri) =>
      documents[uri] === undefined
        ? Promise.reject(new Error('Nothing there.'))
        : Promise.resolve(JSON.parse(JSON.stringify(documents[uri])) as { vct: string }), // the test's own documents
  });
  const issuer = await createTestIssuer();
  const resolved = await instance.getVct(`${await issuer.sign({ iss: ISSUER, vct: VCT })}~`);
  const { vctValues = [], mergedTypeMetadata } = resolved ?? {};
  const { claims = [], display = [] } = mergedTypeMetadata ?? {};
  return {
    types: [...vctValues],
    claims: claims.map(({ path, sd }) => ({ path, sd })),
    display: display.map(({ name }) => name),
  };
}

const settled = <T>(work: Promise<T>): Promise<T | 'refused'> => work.catch(() => 'refused' as const);

const byPath = (type: Awaited<ReturnType<typeof ours>> | 'refused') =>
  type === 'refused'
    ? type
    : { ...type, claims: type.claims.toSorted((a, b) => (JSON.stringify(a.path) < JSON.stringify(b.path) ? -1 : 1)) };

describe('Type Metadata', () => {
  it('comes to the same as by @sd-jwt/sd-jwt-vc: what is inherited, what is overridden, what is refused', async () => {
    const claim = fc.record({
      path: fc.constantFrom(['a'], ['b'], ['b', 'c'], ['d', null], ['d', null, 'e']),
      sd: fc.constantFrom('always', 'never', 'allowed'),
    });
    const claims = fc.uniqueArray(claim, { maxLength: 4, selector: ({ path }) => JSON.stringify(path) });
    const document = fc.record(
      {
        claims,
        display: fc.array(fc.record({ locale: fc.constant('en'), name: fc.string({ minLength: 1 }) }), {
          maxLength: 2,
        }),
      },
      { requiredKeys: [] },
    );
    // The last extends nothing, or one before it: a circle.
    const chain = fc.record({
      documents: fc.array(document, { minLength: 1, maxLength: 4 }),
      last: fc.option(fc.integer({ min: 0, max: 3 }), { freq: 3, nil: undefined }),
    });
    const outcomes = new Set<string>();
    await fc.assert(
      fc.asyncProperty(chain, async ({ documents, last }) => {
        const web = Object.fromEntries(
          documents.map((one, i) => {
            const next = i + 1 < documents.length ? i + 1 : last !== undefined && last <= i ? last : undefined;
            const vct = `https://types.example/${i}`;
            return [vct, { ...one, vct, ...(next === undefined ? {} : { extends: `https://types.example/${next}` }) }];
          }),
        );
        const [mine, other] = [byPath(await settled(ours(web))), byPath(await settled(theirs(web)))];
        outcomes.add(mine === 'refused' ? 'refused' : 'resolved');
        expect(mine).toEqual(other);
      }),
      { seed: 7, numRuns: RUNS },
    );
    expect(outcomes).toEqual(new Set(['refused', 'resolved']));
  });

  it('is intact exactly where Node’s digest of the octets says so', async () => {
    const documents = { [VCT]: { vct: VCT } };
    for (const hash of ['sha256', 'sha384', 'sha512']) {
      const digest = createHash(hash).update(JSON.stringify(documents[VCT])).digest('base64');
      expect((await ours(documents, `${hash}-${digest}`)).types).toEqual([VCT]);
      await expect(
        ours(documents, `${hash}-${digest.replace(/^./, (c) => (c === 'A' ? 'B' : 'A'))}`),
      ).rejects.toMatchObject({
        field: 'vct#integrity',
      });
    }
  });
});
