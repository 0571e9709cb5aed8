import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { AttributeInput } from '../../../lib/attributes/index.ts';
import type { Json } from '../../../lib/core/index.ts';
import type { PlanView, ProofWaiting } from '../../../lib/messaging/contract.ts';
import type { ClaimRequest, ProofRequest, ProofResponse } from '../../../lib/provider/types.ts';
import type { PageRequest } from '../../../lib/requests/index.ts';
import type { TrustedIssuer, VerifyResult } from '../../../lib/sdk/index.ts';
import { parseCredential, verify } from '../../../lib/sdk/index.ts';
import { SELF_TYPE } from '../../../lib/credentials/index.ts';
import { signetId } from '../../../lib/vault/index.ts';
import { ISSUER, NOW, createTestIssuer } from '../../fixtures/credentials/test-issuer.ts';
import { OTHER, SHOP, Worker, forkWith, licensedMachine } from '../../fixtures/licensed-wallet.ts';
import { Machine } from '../../fixtures/vault/machine.ts';
import { PASSWORD } from '../../fixtures/wallet.ts';

const NONCE = 'MDEyMzQ1Njc4OWFiY2RlZg';
const SELF: TrustedIssuer = { issuer: 'self', types: [SELF_TYPE] };

const BIRTH_DATE: AttributeInput = { label: 'Birth date', type: 'date', value: '1985-02-03', tier: 2 };
const NICKNAME: AttributeInput = { label: 'Nickname', type: 'text', value: 'Countess', tier: 1 };
const TOWN: AttributeInput = { label: 'Town', type: 'text', value: 'Port Example', tier: 2 };
const ALLERGY: AttributeInput = {
  ...{ label: 'Allergy', type: 'text', value: 'peanuts', tier: 3 },
  compartment: 'health',
};

let prepared: Machine;
let worker: Worker;

/** A machine with an open vault that holds no credential. */
async function plainMachine(): Promise<Machine> {
  const machine = new Machine();
  machine.clock.now = NOW;
  const { own } = await Worker.on(machine);
  await own['wallet.create']({ password: PASSWORD, mark: { shape: 'star', colour: 'blue' } });
  await own['settings.set']({ autoLockMinutes: 60, decoys: false });
  return machine;
}

async function remember(machine: Machine): Promise<Machine> {
  const { own } = await Worker.on(machine);
  for (const input of [BIRTH_DATE, NICKNAME, TOWN]) await own['attributes.save'](input);
  await own['attributes.save']({ ...ALLERGY, opener: { password: PASSWORD } });
  return machine;
}

beforeAll(async () => {
  prepared = await remember(await plainMachine());
});
beforeEach(async () => {
  worker = await Worker.on(await forkWith(prepared));
});

/** What is not said is not asked, `issuers` too where it is undefined. */
type Asked = { readonly [K in keyof ProofRequest]?: ProofRequest[K] | undefined };

function ask(request: Asked, origin = SHOP): Promise<PageRequest> {
  const page = { nonce: NONCE, purpose: 'To enter', issuers: ['self'], ...request };
  return worker.wallet.ask('requestProof', JSON.parse(JSON.stringify(page)) as Json, { origin });
}

async function planFor(request: Partial<ProofRequest>, origin = SHOP): Promise<PlanView | undefined> {
  const { id: requestId } = await ask(request, origin);
  return (await worker.own['requests.narrow']({ requestId, extras: [] })).plans[0];
}

function responseTo({ id }: PageRequest): ProofResponse {
  const answer = worker.wallet.delivered.find((one) => one.id === id)?.state;
  if (answer?.phase !== 'answered' || !answer.answer.ok) throw new Error('There is no answer.');
  return answer.answer.result as unknown as ProofResponse; // what the page gets
}

/** The person is asked and says yes. */
async function answerTo(request: Partial<ProofRequest>, origin = SHOP): Promise<ProofResponse> {
  const asked = await ask(request, origin);
  await worker.allow(asked);
  return responseTo(asked);
}

const check = (
  { proof = '' }: ProofResponse,
  claims: readonly ClaimRequest[],
  issuers: readonly TrustedIssuer[] = [SELF],
  audience = SHOP,
): Promise<VerifyResult> => verify(proof, claims, audience, { nonce: NONCE, issuers, now: new Date(NOW) });

