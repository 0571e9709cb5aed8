import { beforeAll, describe, expect, it } from 'vitest';
import { createHolderKey, holderPublicJwk, presentCredential } from '../../../lib/credentials/index.ts';
import { parseCredential } from '../../../lib/sdk/index.ts';
import type { TestCredential } from '../../fixtures/credentials/test-issuer.ts';
import {
  ISSUER,
  NOW,
  NOW_SECONDS,
  VCT,
  createTestIssuer,
  encode,
  issueAge,
} from '../../fixtures/credentials/test-issuer.ts';

const holderKey = createHolderKey();
let credential: TestCredential;

beforeAll(async () => {
  credential = await issueAge(await createTestIssuer(), holderPublicJwk(holderKey));
});

describe('parseCredential', () => {
  it('reads a credential and says nothing about its validity', () => {
    const parsed = parseCredential(credential.text);
    expect(parsed).toMatchObject({
      format: 'dc+sd-jwt',
      issuer: ISSUER,
      type: VCT,
      expires: new Date(NOW + 86_400_000),
      notBefore: undefined,
    });
    expect(parsed.claims).toMatchObject({ birthdate: '1990-04-01', iat: NOW_SECONDS - 86_400 });
    expect(parsed.binding).toBeUndefined();
    expect(Object.keys(parsed)).not.toContain('valid');
  });

  it('reads what a presentation discloses and what it is bound to', () => {
    const disclosures = [credential.disclosures['age_over_21'] ?? ''];
    const { issuerJwt } = credential;
    const parsed = parseCredential(
      presentCredential({ issuerJwt, disclosures, holderKey, audience: 'a', nonce: 'n', now: NOW }),
    );
    expect(parsed.disclosed).toEqual([['age_over_21']]);
    expect(parsed.binding).toEqual({ audience: 'a', nonce: 'n', issuedAt: NOW_SECONDS });
  });

  it.each<[string, unknown]>([
    ['unsupported', `${encode({ alg: 'ES256' })}.${encode({})}.AAAA`],
    ['unsupported', encode({ v: 1, suite: 'bbs' })],
    ['bad_request', ''],
    ['bad_request', '~'],
    ['bad_request', 'a.b.c~'],
    ['bad_request', `${encode({ alg: 'ES256' })}.${encode({ iss: 'x' })}.AAAA~`],
    ['bad_request', undefined],
  ])('throws %s for %j', (reason, token) => {
    expect(() => parseCredential(token as string)).toThrow(expect.objectContaining({ name: 'SignetError', reason })); // wrong on purpose
  });
});
