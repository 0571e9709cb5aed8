import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RunningIssuer } from '../../demo/issuer/server.ts';
import { startIssuer } from '../../demo/issuer/server.ts';
import type { Json } from '../../lib/core/index.ts';
import { randomBytes, toBase64url } from '../../lib/core/index.ts';
import type { OwnHandlers } from '../../lib/messaging/own-router.ts';
import type { OfferWaiting, PlanView, ProofWaiting } from '../../lib/messaging/contract.ts';
import { verify } from '../../lib/sdk/index.ts';
import type { Bytes } from '../../lib/core/index.ts';
import { MemoryBackend } from '../../lib/vault/index.ts';
import { createOwnHandlers } from '../../lib/wallet/index.ts';
import type { TestWallet } from '../fixtures/wallet.ts';
import { PASSWORD, createTestWallet } from '../fixtures/wallet.ts';

const MARK = { shape: 'star', colour: 'blue' };

/** Counts which rows are read, so that a test can say what a proof opened. */
class CountingBackend extends MemoryBackend {
  reads: Bytes[] = [];
  override get(...[store, key]: Parameters<MemoryBackend['get']>): ReturnType<MemoryBackend['get']> {
    if (key instanceof Uint8Array) this.reads.push(key);
    return super.get(store, key);
  }
}

let issuer: RunningIssuer;
let wallet: TestWallet;
let own: OwnHandlers;
let shops = 0;
const backend = new CountingBackend();

beforeAll(async () => {
  issuer = await startIssuer();
  wallet = await createTestWallet({ backend });
  own = createOwnHandlers(() => Promise.resolve(wallet.services));
  await own['wallet.create']({ password: PASSWORD, mark: MARK });
});
afterAll(() => issuer.close());

async function offerFor(person: string): Promise<Json> {
  const response = await fetch(`${issuer.origin}/offers`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ person }),
  });
  return { credential_offer: ((await response.json()) as { offer: Json }).offer };
}

async function receiveLicence(person = 'ada'): Promise<void> {
  const { id: requestId } = await wallet.ask('offerCredential', await offerFor(person), issuer.origin);
  await own['requests.continueOffer']({ requestId });
  const [waiting] = (await own['requests.list']({})).waiting as readonly OfferWaiting[];
  if (waiting?.state.step !== 'review') throw new Error(`not in review: ${JSON.stringify(waiting)}`);
  await own['requests.acceptOffer']({ requestId, digest: waiting.state.digest });
}

interface Asked {
  readonly site: string;
  readonly requestId: string;
  readonly nonce: string;
  readonly view: ProofWaiting;
}

/** Each request is of a shop of its own: one that asks as fast as tests do would be asked to wait, or muted. */
async function askProof(request: Record<string, Json>): Promise<Asked> {
  const nonce = toBase64url(randomBytes(16));
  const site = `https://shop${(shops += 1)}.example`;
  const { id } = await wallet.ask('requestProof', { nonce, purpose: 'Buy wine', ...request }, site);
  const [view] = (await own['requests.list']({})).waiting as readonly ProofWaiting[];
  if (view === undefined) throw new Error('nothing waits');
  return { site, requestId: id, nonce, view };
}

function bestPlan({ view }: Asked): PlanView {
  if (view.state.step !== 'ready' || view.state.plans[0] === undefined) throw new Error(JSON.stringify(view.state));
  return view.state.plans[0];
}

const answerTo = (requestId: string): unknown => {
  const request = wallet.delivered.findLast(({ id }) => id === requestId);
  return request?.state.phase === 'answered' && request.state.answer.ok ? request.state.answer.result : undefined;
};

async function trustedIssuer() {
  const metadata = (await (await fetch(`${issuer.origin}/.well-known/jwt-vc-issuer`)).json()) as { jwks: never };
  return { issuer: issuer.origin, types: [issuer.licenceType], jwks: metadata.jwks };
}

