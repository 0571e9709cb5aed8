import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { AuthorityGrant, OfferDraft, TrustedAuthority } from '../../../../lib/capabilities/index.ts';
import {
  acceptOffer,
  isAcceptanceOf,
  isOfferBy,
  isRevocationOf,
  offerHash,
  readAcceptance,
  readOffer,
  signOffer,
  signRevocation,
  signingKeyJwk,
} from '../../../../lib/capabilities/index.ts';
import { SignetError, parseOrigin } from '../../../../lib/core/index.ts';
import { NOW, OTHER_SHOP, SHOP, WALLET, claimsIn, forge, issue, keyNumber } from '../../../fixtures/capabilities.ts';

const numRuns = Number(process.env['SIGNET_RUNS'] ?? 100);

const BANK = keyNumber(30);
const PERSON = keyNumber(31);
const GUARDIAN = keyNumber(32);
const BANK_ORIGIN = parseOrigin('https://bank.example', 'authority');
const GRANT: AuthorityGrant = { permissions: ['purchase'], max_amount: 20_000, unit: 'minor', currency: 'USD' };
const DRAFT: OfferDraft = { authority: BANK_ORIGIN, person: PERSON.publicKey, grants: [GRANT], lifetime: 86_400 };
const TRUSTED: TrustedAuthority = { authority: BANK_ORIGIN, keys: [BANK.publicKey] };
const OFFER_IMPLICIT = 'signet-authority-offer';

const offerText = (changes: Partial<OfferDraft> = {}): Promise<string> =>
  signOffer({ ...DRAFT, ...changes }, BANK, [GUARDIAN], NOW);

/** The offer with other claims, signed by the bank. */
const forgeOffer = async (changes: object): Promise<string> =>
  forge({ ...claimsIn(await offerText()), ...changes }, BANK, { implicit: OFFER_IMPLICIT });

async function fieldOf(act: () => unknown): Promise<string | undefined> {
  try {
    await act();
    return undefined;
  } catch (error) {
    if (error instanceof SignetError && error.reason === 'bad_request') return error.field;
    throw error;
  }
}

describe('an offer', () => {
  test('is by its authority, and by those who stand by it', async () => {
    const offer = readOffer(await offerText());
    expect(await isOfferBy(offer, TRUSTED)).toBe(true);
    expect(await isOfferBy(offer, { ...TRUSTED, coSigners: [GUARDIAN.publicKey] })).toBe(true);
    expect(offer.claims.grants).toEqual([GRANT]);
  });

  test.each<[string, TrustedAuthority]>([
    ['another name', { ...TRUSTED, authority: 'https://other.example' }],
    ['another key', { ...TRUSTED, keys: [keyNumber(9).publicKey] }],
    ['no key', { ...TRUSTED, keys: [] }],
    ['a co-signer who did not sign', { ...TRUSTED, coSigners: [GUARDIAN.publicKey, keyNumber(9).publicKey] }],
  ])('is not by an authority of %s', async (_, trusted) => {
    expect(await isOfferBy(readOffer(await offerText()), trusted)).toBe(false);
  });

  test.each<[string, (claims: Record<string, unknown>) => object]>([
    ['for another person', () => ({ sub: WALLET.publicKey })],
    ['of more money', () => ({ grants: [{ ...GRANT, max_amount: 1e9 }] })],
    ['with another end', () => ({ exp: '2030-01-01T00:00:00Z' })],
  ])('that the authority changed after others signed is not stood by: %s', async (_, change) => {
    const claims = claimsIn(await offerText());
    const changed = forge({ ...claims, ...change(claims) }, BANK, { implicit: OFFER_IMPLICIT });
    expect(await isOfferBy(readOffer(changed), TRUSTED)).toBe(false);
  });

  test('that was signed as something else is none', async () => {
    const claims = claimsIn(await offerText());
    expect(await isOfferBy(readOffer(forge(claims, BANK, { implicit: '' })), TRUSTED)).toBe(false);
    expect(await isOfferBy(readOffer(forge(claims, BANK, { implicit: BANK_ORIGIN })), TRUSTED)).toBe(false);
  });

  test('that a stranger signed is none, though it names the authority’s key', async () => {
    const text = await offerText();
    const footer = Buffer.from(text.split('.')[3] ?? '', 'base64url').toString();
    const forged = forge(claimsIn(text), keyNumber(9), { footer, implicit: OFFER_IMPLICIT });
    expect(await isOfferBy(readOffer(forged), TRUSTED)).toBe(false);
  });

  test.each<[string, object, string]>([
    ['a claim that nobody knows', { scope: 'all' }, 'offer.scope'],
    ['no grants', { grants: [] }, 'offer.grants'],
    ['17 grants', { grants: Array.from({ length: 17 }, () => GRANT) }, 'offer.grants'],
    ['a grant of a float', { grants: [{ ...GRANT, max_amount: 0.5 }] }, 'offer.grants[0].max_amount'],
    ['a grant without currency', { grants: [{ ...GRANT, currency: undefined }] }, 'offer.grants[0]'],
    ['a grant of what nobody knows', { grants: [{ ...GRANT, interest: 5 }] }, 'offer.grants[0].interest'],
    [
      'a grant for a place that is none',
      { grants: [{ ...GRANT, audiences: ['shop.example'] }] },
      'offer.grants[0].audiences[0]',
    ],
    ['an authority that is no origin', { iss: 'bank.example' }, 'offer.iss'],
    ['a person that is no key', { sub: 'Ada' }, 'offer.sub'],
    ['an end that is none', { exp: 'never' }, 'offer.exp'],
    ['an end before its start', { exp: '2026-11-28T12:00:00Z' }, 'offer.exp'],
    ['no co-signers at all', { co: undefined }, 'offer.co'],
    [
      'a co-signature twice',
      { co: Array.from({ length: 2 }, () => ({ key: WALLET.publicKey, sig: 'A'.repeat(86) })) },
      'offer.co',
    ],
    [
      'nine co-signatures',
      { co: Array.from({ length: 9 }, (_, i) => ({ key: keyNumber(50 + i).publicKey, sig: 'A'.repeat(86) })) },
      'offer.co',
    ],
    ['a co-signature that is too short', { co: [{ key: WALLET.publicKey, sig: 'AA' }] }, 'offer.co[0].sig'],
  ])('is not read with %s', async (_, changes, field) => {
    const text = await forgeOffer(changes);
    expect(await fieldOf(() => readOffer(text))).toBe(field);
  });

  test('is spoilt by one wrong co-signature, asked for or not', async () => {
    const text = await forgeOffer({ co: [{ key: WALLET.publicKey, sig: 'A'.repeat(86) }] });
    expect(await isOfferBy(readOffer(text), TRUSTED)).toBe(false);
  });

  test('is not signed with what no offer may say', async () => {
    expect(await fieldOf(() => offerText({ grants: [] }))).toBe('offer.grants');
    expect(await fieldOf(() => offerText({ lifetime: 0 }))).toBe('offer.exp');
  });

  test('is no capability, and a capability is no offer', async () => {
    const capability = await issue();
    expect(await fieldOf(() => readOffer(capability))).toMatch(/^offer/);
  });

  test('is read or refused, whatever is sent', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.json().map((json) => forge(json.toWellFormed(), BANK)),
        ),
        (text) => {
          expect(() => readOffer(text)).toThrow(SignetError);
          expect(() => readAcceptance(text)).toThrow(SignetError);
        },
      ),
      { numRuns },
    );
  });
});

