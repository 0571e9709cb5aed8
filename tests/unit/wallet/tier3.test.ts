import { beforeEach, describe, expect, test } from 'vitest';
import type { JsonObject } from '../../../lib/core/index.ts';
import type { OpenWaiting, OfferWaiting, ProofWaiting } from '../../../lib/messaging/contract.ts';
import type { OwnHandlers } from '../../../lib/messaging/own-router.ts';
import { createOwnHandlers } from '../../../lib/wallet/index.ts';
import type { OfferingIssuer } from '../../fixtures/credentials/offering-issuer.ts';
import { createOfferingIssuer } from '../../fixtures/credentials/offering-issuer.ts';
import { ISSUER, NOW } from '../../fixtures/credentials/test-issuer.ts';
import type { TestWallet } from '../../fixtures/wallet.ts';
import { PASSWORD, createTestWallet } from '../../fixtures/wallet.ts';

const OPENER = { password: PASSWORD };
const WRONG = { password: 'not the password' };
const ALLERGY = { label: 'Allergy', type: 'text', value: 'peanuts', tier: 3, compartment: 'health' } as const;

let wallet: TestWallet;
let own: OwnHandlers;

beforeEach(async () => {
  wallet = await createTestWallet({ clock: () => NOW });
  own = createOwnHandlers(() => Promise.resolve(wallet.services));
  await own['wallet.create']({ password: PASSWORD, mark: { shape: 'star', colour: 'blue' } });
});

const kinds = async () => (await own['audit.list']({ limit: 20 })).entries.map(({ kind }) => kind);

async function firstWaiting<T>(): Promise<T> {
  const [waiting] = (await own['requests.list']({})).waiting;
  if (waiting === undefined) throw new Error('nothing waits');
  return waiting as T; // each test knows what it asked
}

describe('an attribute at Tier 3', () => {
  test('is listed by its label, without its value', async () => {
    await own['attributes.save']({ ...ALLERGY, opener: OPENER });
    const { attributes } = await own['attributes.list']({});
    expect(attributes).toMatchObject([{ label: 'Allergy', tier: 3, compartment: 'health' }]);
    expect(attributes[0]).not.toHaveProperty('value');
    expect(JSON.stringify(await own['audit.list']({ limit: 20 }))).not.toMatch(/Allergy|peanuts/);
  });

  test('is not saved without an opener, nor with a wrong one', async () => {
    await expect(own['attributes.save'](ALLERGY)).rejects.toMatchObject({ reason: 'bad_request', field: 'opener' });
    const wrong = own['attributes.save']({ ...ALLERGY, opener: WRONG });
    await expect(wrong).rejects.toMatchObject({ reason: 'wrong_password' });
    expect((await own['attributes.list']({})).attributes).toEqual([]);
  });

  async function askToOpen(): Promise<OpenWaiting> {
    const { id } = await own['attributes.save']({ ...ALLERGY, opener: OPENER });
    await own['attributes.open']({ id });
    return firstWaiting<OpenWaiting>();
  }

  test('is opened once in the consent window, with the opener, and the opening is logged', async () => {
    const waiting = await askToOpen();
    expect(waiting).toMatchObject({ kind: 'open', label: 'Allergy', compartment: 'health', state: { step: 'ask' } });
    const { requestId } = waiting;
    const opened = await own['requests.openRecord']({ requestId, opener: OPENER });
    expect(opened).toEqual({ label: 'Allergy', type: 'text', value: 'peanuts' });
    expect((await kinds())[0]).toBe('compartment.opened');
    expect((await own['requests.list']({})).waiting).toEqual([]);
    await expect(own['requests.openRecord']({ requestId, opener: OPENER })).rejects.toMatchObject({
      reason: 'not_found',
    });
  });

  test('stays closed to a wrong opener, which is counted, and waits on', async () => {
    const { requestId } = await askToOpen();
    const wrong = own['requests.openRecord']({ requestId, opener: WRONG });
    await expect(wrong).rejects.toMatchObject({ reason: 'wrong_password' });
    expect(await kinds()).not.toContain('compartment.opened');
    expect((await firstWaiting<OpenWaiting>()).requestId).toBe(requestId);
  });

  test('that waits is not asked for twice, tells no page, and goes when it is refused', async () => {
    const { requestId } = await askToOpen();
    const [attribute] = (await own['attributes.list']({})).attributes;
    await own['attributes.open']({ id: attribute?.id ?? '' });
    expect(wallet.services.queue.list()).toHaveLength(1);
    expect(wallet.services.queue.documents()).toEqual([]);
    await own['requests.deny']({ requestId });
    expect((await own['requests.list']({})).waiting).toEqual([]);
    expect(wallet.delivered).toEqual([]);
  });

  test('that waits cannot be allowed or accepted as if a page had asked', async () => {
    const { requestId } = await askToOpen();
    await expect(own['requests.acceptOffer']({ requestId, digest: '' })).rejects.toThrow();
    await expect(own['requests.allowProof']({ requestId, digest: '', opener: OPENER })).rejects.toThrow();
    await expect(own['requests.continueOffer']({ requestId })).rejects.toThrow();
    expect((await firstWaiting<OpenWaiting>()).kind).toBe('open');
  });

  test('is gone with its compartment', async () => {
    const { requestId } = await askToOpen();
    await own['compartments.erase']({ name: 'health', confirm: 'erase' });
    expect((await own['attributes.list']({})).attributes).toEqual([]);
    await expect(own['requests.openRecord']({ requestId, opener: OPENER })).rejects.toMatchObject({
      reason: 'not_found',
    });
  });

  test('moves out of its compartment, and leaves nothing in it', async () => {
    const { id } = await own['attributes.save']({ ...ALLERGY, opener: OPENER });
    await own['attributes.save']({ id, label: 'Allergy', type: 'text', value: 'none', tier: 1 });
    const vault = await wallet.services.keeper.open();
    const tiers: number[] = [];
    for await (const { tier } of vault.records()) tiers.push(tier);
    expect(tiers).not.toContain(3);
    expect((await own['attributes.list']({})).attributes).toMatchObject([{ value: 'none', tier: 1 }]);
  });
});

