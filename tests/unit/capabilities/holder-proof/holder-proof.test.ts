import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import type {
  CapabilityUse,
  HolderSigner,
  ProofExpectations,
  ProofVerdict,
} from '../../../../lib/capabilities/index.ts';
import {
  HOLDER_PROOF_TYPE,
  MemoryReplayStore,
  makeHolderProof,
  seedSigner,
  signingKeyJwk,
  verifyHolderProof,
  webCryptoSigner,
} from '../../../../lib/capabilities/index.ts';
import { canonicalJsonBytes, toBase64url, utf8 } from '../../../../lib/core/index.ts';
import type { PublicJwk } from '../../../../lib/credentials/verifying/index.ts';
import { readPublicJwk } from '../../../../lib/credentials/verifying/index.ts';
import { AGENT, NOW, keyNumber } from '../../../fixtures/capabilities.ts';

const numRuns = Number(process.env['SIGNET_RUNS'] ?? 100);

const TOKEN_HASH = toBase64url(new Uint8Array(32).fill(5));
const NONCE = toBase64url(new Uint8Array(16).fill(6));
const USE: CapabilityUse = {
  method: 'POST',
  url: 'https://shop.example/pay?cart=7',
  action: 'purchase',
  amount: 1000,
  currency: 'USD',
  body: utf8('{"cart":7}'),
};
const TARGET = { tokenHash: TOKEN_HASH, nonce: NONCE };

const store = (capacity = 100, clock = () => NOW): MemoryReplayStore => new MemoryReplayStore({ clock, capacity });

const expectations = (changes: Partial<ProofExpectations> = {}): ProofExpectations => ({
  ...{ ...TARGET, use: USE, holder: signingKeyJwk(AGENT), now: NOW, replay: store() },
  ...changes,
});

const prove = (changes: Partial<CapabilityUse> = {}, signer = seedSigner(AGENT), now = NOW): Promise<string> =>
  makeHolderProof({ ...USE, ...changes }, TARGET, signer, now);

const problemOf = (verdict: ProofVerdict): string | undefined => (verdict.proven ? undefined : verdict.problem);

/** A JWS of any header and claims, signed by the holder. */
async function forge(header: object, claims: object, signer: HolderSigner = seedSigner(AGENT)): Promise<string> {
  const signed = [header, claims].map((part) => toBase64url(canonicalJsonBytes(part))).join('.');
  return `${signed}.${toBase64url(await signer.sign(utf8(signed)))}`;
}

const partOf = (proof: string, index: 0 | 1): Record<string, unknown> =>
  // a test's own proofs hold objects
  JSON.parse(Buffer.from(proof.split('.')[index] ?? '', 'base64url').toString()) as Record<string, unknown>;

describe('a holder proof', () => {
  test('shows the holder’s key for one use', async () => {
    expect(await verifyHolderProof(await prove(), expectations())).toEqual({ proven: true });
  });

  test('is for an address, however it is spelt, without its fragment', async () => {
    const proof = await prove({ url: 'https://SHOP.example:443/./pay?cart=7#top' });
    expect(await verifyHolderProof(proof, expectations())).toEqual({ proven: true });
  });

  test('may be about no money and no body', async () => {
    const use: CapabilityUse = { method: 'GET', url: USE.url, action: 'read' };
    const proof = await makeHolderProof(use, TARGET, seedSigner(AGENT), NOW);
    expect(await verifyHolderProof(proof, expectations({ use }))).toEqual({ proven: true });
  });

  describe.each(['Ed25519', 'P-256'] as const)('with a WebCrypto key on %s', (curve) => {
    let signer: HolderSigner;
    let holder: PublicJwk;
    beforeAll(async () => {
      const algorithm = curve === 'P-256' ? { name: 'ECDSA', namedCurve: curve } : { name: curve };
      const pair = (await crypto.subtle.generateKey(algorithm, false, ['sign', 'verify'])) as CryptoKeyPair; // signing keys are pairs
      signer = webCryptoSigner(pair.privateKey);
      const jwk = readPublicJwk(await crypto.subtle.exportKey('jwk', pair.publicKey));
      if (jwk === undefined) throw new Error('The platform gave no public key.');
      holder = jwk;
    });

    test('is verified', async () => {
      expect(await verifyHolderProof(await prove({}, signer), expectations({ holder }))).toEqual({ proven: true });
    });

    test('is not verified with another key', async () => {
      expect(problemOf(await verifyHolderProof(await prove({}, signer), expectations()))).toBe('no_holder_proof');
    });
  });
});

