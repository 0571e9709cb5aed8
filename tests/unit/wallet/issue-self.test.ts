import { beforeAll, describe, expect, test } from 'vitest';
import type { AttributeInput } from '../../../lib/attributes/index.ts';
import type { Origin } from '../../../lib/core/index.ts';
import type { Refusal, VerifiedPresentation } from '../../../lib/credentials/index.ts';
import {
  SELF_ISSUER,
  SELF_TYPE,
  claimTermOf,
  parseSdJwt,
  selfIssuedKeys,
  verifyPresentation,
} from '../../../lib/credentials/index.ts';
import { signetId } from '../../../lib/vault/index.ts';
import type { OwnHandlers } from '../../../lib/messaging/own-router.ts';
import { aboutMyself, presentMyself, selfClaims } from '../../../lib/wallet/issue-self.ts';
import { createOwnHandlers } from '../../../lib/wallet/index.ts';
import { PASSWORD, createTestWallet } from '../../fixtures/wallet.ts';
import type { TestWallet } from '../../fixtures/wallet.ts';

const NOW = Date.UTC(2026, 10, 28, 12);
const SHOP = 'https://shop.example' as Origin; // a literal that is one
const NONCE = 'MDEyMzQ1Njc4OWFiY2RlZg';

const BIRTH_DATE: AttributeInput = { label: 'Birth date', type: 'date', value: '1990-05-17', tier: 2 };
const NICKNAME: AttributeInput = { label: 'Nickname', type: 'text', value: 'Countess', tier: 1 };
const TOWN: AttributeInput = { label: 'Town', type: 'text', value: 'Port Example', tier: 2 };
const CHILDREN: AttributeInput = { label: 'Number of children', type: 'number', value: '3', tier: 1 };
const VEGETARIAN: AttributeInput = { label: 'Vegetarian', type: 'yes_no', value: 'true', tier: 1 };

const about = (...inputs: readonly AttributeInput[]) =>
  aboutMyself(inputs.map((input, id) => ({ ...input, id: String(id), updatedAt: NOW })));

describe('what can be said of oneself', () => {
  test('is what is stored at Tier 1, as it is', () => {
    expect(about(NICKNAME, CHILDREN, VEGETARIAN)?.values).toEqual({
      nickname: 'Countess',
      number_of_children: 3,
      vegetarian: true,
    });
  });

  test('is nothing of Tier 2 but ages, and nothing of Tier 3', () => {
    const schema = about(BIRTH_DATE, TOWN, { ...NICKNAME, tier: 3, compartment: 'health' })?.schema;
    const shown = schema?.fields.filter(({ disclosure }) => disclosure !== 'never').map(({ name }) => name);
    expect(shown).toEqual([13, 16, 18, 21, 25, 65].map((years) => `age_over_${years}`));
  });

  test('is the birth date too, where the person stored it at Tier 1', () => {
    expect(about({ ...BIRTH_DATE, tier: 1 })?.schema.fields[0]).toMatchObject({
      name: 'birth_date',
      disclosure: 'selectable',
    });
  });

  test('is no age that the birth date contradicts', () => {
    const claimed: AttributeInput = { label: 'Over 65', type: 'yes_no', value: 'true', tier: 1 };
    expect(about(BIRTH_DATE, claimed)?.values).not.toHaveProperty('age_over_65');
  });

  test('is nothing that is there twice under one name', () => {
    expect(about(NICKNAME, { ...NICKNAME, label: 'nickname' })).toBeUndefined();
    expect(about(NICKNAME, { ...NICKNAME, label: 'nickname' }, VEGETARIAN)?.values).toEqual({ vegetarian: true });
  });

  test.each(['iss', 'cnf', 'status', '_sd', '__proto__', 'points commitment', '...'])('is not called %s', (label) => {
    expect(Object.keys(about({ ...NICKNAME, label })?.values ?? {})).not.toContain(label.replace(' ', '_'));
  });

  test('is nothing where nothing is stored', () => expect(about()).toBeUndefined());
});

describe('a vault', () => {
  let wallet: TestWallet;
  let own: OwnHandlers;

  beforeAll(async () => {
    wallet = await createTestWallet({ clock: () => NOW });
    own = createOwnHandlers(() => Promise.resolve(wallet.services));
    await own['wallet.create']({ password: PASSWORD, mark: { shape: 'star', colour: 'blue' } });
    for (const input of [BIRTH_DATE, NICKNAME, TOWN]) await own['attributes.save'](input);
  });

  const present = (shown: readonly string[], origin = SHOP) =>
    presentMyself(wallet.services, { origin, nonce: NONCE, shown });

  const verify = (text: string, claims: readonly string[]): Promise<VerifiedPresentation | Refusal> =>
    verifyPresentation(text, {
      ...{ audience: `origin:${SHOP}`, nonce: NONCE, now: NOW / 1000, terms: claims.map(claimTermOf) },
      trust: (issuer, jwt) =>
        Promise.resolve(issuer === SELF_ISSUER ? [{ keys: selfIssuedKeys(jwt), types: [SELF_TYPE] }] : []),
    });

  test('says what it could say', async () => {
    expect(await selfClaims(wallet.services)).toEqual([
      'nickname',
      ...[13, 16, 18, 21, 25, 65].map((years) => `age_over_${years}`),
    ]);
  });

  test('issues to itself, and a verifier who takes its word accepts it', async () => {
    expect(await verify(await present(['age_over_21', 'nickname']), ['age_over_21', 'nickname'])).toMatchObject({
      valid: true,
      answers: { age_over_21: true, nickname: 'Countess' },
    });
  });

  test('shows no more than what is shown, and neither its id nor its identity key', async () => {
    const text = await present(['age_over_21']);
    const said = JSON.stringify(parseSdJwt(text));
    const { keys } = await wallet.services.keeper.open();
    for (const secret of ['Countess', 'Port Example', '1990', signetId(keys.identity)]) {
      expect(said).not.toContain(secret);
    }
  });

  test('is another to another site', async () => {
    const keyAt = async (origin: Origin) => parseSdJwt(await present(['age_over_21'], origin)).issuerJwt.header['jwk'];
    expect(await keyAt(SHOP)).toEqual(await keyAt(SHOP));
    expect(await keyAt(SHOP)).not.toEqual(await keyAt('https://other.example' as Origin)); // a literal that is one
  });

  test.each(['birth_date', 'town', 'iss', 'nothing'])('does not say %s', async (name) => {
    await expect(present([name])).rejects.toMatchObject({ reason: 'bad_request', field: name });
  });

  test('says nothing while it is locked', async () => {
    await own['wallet.lock']({});
    await expect(present(['nickname'])).rejects.toMatchObject({ reason: 'locked' });
  });
});