describe('a site that takes the word of its visitors', () => {
  test('gets it, under what they agreed to say, and can verify it', async () => {
    const response = await answerTo({ claims: ['age_over_21'] });
    expect(response).toMatchObject({ format: 'dc+sd-jwt', claims: { age_over_21: true } });
    expect(await check(response, ['age_over_21'])).toMatchObject({
      ...{ valid: true, claims: { age_over_21: true }, issuer: 'self', format: 'dc+sd-jwt', scope: ['age_over_21'] },
    });
  });

  test('gets values as they are stored at Tier 1', async () => {
    const response = await answerTo({ claims: ['nickname', 'age_over_18'] });
    expect(response.claims).toEqual({ nickname: 'Countess', age_over_18: true });
    expect(await check(response, ['nickname', 'age_over_18'])).toMatchObject({ valid: true });
  });

  test('gets it by OpenID4VP’s query language too', async () => {
    const query = {
      credentials: [
        { id: 'you', format: 'dc+sd-jwt', claims: [{ path: ['age_over_21'] }], meta: { vct_values: [SELF_TYPE] } },
      ],
    };
    const { vp_token = {} } = await answerTo({ dcql_query: query });
    const [proof = ''] = vp_token['you'] ?? [];
    expect(await check({ ...responseWith(proof) }, ['age_over_21'])).toMatchObject({ valid: true, issuer: 'self' });
  });

  const responseWith = (proof: string): ProofResponse => ({
    ...{ proof, format: 'dc+sd-jwt', requestId: '', expiresAt: 0, claims: {} },
  });

  test('sees nothing else that is stored, nor who the vault is', async () => {
    const { proof = '' } = await answerTo({ claims: ['age_over_21'] });
    const said = JSON.stringify(parseCredential(proof));
    const { keys } = await worker.services.keeper.open();
    for (const hidden of ['Countess', 'Port Example', '1985', 'peanuts', 'age_over_18', signetId(keys.identity)]) {
      expect(said).not.toContain(hidden);
    }
  });

  test.each(['birth_date', 'town', 'allergy', 'age_over_65', 'age_over_30'])('does not get %s', async (claim) => {
    expect(await planFor({ claims: [claim] })).toBeUndefined();
  });

  test('does not get it under another type than it accepts, or in another form', async () => {
    expect(await planFor({ claims: ['age_over_21'], types: ['https://issuer.example/age'] })).toBeUndefined();
    expect(await planFor({ claims: ['age_over_21'], formats: ['bbs'] })).toBeUndefined();
    expect(await planFor({ claims: [{ name: 'birth_date', age_at_least: 21 }] })).toBeUndefined();
  });

  test('gets a change that the person made since, and nothing once it is deleted', async () => {
    const first = await planFor({ claims: ['nickname'] });
    const { attributes } = await worker.own['attributes.list']({});
    const id = attributes.find(({ label }) => label === 'Nickname')?.id ?? '';
    await worker.own['attributes.save']({ ...NICKNAME, id, value: 'Duchess' });
    const second = await planFor({ claims: ['nickname'] });
    expect(second?.learn[0]?.value).toBe('Duchess');
    expect(second?.digest).not.toBe(first?.digest);
    await worker.own['attributes.delete']({ id });
    expect(await planFor({ claims: ['nickname'] })).toBeUndefined();
  });

  test('does not get what was changed after it was shown', async () => {
    const asked = await ask({ claims: ['nickname'] });
    const { plans } = await worker.own['requests.narrow']({ requestId: asked.id, extras: [] });
    const { attributes } = await worker.own['attributes.list']({});
    const id = attributes.find(({ label }) => label === 'Nickname')?.id ?? '';
    await worker.own['attributes.save']({ ...NICKNAME, id, value: 'Duchess' });
    const yes = worker.own['requests.allowProof']({ requestId: asked.id, digest: plans[0]?.digest ?? '' });
    await expect(yes).rejects.toMatchObject({ reason: 'changed' });
    expect(worker.wallet.delivered).toEqual([]);
  });
});

describe('a site that does not say so', () => {
  test.each([
    ['names no issuers', undefined],
    ['names others', ['https://issuer.example']],
    ['names something like it', ['Self', 'https://self', '']],
  ])('and %s gets nothing of it', async (_, issuers) => {
    const { id } = await ask({ claims: ['age_over_21'], issuers: undefined, ...(issuers && { issuers }) });
    expect((await worker.own['requests.narrow']({ requestId: id, extras: [] })).plans).toEqual([]);
  });
});