describe('a holder proof does not pass', () => {
  test.each<[string, Partial<CapabilityUse>]>([
    ['for 100.00 where it was made for 10.00', { amount: 10_000 }],
    ['for a smaller amount', { amount: 999 }],
    ['for another currency', { currency: 'EUR' }],
    ['for another action', { action: 'refund' }],
    ['for another method', { method: 'PUT' }],
    ['for another path', { url: 'https://shop.example/pay2?cart=7' }],
    ['for another query', { url: 'https://shop.example/pay?cart=8' }],
    ['for another host', { url: 'https://other.example/pay?cart=7' }],
    ['for another port', { url: 'https://shop.example:8443/pay?cart=7' }],
    ['for another body', { body: utf8('{"cart":8}') }],
    ['for no body', { body: new Uint8Array() }],
  ])('%s', async (_, changes) => {
    const verdict = await verifyHolderProof(await prove(), expectations({ use: { ...USE, ...changes } }));
    expect(problemOf(verdict)).toBe('wrong_use');
  });

  test('for no amount where it was made for one, nor the other way round', async () => {
    const free: CapabilityUse = { method: 'POST', url: USE.url, action: 'purchase', body: utf8('{"cart":7}') };
    expect(problemOf(await verifyHolderProof(await prove(), expectations({ use: free })))).toBe('wrong_use');
    const proof = await makeHolderProof(free, TARGET, seedSigner(AGENT), NOW);
    expect(problemOf(await verifyHolderProof(proof, expectations()))).toBe('wrong_use');
  });

  test('for another token', async () => {
    const tokenHash = toBase64url(new Uint8Array(32).fill(4));
    expect(problemOf(await verifyHolderProof(await prove(), expectations({ tokenHash })))).toBe('wrong_use');
  });

  test('for another nonce', async () => {
    const nonce = toBase64url(new Uint8Array(16).fill(4));
    expect(problemOf(await verifyHolderProof(await prove(), expectations({ nonce })))).toBe('wrong_nonce');
  });

  test('with another key', async () => {
    const proof = await prove({}, seedSigner(keyNumber(3)));
    expect(problemOf(await verifyHolderProof(proof, expectations()))).toBe('no_holder_proof');
  });

  test('a second time', async () => {
    const [proof, replay] = [await prove(), store()];
    expect((await verifyHolderProof(proof, expectations({ replay }))).proven).toBe(true);
    expect(problemOf(await verifyHolderProof(proof, expectations({ replay })))).toBe('replayed');
  });

  test('twice at the same time', async () => {
    const [proof, replay] = [await prove(), store()];
    const verdicts = await Promise.all(
      Array.from({ length: 20 }, () => verifyHolderProof(proof, expectations({ replay }))),
    );
    expect(verdicts.filter(({ proven }) => proven)).toHaveLength(1);
  });

  test('in another spelling of its signature, once it was used', async () => {
    const pair = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, ['sign', 'verify']);
    const jwk = readPublicJwk(await crypto.subtle.exportKey('jwk', pair.publicKey));
    const proof = await prove({}, webCryptoSigner(pair.privateKey));
    const [header = '', payload = '', signature = ''] = proof.split('.');
    const mirrored = [header, payload, toBase64url(mirror(Buffer.from(signature, 'base64url')))].join('.');
    const [replay, holder] = [store(), jwk ?? signingKeyJwk(AGENT)];
    expect((await verifyHolderProof(proof, expectations({ replay, holder }))).proven).toBe(true);
    expect(problemOf(await verifyHolderProof(mirrored, expectations({ replay, holder })))).toBe('replayed');
  });

  test.each([
    [-31, 'proof_time'],
    [-30, undefined],
    [60, undefined],
    [90, undefined],
    [91, 'proof_time'],
    [86_400, 'proof_time'],
    [Number.NaN, 'proof_time'],
  ])('%i s after it was made, unless within the minute and the skew', async (seconds, outcome) => {
    const verdict = await verifyHolderProof(await prove(), expectations({ now: NOW + seconds * 1000 }));
    expect(problemOf(verdict)).toBe(outcome);
  });
});

