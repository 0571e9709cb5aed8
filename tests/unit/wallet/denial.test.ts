import { expect, test } from 'vitest';
import type { Json } from '../../../lib/core/index.ts';
import { MemoryBackend } from '../../../lib/vault/index.ts';
import { admitCall, closeConsent, createOwnHandlers } from '../../../lib/wallet/index.ts';
import type { Services } from '../../../lib/wallet/index.ts';
import { PASSWORD, createTestWallet } from '../../fixtures/wallet.ts';

const PROOF = { claims: ['age_over_21'], nonce: 'AAAAAAAAAAAAAAAAAAAAAA', purpose: 'Buy wine' };

/** A disk that takes rows of every store but the vault's records. */
class NoRoomForRecords extends MemoryBackend {
  full = false;
  override batch(...[writes, expected]: Parameters<MemoryBackend['batch']>): Promise<void> {
    if (this.full && writes.some(({ store }) => store === 'records')) return Promise.reject(new Error('full'));
    return super.batch(writes, expected);
  }
}

async function openWallet(backend = new NoRoomForRecords()) {
  const wallet = await createTestWallet({ backend });
  const own = createOwnHandlers(() => Promise.resolve(wallet.services));
  await own['wallet.create']({ password: PASSWORD, mark: { shape: 'star', colour: 'blue' } });
  return { wallet, own, backend };
}

test('a log that cannot be written keeps no "no" from the site, and the person hears of it', async () => {
  const { wallet, own, backend } = await openWallet();
  const { id: requestId } = await wallet.ask('requestProof', PROOF);
  backend.full = true;
  await expect(own['requests.deny']({ requestId })).rejects.toThrow();
  expect(wallet.delivered.map(({ id, state }) => ({ id, state }))).toEqual([
    {
      id: requestId,
      state: { phase: 'answered', answer: { ok: false, error: expect.objectContaining({ code: 4001 }) as unknown } },
    },
  ]);
});

test('a plan that cannot be made is shown as such, and the request can be denied', async () => {
  const { wallet, own } = await openWallet();
  const broken: Services = {
    ...wallet.services,
    clock: () => {
      throw new Error('unreadable');
    },
  };
  const other = createOwnHandlers(() => Promise.resolve(broken));
  const { id: requestId } = await wallet.ask('requestProof', PROOF);
  const [waiting] = (await other['requests.list']({})).waiting;
  expect(waiting?.state.step).toBe('failed');
  await own['requests.deny']({ requestId });
  expect(wallet.delivered.map(({ id }) => id)).toEqual([requestId]);
});

test('closing the window denies what was seen, and shows what was not', async () => {
  const { wallet, own } = await openWallet();
  let shown = 0;
  const watched: Services = { ...wallet.services, showConsent: () => Promise.resolve(void (shown += 1)) };
  const seen = await wallet.ask('requestProof', PROOF);
  const unseen = await wallet.ask('requestProof', PROOF);
  await own['requests.shown']({ requestId: seen.id });
  await closeConsent(watched);
  expect(wallet.delivered.map(({ id }) => id)).toEqual([seen.id]);
  expect(wallet.services.queue.list().map(({ id }) => id)).toEqual([unseen.id]);
  expect(shown).toBe(1);
  await own['requests.shown']({ requestId: unseen.id });
  await closeConsent(watched);
  expect(shown).toBe(1);
});

test('closing the window leaves on the badge what came in without a touch of its page', async () => {
  const { wallet, own } = await openWallet();
  let shown = 0;
  const watched: Services = { ...wallet.services, showConsent: () => Promise.resolve(void (shown += 1)) };
  const seen = await wallet.ask('requestProof', PROOF);
  const quiet = await wallet.ask('requestProof', PROOF, { active: false });
  await own['requests.shown']({ requestId: seen.id });
  await closeConsent(watched);
  expect(wallet.services.queue.list().map(({ id }) => id)).toEqual([quiet.id]);
  expect(shown).toBe(0);
});

test.for([
  ['https://shop.example', 'http://localhost:8080', false],
  ['https://shop.example', 'http://127.0.0.1:8080', false],
  ['https://shop.example', 'https://[::1]:8080', false],
  ['https://shop.example', 'https://issuer.example', true],
  ['http://localhost:3000', 'http://127.0.0.1:8080', true],
  ['http://localhost:3000', 'https://issuer.example', true],
] as const)('a page of %s may offer from %s: %s', async ([origin, issuer, allowed]) => {
  const { services } = await createTestWallet();
  const params: Json = { credential_offer_uri: `${issuer}/offer` };
  const admitted = admitCall(services, { method: 'offerCredential', params, origin: origin as never }); // a literal that is one
  if (allowed) expect(await admitted).toEqual({ params });
  else {
    await expect(admitted).rejects.toMatchObject({ reason: 'bad_request', field: 'credential_offer_uri' });
  }
});
