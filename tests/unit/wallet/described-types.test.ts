import { beforeEach, describe, expect, test } from 'vitest';
import type { FetchText, JsonObject, TextRequest } from '../../../lib/core/index.ts';
import { SignetError } from '../../../lib/core/index.ts';
import type { CredentialView } from '../../../lib/messaging/contract.ts';
import type { OwnHandlers } from '../../../lib/messaging/own-router.ts';
import { createOwnHandlers } from '../../../lib/wallet/index.ts';
import { createOfferingIssuer } from '../../fixtures/credentials/offering-issuer.ts';
import { ISSUER, NOW, VCT } from '../../fixtures/credentials/test-issuer.ts';
import { PASSWORD, createTestWallet } from '../../fixtures/wallet.ts';
import type { TestWallet } from '../../fixtures/wallet.ts';

const CLAIMS: JsonObject = { birthdate: '1990-04-01', rank: 3 };

const TYPE = {
  vct: VCT,
  display: [{ locale: 'en', name: 'Order card', description: 'Says where one stands in the order' }],
  claims: [
    { path: ['rank'], display: [{ locale: 'en', label: 'Rank in the order' }], sd: 'always' },
    { path: ['birthdate'], display: [{ locale: 'en', label: 'favourite colour' }] },
  ],
};

let wallet: TestWallet;
let fetched: TextRequest[];

beforeEach(async () => {
  fetched = [];
  wallet = await createTestWallet({ clock: () => NOW });
  await online(() => none()).then(({ own }) =>
    own['wallet.create']({ password: PASSWORD, mark: { shape: 'star', colour: 'blue' } }),
  );
});

const none = (): Promise<string> => Promise.reject(new SignetError('network', 'Nobody answers.'));

/** The wallet with an issuer, and whoever describes its type, on the far side of its doors. */
async function online(describes: FetchText, claims = CLAIMS) {
  const issuer = await createOfferingIssuer(claims, []);
  const fetchText: FetchText = (request) => {
    fetched.push(request);
    return describes(request);
  };
  const services = { ...wallet.services, fetchJson: issuer.fetchJson, fetchText };
  return { issuer, own: createOwnHandlers(() => Promise.resolve(services)) };
}

/** The person takes what the issuer offers. */
async function take(describes: FetchText, claims = CLAIMS): Promise<OwnHandlers> {
  const { issuer, own } = await online(describes, claims);
  const { id: requestId } = await wallet.ask('offerCredential', issuer.offer, ISSUER);
  await own['requests.continueOffer']({ requestId });
  expect(fetched).toEqual([]);
  const [waiting] = (await own['requests.list']({})).waiting;
  if (waiting?.kind !== 'offer' || waiting.state.step !== 'review') throw new Error('Nothing is offered.');
  await own['requests.acceptOffer']({ requestId, digest: waiting.state.digest });
  return own;
}

const only = async (own: OwnHandlers): Promise<CredentialView | undefined> =>
  (await own['credentials.list']({})).credentials[0];
const labels = (view: CredentialView | undefined): readonly string[] =>
  (view?.claims ?? []).map(({ label }) => label).sort();
const serve =
  (type: object): FetchText =>
  () =>
    Promise.resolve(JSON.stringify(type));

describe('what the publisher of its type says of a credential', () => {
  test('is asked for once, when the person takes it, and names what Signet has no word for', async () => {
    const view = await only(await take(serve(TYPE)));
    expect(fetched).toEqual([{ url: VCT, type: 'application/json' }]);
    expect(view?.type).toEqual({
      name: 'Order card',
      description: 'Says where one stands in the order',
      lookedAt: NOW,
    });
    expect(labels(view)).toEqual(['Rank in the order', 'birth date']);
  });

  test.each<[string, FetchText]>([
    ['is not there', none],
    ['is of another type', serve({ ...TYPE, vct: 'https://other.example' })],
    ['is no JSON', () => Promise.resolve('<html>')],
    ['is too long', serve({ ...TYPE, more: 'x'.repeat(70_000) })],
  ])('is done without where it %s', async (_, describes) => {
    const view = await only(await take(describes));
    expect(view?.type).toBeUndefined();
    expect(labels(view)).toEqual(['birth date', 'rank']);
  });

  test.each<[string, object]>([
    ['hides what it must not', { ...TYPE, claims: [{ path: ['rank'], sd: 'never' }] }],
    ['lacks what it must have', { ...TYPE, claims: [{ path: ['title'], mandatory: true }] }],
    ['is of another form', { ...TYPE, claims: [{ path: ['rank', 'name'] }] }],
    ['is of a type that extends itself', { ...TYPE, extends: VCT }],
  ])('refuses a credential that %s, and nothing is stored', async (_, type) => {
    await expect(take(serve(type))).rejects.toMatchObject({ reason: 'credential_refused' });
    const { own } = await online(none);
    expect((await own['credentials.list']({})).credentials).toEqual([]);
    expect((await own['audit.list']({ limit: 1 })).entries[0]?.kind).toBe('credential.refused');
  });

  test('is asked of nobody that the person did not agree to, and of whom the type names when they ask for just that', async () => {
    const base = 'https://base.example/order';
    const describes: FetchText = ({ url }) =>
      Promise.resolve(JSON.stringify(url === VCT ? { ...TYPE, extends: base } : { vct: base }));
    const own = await take(describes);
    expect(fetched.map(({ url }) => url)).toEqual([VCT]);
    const view = await only(own);
    expect(view?.type).toBeUndefined();
    await own['credentials.describe']({ id: view?.id ?? '' });
    expect(fetched.map(({ url }) => url)).toEqual([VCT, VCT, base]);
    expect((await only(own))?.type?.name).toBe('Order card');
  });

  test('is looked at again when the person asks, and not before', async () => {
    const before = await take(none);
    const { id = '' } = (await only(before)) ?? {};
    fetched = [];
    await before['credentials.list']({});
    expect(fetched).toEqual([]);
    const { own } = await online(serve(TYPE));
    await own['credentials.describe']({ id });
    expect(fetched).toHaveLength(1);
    expect(labels(await only(own))).toEqual(['Rank in the order', 'birth date']);
    expect((await own['audit.list']({ limit: 1 })).entries[0]).toMatchObject({
      kind: 'credential.described',
      subject: ISSUER,
    });
  });

  test('changes nothing where there is nothing to be read', async () => {
    const own = await take(serve(TYPE));
    const { id = '' } = (await only(own)) ?? {};
    const { own: later } = await online(none);
    await expect(later['credentials.describe']({ id })).rejects.toMatchObject({ reason: 'network' });
    expect((await only(later))?.type?.name).toBe('Order card');
  });
});
