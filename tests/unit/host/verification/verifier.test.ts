import { beforeAll, describe, expect, test } from 'vitest';
import { readConfiguration } from '../../../../host/verification/configuration/read.ts';
import { MemoryNonces } from '../../../../host/verification/nonces/memory-nonces.ts';
import { nonceId } from '../../../../host/verification/nonces/nonce-store.ts';
import { Verifier, remembersEnough } from '../../../../host/verification/verifier.ts';
import { readVerifyRequest } from '../../../../host/verification/verify-request.ts';
import { SignetError } from '../../../../lib/core/index.ts';
import type { Held } from '../../../fixtures/credentials/any-wallet.ts';
import { hold, show } from '../../../fixtures/credentials/any-wallet.ts';
import type { TestIssuer } from '../../../fixtures/credentials/test-issuer.ts';
import {
  ISSUER,
  NOW,
  NOW_SECONDS,
  VCT,
  createTestIssuer,
  issueAge,
} from '../../../fixtures/credentials/test-issuer.ts';

const NONCE = 'MDEyMzQ1Njc4OWFiY2RlZg';
const SHOP = 'https://shop.example';
const OTHER = 'https://other.example';
const OTHER_ISSUER = 'https://second.example';

let issuer: TestIssuer;
let held: Held;

beforeAll(async () => {
  issuer = await createTestIssuer();
  held = await hold((holder) => issueAge(issuer, holder));
});

interface Start {
  readonly isFresh?: boolean;
  readonly capacity?: number;
}

/** A verifier at a time that can be set. */
function setUp({ isFresh = true, capacity = 100 }: Start = {}) {
  const time = { now: NOW };
  const clock = (): number => time.now;
  const jwks = { keys: [issuer.publicJwk] };
  const issuers = [
    { issuer: ISSUER, types: [VCT], jwks },
    { issuer: OTHER_ISSUER, types: [VCT, 'https://second.example/card'], jwks },
  ];
  const { configuration } = readConfiguration(JSON.stringify({ audiences: [SHOP, OTHER], issuers }));
  if (configuration === undefined) throw new Error('The configuration is wrong.');
  const nonces = new MemoryNonces({ capacity, isFresh, clock });
  return { time, nonces, verifier: new Verifier({ configuration, nonces, status: 'skip', clock }) };
}

interface Asked {
  readonly nonce?: string;
  readonly audience?: string;
  readonly iat?: number;
  readonly more?: object;
}

async function ask({ verifier }: { readonly verifier: Verifier }, asked: Asked = {}): Promise<string> {
  const { nonce = NONCE, audience = SHOP, iat = NOW_SECONDS, more = {} } = asked;
  const proof = show(held, { audience: `origin:${audience}`, nonce, binding: { iat } });
  try {
    const result = await verifier.verify(readVerifyRequest({ proof, claim: 'age_over_21', audience, nonce, ...more }));
    return result.valid ? 'valid' : result.reason;
  } catch (error) {
    const { reason, field } = SignetError.from(error);
    return `${reason} ${field ?? ''}`;
  }
}

describe('a nonce', () => {
  test('is answered once for an audience, by whatever proof', async () => {
    const server = setUp();
    expect(await ask(server)).toBe('valid');
    expect(await ask(server)).toBe('wrong_nonce');
    expect(await ask(server, { iat: NOW_SECONDS - 1 })).toBe('wrong_nonce');
    expect(await ask(server, { audience: OTHER })).toBe('valid');
    expect(nonceId(SHOP, NONCE)).toHaveLength(43);
  });

  test('is remembered for as long as its proof can be shown', async () => {
    const server = setUp();
    expect(await ask(server, { iat: NOW_SECONDS + 30 })).toBe('valid');
    for (const later of [1, 60, 329, 330]) {
      server.time.now = NOW + later * 1000;
      expect(await ask(server, { iat: NOW_SECONDS + 30 })).toBe('wrong_nonce');
    }
    server.time.now = NOW + 331_000;
    expect(await ask(server, { iat: NOW_SECONDS + 30 })).toBe('expired');
  });

  test('is refused where memory is full, until others may be forgotten', async () => {
    const server = setUp({ capacity: 2 });
    const nonces = ['A', 'B', 'C'].map((letter) => letter.repeat(24));
    expect(await Promise.all(nonces.map((nonce) => ask(server, { nonce })))).toEqual([
      'valid',
      'valid',
      'too_many nonces',
    ]);
    server.time.now = NOW + 400_000;
    expect(await ask(server, { nonce: nonces[2] ?? '', iat: NOW_SECONDS + 400 })).toBe('valid');
  });
});

describe('a store that has just begun to remember', () => {
  test.each([
    ['now, of now', 0, 0, 'network nonces'],
    ['now, of before', 0, -200, 'network nonces'],
    ['now, of a clock that is ahead as far as the start may be', 0, 30, 'network nonces'],
    ['half a minute later, of then', 30, 30, 'network nonces'],
    ['a second after that, of then', 31, 31, 'valid'],
    ['a second after that, of before', 31, 30, 'expired'],
    ['later, of long before', 200, -50, 'expired'],
    ['later, of then', 200, 200, 'valid'],
  ])('takes a proof %s: %4$s', async (_, later, made, expected) => {
    const server = setUp({ isFresh: false });
    server.time.now = NOW + later * 1000;
    expect(await ask(server, { iat: NOW_SECONDS + made })).toBe(expected);
  });

  test('is ready when it takes what is made then', () => {
    const { nonces } = setUp({ isFresh: false });
    expect([30_000, 30_001].map((later) => remembersEnough(nonces, NOW + later))).toEqual([false, true]);
    expect(remembersEnough(setUp().nonces, NOW)).toBe(true);
  });
});

describe('a request', () => {
  test.each([
    ['a bare host', { audience: 'shop.example' }, 'valid'],
    ['an audience with a slash', { audience: `${SHOP}/` }, 'bad_request audience'],
    ['an audience in capitals', { audience: 'https://SHOP.example' }, 'bad_request audience'],
    ['an audience by http', { audience: 'http://shop.example' }, 'bad_request audience'],
    ['its issuer', { issuers: [ISSUER] }, 'valid'],
    ['another issuer', { issuers: [OTHER_ISSUER] }, 'untrusted_issuer'],
    ['an issuer that is not configured', { issuers: [ISSUER, 'https://evil.example'] }, 'bad_request issuers'],
    ['its type', { types: [VCT] }, 'valid'],
    ['a type of another issuer', { types: ['https://second.example/card'] }, 'wrong_type'],
    ['a type that is not configured', { types: [VCT, 'x'] }, 'bad_request types'],
  ])('that names %s narrows what is configured, and never widens it', async (_, more, expected) => {
    expect(await ask(setUp(), { more })).toBe(expected);
  });
});