describe('a proof is malformed', () => {
  test.each<[string, object]>([
    ['of the type of another protocol', { typ: 'dpop+jwt' }],
    ['of no type', { typ: undefined }],
    ['with a key of its own', { jwk: signingKeyJwk(keyNumber(3)) }],
    ['with a critical extension', { crit: ['b64'], b64: false }],
    ['with a key id', { kid: 'me' }],
  ])('%s', async (_, changes) => {
    const proof = await prove();
    const forged = await forge({ ...partOf(proof, 0), ...changes }, partOf(proof, 1));
    expect(problemOf(await verifyHolderProof(forged, expectations()))).toBe('malformed_proof');
  });

  test.each<[string, object]>([
    ['with a claim that nobody knows', { scope: 'all' }],
    ['without an id', { jti: undefined }],
    ['without a time', { iat: undefined }],
    ['with a time as text', { iat: '0' }],
    ['with a time in parts of seconds', { iat: NOW / 1000 + 0.5 }],
    ['with a time that is none', { iat: null }],
    ['with a negative amount', { amt: -1 }],
    ['with an amount as text', { amt: '1000' }],
    ['with a float', { amt: 10.5 }],
    ['without a body hash', { bdh: undefined }],
    ['without a token', { ath: undefined }],
    ['without a nonce', { nonce: undefined }],
    ['with several audiences of it', { htu: ['https://shop.example/'] }],
  ])('%s', async (_, changes) => {
    const proof = await prove();
    const forged = await forge(partOf(proof, 0), { ...partOf(proof, 1), ...changes });
    expect(problemOf(await verifyHolderProof(forged, expectations()))).toBe('malformed_proof');
  });

  test.each([
    ['nothing', ''],
    ['two parts', 'e30.e30'],
    ['five parts', 'e30.e30.e30.e30.e30'],
    ['parts that are no JSON', 'AAAA.AAAA.AAAA'],
    ['more than fits', 'A'.repeat(100_000)],
  ])('of %s', async (_, proof) => {
    expect(problemOf(await verifyHolderProof(proof, expectations()))).toBe('malformed_proof');
  });

  test.each(['none', 'HS256', 'ES256', 'RS256'])('or unproven when it names the algorithm %s', async (alg) => {
    const proof = await prove();
    const forged = await forge({ ...partOf(proof, 0), alg }, partOf(proof, 1));
    expect(problemOf(await verifyHolderProof(forged, expectations()))).toBe('no_holder_proof');
  });

  test('or unproven with any character changed', async () => {
    const proof = await prove();
    await fc.assert(
      fc.asyncProperty(fc.nat(proof.length - 1), fc.string({ maxLength: 2 }), async (at, put) => {
        const text = proof.slice(0, at) + put + proof.slice(at + 1);
        fc.pre(text !== proof);
        expect((await verifyHolderProof(text, expectations())).proven).toBe(false);
      }),
      { numRuns },
    );
  });
});