describe('the window', () => {
  test('says whose word it is, that the site will know it again, and what stays hidden', async () => {
    const plan = await planFor({ claims: ['age_over_25'] });
    expect(plan).toMatchObject({
      credentials: [{ name: 'What you say about yourself', issuer: { origin: 'self', name: '', vouched: false } }],
      learn: [{ claim: 'age_over_25', label: 'over 25', derived: true }],
      ...{ linkability: 'same_key', format: 'dc+sd-jwt', linkable: [], maybeUsed: false, compartments: [] },
    });
    expect(plan?.hidden).toEqual(expect.arrayContaining(['nickname', 'birth date', 'over 65']));
    expect(plan).not.toHaveProperty('fewLeft');
  });

  test('says what is missing where nothing is stored', async () => {
    worker = await Worker.on(await plainMachine());
    await ask({ claims: ['age_over_21'] });
    const [waiting] = (await worker.own['requests.list']({})).waiting;
    const { state } = waiting as ProofWaiting; // the only one that waits
    expect(state).toEqual({ step: 'nothing', missing: ['over 21'], issuers: ['self'] });
  });
});

describe('what a person says', () => {
  test('is said as often as they like, and each time is in the log', async () => {
    for (let i = 0; i < 3; i++) await answerTo({ claims: ['age_over_21'] });
    const entries = (await worker.log()).filter(({ kind }) => kind === 'proof.allowed');
    expect(entries).toHaveLength(3);
    expect(entries[0]).toMatchObject({ subject: SHOP, claims: ['age_over_21'], decision: 'ANOMALY' });
    expect((await worker.own['credentials.list']({})).credentials).toEqual([]);
  });

  test('can be allowed always, and denied for ever', async () => {
    await worker.allow(await ask({ claims: ['age_over_21'] }), { claims: ['age_over_21'] });
    const again = await ask({ claims: ['age_over_21'] });
    expect(await worker.services.desk.consider(worker.services, again)).toBe('answered');
    const other = await ask({ claims: ['nickname'] });
    await worker.own['requests.deny']({ requestId: other.id, never: 'claims' });
    const refused = await ask({ claims: ['nickname'] });
    expect(await worker.services.desk.consider(worker.services, refused)).toBe('refused');
  });

  test.each<[string, readonly object[], string]>([
    ['that names no issuer leaves it to the person', [], 'ask'],
    ['for it answers', [{ attribute: 'resource.issuer', op: 'equals', value: 'self' }], 'answered'],
  ])('under a permit %s', async (_, when, becomes) => {
    const permit = { effect: 'permit', action: 'prove', subject: { site: SHOP }, claims: ['age_over_21'], when };
    await worker.own['policy.saveRule']({ rule: permit });
    const asked = await ask({ claims: ['age_over_21'] });
    expect(await worker.services.desk.consider(worker.services, asked)).toBe(becomes);
  });

  test('is of the issuer `self` to rules', async () => {
    const rule = {
      ...{ effect: 'deny', action: 'prove', subject: { any: true }, claims: '*', locked: false },
      when: [{ attribute: 'resource.issuer', op: 'equals', value: 'self' }],
    } as const;
    await worker.own['policy.saveRule']({ rule });
    const asked = await ask({ claims: ['age_over_21'] });
    expect(await worker.services.desk.consider(worker.services, asked)).toBe('refused');
  });

  test('is not said while the vault is locked', async () => {
    const asked = await ask({ claims: ['age_over_21'] });
    await worker.own['wallet.lock']({});
    const [waiting] = (await worker.own['requests.list']({})).waiting;
    expect(waiting).toMatchObject({ requestId: asked.id, state: { step: 'locked' } });
  });
});