describe('the story of a proof, from offer to answer', () => {
  test('an offer becomes ten copies of one credential, and the log says so', async () => {
    await receiveLicence();
    const [credential] = (await own['credentials.list']({})).credentials;
    expect(credential).toMatchObject({ instancesLeft: 10, instancesReceived: 10, lastReused: false });
    expect(credential?.issuer).toMatchObject({ origin: issuer.origin, vouched: false });
    const [latest] = (await own['audit.list']({ limit: 1 })).entries;
    expect(latest).toMatchObject({ kind: 'credential.received', subject: issuer.origin, decision: 'PERMIT' });
  });

  test('a yes to "over 21" discloses that and nothing else, and our own SDK accepts it', async () => {
    const asked = await askProof({ claims: ['age_over_21'] });
    const plan = bestPlan(asked);
    expect(plan.learn).toEqual([{ claim: 'age_over_21', label: 'over 21', derived: true }]);
    expect(plan.hidden).toEqual(expect.arrayContaining(['birth date', 'given name', 'family name']));
    expect(plan.linkability).toBe('single_use');

    await own['requests.allowProof']({ requestId: asked.requestId, digest: plan.digest });

    const response = answerTo(asked.requestId) as { proof: string; claims: object };
    expect(response.claims).toEqual({ age_over_21: true });
    const options = { nonce: asked.nonce, issuers: [await trustedIssuer()] };
    expect(await verify(response.proof, 'age_over_21', asked.site, options)).toMatchObject({ valid: true });
    const [credential] = (await own['credentials.list']({})).credentials;
    expect(credential?.instancesLeft).toBe(9);
    const [latest] = (await own['audit.list']({ limit: 1 })).entries;
    expect(latest).toMatchObject({ kind: 'proof.allowed', subject: asked.site, claims: ['age_over_21'] });
  });

  test('showing the plan of "over 21" reads no row of any other claim', async () => {
    await own['requests.list']({});
    backend.reads = [];
    const asked = await askProof({ claims: ['age_over_21'] });
    const rows = new Set(backend.reads.map((key) => toBase64url(key)));
    // pages of the credential list, the credential, its next instance, and the table's rows that vouch for them
    const vault = await wallet.services.keeper.open();
    const { listCredentials } = await import('../../lib/credentials/index.ts');
    const [record] = await listCredentials(vault);
    const tier2 = (record?.rowTiers ?? []).flatMap((tier, row) => (tier === 2 ? [row] : []));
    expect(tier2.length).toBeGreaterThan(3);
    backend.reads = [];
    const next = record?.instances[0] ?? 0;
    for (const row of tier2) {
      await vault.get({ label: `data/credential/${record?.id ?? ''}/disclosure`, index: next * 1024 + row }, 2);
    }
    const disclosures = backend.reads.map((key) => toBase64url(key));
    expect(disclosures.length).toBeGreaterThanOrEqual(tier2.length);
    const opened = disclosures.filter((key) => rows.has(key));
    expect(opened).toEqual([]);
    await own['requests.deny']({ requestId: asked.requestId });
  });

  test('a consent to something else than what stands is refused, and nothing is sent or used', async () => {
    const before = (await own['credentials.list']({})).credentials[0]?.instancesLeft;
    const asked = await askProof({ claims: ['given_name'] });
    const digest = bestPlan(asked).digest.replace(/^./, (c) => (c === 'A' ? 'B' : 'A'));
    await expect(own['requests.allowProof']({ requestId: asked.requestId, digest })).rejects.toMatchObject({
      reason: 'changed',
    });
    expect(answerTo(asked.requestId)).toBeUndefined();
    expect((await own['credentials.list']({})).credentials[0]?.instancesLeft).toBe(before);
    await own['requests.deny']({ requestId: asked.requestId });
  });

  test('a claim of identity is shown with its value before consent, and makes the person recognisable', async () => {
    const asked = await askProof({ claims: ['family_name', 'age_over_18'] });
    const plan = bestPlan(asked);
    expect(plan.learn).toContainEqual({ claim: 'family_name', label: 'family name', value: 'Lumen', derived: false });
    expect(plan.linkability).toBe('identifying');
    await own['requests.deny']({ requestId: asked.requestId });
  });

  test('a value that does not fit is the same to the site as a no', async () => {
    const asked = await askProof({ claims: [{ name: 'family_name', values: ['Other'] }] });
    expect(asked.view.state).toMatchObject({ step: 'nothing', missing: ['family name'] });
    await own['requests.deny']({ requestId: asked.requestId });
    const denied = wallet.delivered.at(-1);
    expect(denied?.state).toMatchObject({ answer: { ok: false, error: { code: 4001 } } });
  });

  test('a DCQL query is answered by its credential ids', async () => {
    const asked = await askProof({
      dcql_query: {
        credentials: [
          {
            id: 'licence',
            format: 'dc+sd-jwt',
            meta: { vct_values: [issuer.licenceType] },
            claims: [{ path: ['age_over_21'], values: [true] }],
          },
        ],
      },
    });
    await own['requests.allowProof']({ requestId: asked.requestId, digest: bestPlan(asked).digest });
    const response = answerTo(asked.requestId) as { vp_token: Record<string, string[]> };
    const [proof = ''] = response.vp_token['licence'] ?? [];
    const options = { nonce: asked.nonce, issuers: [await trustedIssuer()] };
    expect(await verify(proof, 'age_over_21', asked.site, options)).toMatchObject({ valid: true });
  });

  test('the last copy is kept, shown again with a warning, and every yes uses one copy', async () => {
    for (;;) {
      const left = (await own['credentials.list']({})).credentials[0]?.instancesLeft ?? 0;
      const asked = await askProof({ claims: ['age_over_18'] });
      const plan = bestPlan(asked);
      expect(plan.fewLeft).toBe(left - 1 <= 3 ? left - 1 : undefined);
      await own['requests.allowProof']({ requestId: asked.requestId, digest: plan.digest });
      if (left === 1) break;
      expect((await own['credentials.list']({})).credentials[0]?.instancesLeft).toBe(left - 1);
    }
    const again = await askProof({ claims: ['age_over_18'] });
    expect(bestPlan(again).linkability).toBe('reused');
    await own['requests.deny']({ requestId: again.requestId });
  });

  test('a locked vault shows what is asked and opens nothing; a denial then still reaches the log', async () => {
    await own['wallet.lock']({});
    const asked = await askProof({ claims: ['age_over_21'] });
    expect(asked.view).toMatchObject({ asked: ['over 21'], state: { step: 'locked' } });
    await expect(own['requests.allowProof']({ requestId: asked.requestId, digest: 'x' })).rejects.toMatchObject({
      reason: 'locked',
    });
    await own['requests.deny']({ requestId: asked.requestId });
    await own['wallet.unlock']({ password: PASSWORD });
    const { entries } = await own['audit.list']({ limit: 10 });
    expect(entries.map(({ kind }) => kind)).toContain('proof.denied');
  });

  test('after a password reset the credential still proves "over 21", and names it had are gone for good', async () => {
    await receiveLicence('theo');
    const words = (await own['wallet.revealPhrase']({ password: PASSWORD })).words;
    await own['wallet.resetPassword']({ phrase: words.join(' '), password: 'another quiet harbour' });
    const names = await askProof({ claims: ['family_name'] });
    expect(names.view.state).toMatchObject({ step: 'nothing' });
    await own['requests.deny']({ requestId: names.requestId });
    const asked = await askProof({ claims: ['age_over_21'] });
    const plan = bestPlan(asked);
    expect(plan.hidden).not.toContain('family name');
    await own['requests.allowProof']({ requestId: asked.requestId, digest: plan.digest });
    const response = answerTo(asked.requestId) as { proof: string };
    const options = { nonce: asked.nonce, issuers: [await trustedIssuer()] };
    expect(await verify(response.proof, 'age_over_21', asked.site, options)).toMatchObject({ valid: true });
  });
});