describe('a verifier’s own mistake', () => {
  test.each<[string, Partial<ProofExpectations>]>([
    ['a nonce that anybody could guess', { nonce: 'short' }],
    ['a token hash that is none', { tokenHash: 'x' }],
    ['a float for money', { use: { ...USE, amount: 10.5 } }],
    ['an address that is not https', { use: { ...USE, url: 'http://shop.example/' } }],
    ['an address with a password', { use: { ...USE, url: 'https://a:b@shop.example/' } }],
    ['a method in small letters', { use: { ...USE, method: 'post' } }],
  ])('throws: %s', async (_, changes) => {
    await expect(verifyHolderProof(await prove(), expectations(changes))).rejects.toThrow();
  });
});

describe('the store of proofs in memory', () => {
  test('when full refuses, and forgets nothing that could still be used', async () => {
    const replay = store(2);
    expect(await replay.remember('a', NOW + 1000)).toBe('new');
    expect(await replay.remember('b', NOW + 1000)).toBe('new');
    expect(await replay.remember('c', NOW + 1000)).toBe('full');
    expect(await replay.remember('a', NOW + 1000)).toBe('seen');
    expect(replay.size).toBe(2);
  });

  test('when full makes room for what is out of time', async () => {
    let now = NOW;
    const replay = store(2, () => now);
    await replay.remember('a', NOW + 1000);
    await replay.remember('b', NOW + 5000);
    now = NOW + 1000;
    expect(await replay.remember('c', NOW + 9000)).toBe('new');
    expect(await replay.remember('b', NOW + 9000)).toBe('seen');
    expect(await replay.remember('d', NOW + 9000)).toBe('full');
  });

  test('full of others’ proofs turns a good one away with its reason', async () => {
    const replay = store(1);
    await replay.remember('other', NOW + 60_000);
    expect(problemOf(await verifyHolderProof(await prove(), expectations({ replay })))).toBe('replay_full');
  });

  test('is not filled by proofs that fail', async () => {
    const replay = store();
    for (const use of [
      { ...USE, amount: 1 },
      { ...USE, action: 'refund' },
    ]) {
      await verifyHolderProof(await prove(), expectations({ replay, use }));
    }
    await verifyHolderProof(await prove({}, seedSigner(keyNumber(3))), expectations({ replay }));
    expect(replay.size).toBe(0);
  });

  test('keeps one holder’s ids apart from another’s', async () => {
    const replay = store();
    const proof = await prove();
    const other = keyNumber(3);
    const copied = await forge(partOf(proof, 0), partOf(proof, 1), seedSigner(other));
    expect((await verifyHolderProof(copied, expectations({ replay, holder: signingKeyJwk(other) }))).proven).toBe(true);
    expect((await verifyHolderProof(proof, expectations({ replay }))).proven).toBe(true);
  });

  test.each([0, -1, 0.5, Number.NaN])('does not take %d as its capacity', (capacity) => {
    expect(() => store(capacity)).toThrow('capacity');
  });

  test('takes each id once while it lasts, and never holds more than its capacity', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(fc.nat(9), fc.nat(5)), { maxLength: 60 }), async (steps) => {
        let now = NOW;
        const replay = store(4, () => now);
        const taken = new Map<number, number>();
        for (const [id, wait] of steps) {
          now += wait * 1000;
          const until = now + 10_000;
          const outcome = await replay.remember(String(id), until);
          const isLive = (taken.get(id) ?? 0) > now;
          if (isLive) expect(outcome).toBe('seen');
          if (outcome === 'new') taken.set(id, until);
          expect(replay.size).toBeLessThanOrEqual(4);
        }
      }),
      { numRuns },
    );
  });
});

test('the media type is no other protocol’s', () => {
  expect(HOLDER_PROOF_TYPE).toBe('signet-use+jwt');
});

/** The other signature that ECDSA accepts beside each: (r, n - s). */
function mirror(signature: Uint8Array): Uint8Array {
  const order = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
  const s = BigInt(`0x${Buffer.from(signature.subarray(32)).toString('hex')}`);
  const other = (order - s).toString(16).padStart(64, '0');
  return Buffer.concat([signature.subarray(0, 32), Buffer.from(other, 'hex')]);
}