describe('an offer with claims of Tier 3', () => {
  let issuer: OfferingIssuer;

  async function review(claims: JsonObject, announced: readonly string[]) {
    issuer = await createOfferingIssuer(claims, announced);
    own = createOwnHandlers(() => Promise.resolve({ ...wallet.services, fetchJson: issuer.fetchJson }));
    const { id: requestId } = await wallet.ask('offerCredential', issuer.offer, ISSUER);
    await own['requests.continueOffer']({ requestId });
    const { state } = await firstWaiting<OfferWaiting>();
    if (state.step !== 'review') throw new Error(JSON.stringify(state));
    return { requestId, digest: state.digest, compartments: state.credentials[0]?.compartments ?? [] };
  }

  const accept = (offer: { requestId: string; digest: string }, opener?: { password: string }) => {
    const { requestId, digest } = offer;
    return own['requests.acceptOffer']({ requestId, digest, ...(opener === undefined ? {} : { opener }) });
  };

  test('says before which compartments it takes, and asks the issuer for nothing without an opener', async () => {
    const offer = await review({ iban: 'GB', given_name: 'Ada' }, ['iban', 'given_name']);
    expect(offer.compartments).toEqual(['payment']);
    await expect(accept(offer)).rejects.toMatchObject({ reason: 'bad_request', field: 'opener' });
    expect(issuer.tokens()).toBe(0);
    expect(await accept(offer, OPENER)).toEqual({ credentials: 1, promised: [] });
  });

  test('that were not announced can be taken with an opener after all, without asking the issuer again', async () => {
    const offer = await review({ blood_type: 'AB-', given_name: 'Ada' }, ['given_name']);
    expect(offer.compartments).toEqual([]);
    await expect(accept(offer)).rejects.toMatchObject({ reason: 'bad_request', field: 'opener' });
    await expect(accept(offer, WRONG)).rejects.toMatchObject({ reason: 'wrong_password' });
    expect((await firstWaiting<OfferWaiting>()).state.step).toBe('review');
    expect(await accept(offer, OPENER)).toEqual({ credentials: 1, promised: [] });
    expect(issuer.tokens()).toBe(1);
    expect((await own['credentials.list']({})).credentials).toHaveLength(1);
  });

  test('without any takes no opener', async () => {
    const offer = await review({ given_name: 'Ada' }, ['given_name']);
    expect(await accept(offer)).toEqual({ credentials: 1, promised: [] });
    expect((await own['compartments.list']({})).compartments).toEqual([]);
  });

  test('are shown to a site with an opener alone, and a wrong one sends nothing', async () => {
    await accept(await review({ iban: 'GB33', age_over_21: true }, ['iban']), OPENER);
    const nonce = 'AAAAAAAAAAAAAAAAAAAAAA';
    const { id: requestId } = await wallet.ask('requestProof', { claims: ['iban'], nonce, purpose: 'Pay' });
    const { state } = await firstWaiting<ProofWaiting>();
    if (state.step !== 'ready') throw new Error(state.step);
    const [plan] = state.plans;
    expect(plan).toMatchObject({ compartments: ['payment'], maybeUsed: false, learn: [{ derived: false }] });
    expect(JSON.stringify(plan)).not.toContain('GB33');
    const consent = { requestId, digest: plan?.digest ?? '' };
    await expect(own['requests.allowProof'](consent)).rejects.toMatchObject({ field: 'opener' });
    const wrong = own['requests.allowProof']({ ...consent, opener: WRONG });
    await expect(wrong).rejects.toMatchObject({ reason: 'wrong_password' });
    expect(wallet.delivered.filter(({ id }) => id === requestId)).toEqual([]);
    await own['requests.allowProof']({ ...consent, opener: OPENER });
    expect(JSON.stringify(wallet.delivered.at(-1))).toContain('GB33');
    expect((await kinds()).slice(0, 2)).toEqual(['proof.allowed', 'compartment.opened']);
  });
});