describe('a verifier', () => {
  test.each([
    ['names no `self`', [{ issuer: 'https://issuer.example', types: [SELF_TYPE] }]],
    ['names an issuer called so by its origin', [{ issuer: 'https://self', types: [SELF_TYPE] }]],
  ])('that %s takes nobody’s own word', async (_, issuers) => {
    const { publicJwk } = await createTestIssuer();
    const response = await answerTo({ claims: ['age_over_21'] });
    const trusted = issuers.map((issuer) => ({ ...issuer, jwks: { keys: [publicJwk] } }));
    expect(await check(response, ['age_over_21'], trusted)).toMatchObject({ valid: false, reason: 'untrusted_issuer' });
  });

  test('that trusts the very key under another name does not take it either', async () => {
    const response = await answerTo({ claims: ['age_over_21'] });
    const { jwk } = headerOf(response);
    const trusted = [{ issuer: 'https://issuer.example', types: [SELF_TYPE], jwks: { keys: [jwk] } }];
    expect(await check(response, ['age_over_21'], trusted)).toMatchObject({ valid: false, reason: 'untrusted_issuer' });
  });

  test('that takes it beside others calls it what it is', async () => {
    const { publicJwk } = await createTestIssuer();
    const trusted = [{ issuer: ISSUER, types: [SELF_TYPE], jwks: { keys: [publicJwk] } }, SELF];
    const response = await answerTo({ claims: ['age_over_21'] });
    expect(await check(response, ['age_over_21'], trusted)).toMatchObject({ valid: true, issuer: 'self' });
  });

  test('that wants another type of it refuses it', async () => {
    const response = await answerTo({ claims: ['age_over_21'] });
    const trusted = [{ issuer: 'self', types: ['https://issuer.example/age'] }];
    expect(await check(response, ['age_over_21'], trusted)).toMatchObject({ valid: false, reason: 'wrong_type' });
  });

  test('sees the same holder each time, and another site another one', async () => {
    const [one, again] = [await answerTo({ claims: ['age_over_21'] }), await answerTo({ claims: ['nickname'] })];
    const elsewhere = await answerTo({ claims: ['age_over_21'] }, OTHER);
    const first = await holderOf(check(one, ['age_over_21']));
    expect(await holderOf(check(again, ['nickname']))).toBe(first);
    const other = await holderOf(check(elsewhere, ['age_over_21'], [SELF], OTHER));
    expect(other).not.toBe(first);
    expect(headerOf(elsewhere)['jwk']).not.toEqual(headerOf(one)['jwk']);
  });

  test('does not take at one site what was said to another', async () => {
    const elsewhere = await answerTo({ claims: ['age_over_21'] }, OTHER);
    expect(await check(elsewhere, ['age_over_21'])).toMatchObject({ valid: false, reason: 'wrong_audience' });
  });

  async function holderOf(result: Promise<VerifyResult>): Promise<string> {
    const verified = await result;
    if (!verified.valid) throw new Error(verified.detail);
    return verified.holder;
  }

  const headerOf = ({ proof = '' }: ProofResponse) =>
    JSON.parse(Buffer.from(proof.split('.')[0] ?? '', 'base64url').toString()) as { readonly jwk: object };
});

describe('beside a credential', () => {
  let licensed: Machine;

  beforeAll(async () => {
    licensed = await remember(await licensedMachine(3));
  });
  beforeEach(async () => {
    worker = await Worker.on(await forkWith(licensed));
  });

  const sources = async (request: Partial<ProofRequest>): Promise<readonly (string | undefined)[]> => {
    const { id: requestId } = await ask(request);
    const { plans } = await worker.own['requests.narrow']({ requestId, extras: [] });
    return plans.map(({ credentials }) => credentials[0]?.issuer.origin);
  };

  test('the issuer’s word comes first, and the person’s own can be chosen', async () => {
    expect(await sources({ claims: ['age_over_21'], issuers: ['self', ISSUER] })).toEqual([ISSUER, 'self']);
    expect(await sources({ claims: ['age_over_21'], issuers: [ISSUER, 'self'] })).toEqual([ISSUER, 'self']);
    expect(await sources({ claims: ['age_over_21'], issuers: ['self'] })).toEqual(['self']);
  });

  test('the issuer’s word comes first also when its copy was shown before', async () => {
    for (let i = 0; i < 4; i++) await worker.allow(await ask({ claims: ['age_over_21'], issuers: [ISSUER] }));
    expect(await sources({ claims: ['age_over_21'], issuers: ['self', ISSUER] })).toEqual([ISSUER, 'self']);
  });

  test('the person’s own answers what no issuer signed', async () => {
    expect(await sources({ claims: ['nickname'], issuers: ['self', ISSUER] })).toEqual(['self']);
  });
});