describe('an acceptance', () => {
  const pair = async () => {
    const offer = readOffer(await offerText());
    const text = await acceptOffer(offer, PERSON, { audience: SHOP, acting: signingKeyJwk(WALLET) }, NOW);
    return { offer, text, acceptance: readAcceptance(text) };
  };

  test('is of the offer whose hash it names', async () => {
    const { offer, acceptance } = await pair();
    expect(acceptance.claims.offer).toBe(offerHash(offer));
    expect(acceptance.claims.exp).toBe(offer.claims.exp);
    expect(await isAcceptanceOf(acceptance, offer)).toBe(true);
  });

  test('is of no other offer', async () => {
    const { acceptance } = await pair();
    expect(await isAcceptanceOf(acceptance, readOffer(await offerText()))).toBe(false);
  });

  test('by somebody else is none', async () => {
    const { offer } = await pair();
    const text = await acceptOffer(offer, WALLET, { audience: SHOP }, NOW);
    expect(await isAcceptanceOf(readAcceptance(text), offer)).toBe(false);
  });

  test('in the person’s name by somebody else is none', async () => {
    const { offer, text } = await pair();
    const forged = forge(claimsIn(text), WALLET, { implicit: 'signet-authority-acceptance' });
    expect(await isAcceptanceOf(readAcceptance(forged), offer)).toBe(false);
  });

  test('that was signed as something else is none', async () => {
    const { offer, text } = await pair();
    expect(await isAcceptanceOf(readAcceptance(forge(claimsIn(text), PERSON, { implicit: SHOP })), offer)).toBe(false);
  });

  test.each<[string, object, string]>([
    ['no audience', { aud: undefined }, 'acceptance.aud'],
    ['an offer that is no hash', { offer: 'x' }, 'acceptance.offer'],
    ['a claim that nobody knows', { limit: 1 }, 'acceptance.limit'],
    ['a private key', { cnf: { jwk: { ...signingKeyJwk(WALLET), d: 'x' } } }, 'acceptance.cnf.jwk.d'],
  ])('is not read with %s', async (_, changes, field) => {
    const { text } = await pair();
    const forged = forge({ ...claimsIn(text), ...changes }, PERSON);
    expect(await fieldOf(() => readAcceptance(forged))).toBe(field);
  });

  test('before two audiences shares no id', async () => {
    const offer = readOffer(await offerText());
    const [one, two] = await Promise.all(
      [SHOP, OTHER_SHOP].map((audience) => acceptOffer(offer, PERSON, { audience }, NOW)),
    );
    expect(claimsIn(one ?? '')['jti']).not.toBe(claimsIn(two ?? '')['jti']);
  });
});

describe('a revocation', () => {
  test('is of the offer that its authority takes back', async () => {
    const offer = readOffer(await offerText());
    expect(await isRevocationOf(await signRevocation(offer, BANK, NOW), offer, TRUSTED)).toBe(true);
  });

  test('is of no other offer, by nobody else, and nothing else that the authority signed', async () => {
    const offer = readOffer(await offerText());
    const text = await signRevocation(offer, BANK, NOW);
    expect(await isRevocationOf(text, readOffer(await offerText()), TRUSTED)).toBe(false);
    expect(await isRevocationOf(await signRevocation(offer, WALLET, NOW), offer, TRUSTED)).toBe(false);
    expect(await isRevocationOf(forge(claimsIn(text), BANK, { implicit: OFFER_IMPLICIT }), offer, TRUSTED)).toBe(false);
    expect(await isRevocationOf(text, offer, { ...TRUSTED, authority: 'https://other.example' })).toBe(false);
  });

  test.each(['', 'x', 'v4.public.AAAA.AAAA'])('is not read from %j', async (text) => {
    const offer = readOffer(await offerText());
    expect(await fieldOf(() => isRevocationOf(text, offer, TRUSTED))).toBe('revocation');
  });
});
