import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import type { JsonObject, Origin } from '../../../lib/core/index.ts';
import {
  addCredential,
  createHolderKey,
  holderPublicJwk,
  issuerKeyResolver,
  parseSdJwt,
  personalClaims,
  verifyIssuedCredential,
} from '../../../lib/credentials/index.ts';
import type { ProofPlan } from '../../../lib/proofs/index.ts';
import { ProofRequest } from '../../../lib/proofs/index.ts';
import type { ProofRequest as PageProofRequest } from '../../../lib/provider/types.ts';
import type { CompartmentName, Grant, OpenVault, VaultKeeper } from '../../../lib/vault/index.ts';
import type { TestIssuer } from '../../fixtures/credentials/test-issuer.ts';
import { ISSUER, NOW, VCT, createTestIssuer, issueAge } from '../../fixtures/credentials/test-issuer.ts';
import { MARK, Machine, PASSWORD, byPassword } from '../../fixtures/vault/machine.ts';

const RUNS = Number(process.env['SIGNET_RUNS'] ?? 25);
const clock = (): number => NOW;
const origin = ISSUER as Origin; // the test's own constant
const asker = { requestId: 'request', origin: 'https://shop.example' as Origin };
const base = { nonce: 'MDEyMzQ1Njc4OWFiY2RlZg', purpose: 'Buy wine' };

let issuer: TestIssuer;
let unlocked: Machine;

beforeAll(async () => {
  issuer = await createTestIssuer();
  unlocked = new Machine();
  await unlocked.worker().create({ password: PASSWORD, mark: MARK });
});

/** A vault with one credential of these claims, each a disclosure of its own. */
const vaultWith = async (claims: JsonObject): Promise<OpenVault> => (await keeperWith(claims)).open();

async function keeperWith(claims: JsonObject): Promise<VaultKeeper> {
  const machine = await unlocked.fork();
  const keeper = machine.worker();
  const vault = await keeper.open();
  const holderKey = createHolderKey();
  const holder = holderPublicJwk(holderKey);
  const { text } = await issueAge(issuer, holder, { claims });
  const fetchJson = () => Promise.resolve({ issuer: ISSUER, jwks: { keys: [issuer.publicJwk] } });
  const resolveKeys = issuerKeyResolver({ issuer: origin, clock, fetchJson });
  const issued = await verifyIssuedCredential(text, { issuer: origin, vct: VCT, holder, clock, resolveKeys });
  const store = (grant?: Grant) =>
    machine.log(vault).transact(async (tx) => {
      const added = { name: 'Card', issuerName: 'Town', receivedAt: NOW, instances: [{ issued, holderKey }] };
      await addCredential(tx, added, grant && ((name) => grant.ensureCompartment(tx, name)));
      await tx.log({ kind: 'credential.received', subject: ISSUER });
    });
  await ('card_number' in claims ? keeper.grant(byPassword(), store) : store());
  return keeper;
}

/** Opens compartments only where the plan says that it needs one: asking in vain would fail. */
async function present(keeper: VaultKeeper, plan: ProofPlan): Promise<string> {
  const vault = await keeper.open();
  const bind = async (grant?: Grant): Promise<string> => {
    const open = grant && ((name: CompartmentName) => grant.compartment(vault, name));
    using bundle = await plan.gather({ requestId: asker.requestId, digest: plan.digest }, vault, open);
    return (await bundle.bind(clock)).response.proof ?? '';
  };
  return plan.compartments.length === 0 ? bind() : keeper.grant(byPassword(), bind);
}

const planFor = async (vault: OpenVault, request: Partial<PageProofRequest>): Promise<ProofPlan | undefined> =>
  (await ProofRequest.admit(asker, { ...base, ...request }).plan(vault, clock))[0];

const NAMES = ['given_name', 'family_name', 'birthdate', 'age_over_18', 'age_over_21', 'email', 'card_number'];
const claimValue = fc.oneof(fc.boolean(), fc.string({ minLength: 1, maxLength: 12 }), fc.integer());
const holdings = fc
  .uniqueArray(fc.constantFrom(...NAMES), { minLength: 1, maxLength: NAMES.length })
  .chain((names) => fc.tuple(fc.constant(names), fc.tuple(...names.map(() => claimValue)), fc.subarray(NAMES)));

test('what is disclosed is what was asked, what the plan said, and nothing else; or nothing at all', async () => {
  await fc.assert(
    fc.asyncProperty(holdings, async ([names, values, asked]) => {
      fc.pre(asked.length > 0);
      const claims: JsonObject = Object.fromEntries(names.map((name, i) => [name, values[i] ?? null]));
      const keeper = await keeperWith(claims);
      const plan = await planFor(await keeper.open(), { claims: asked });
      const fits = asked.every((name) => name in claims && (!name.startsWith('age_over_') || claims[name] === true));
      expect(plan !== undefined).toBe(fits);
      if (plan === undefined) return;
      expect(plan.compartments).toEqual(asked.includes('card_number') ? ['payment'] : []);
      const shown = personalClaims(parseSdJwt(await present(keeper, plan)).claims);
      expect(Object.keys(shown).sort()).toEqual([...asked].sort());
      expect(plan.views.flatMap(({ learn }) => learn)).toHaveLength(asked.length);
    }),
    { numRuns: RUNS },
  );
}, 120_000);

test('a part that its issuer signed as a whole brings the whole, and the plan shows all of it', async () => {
  const address = { locality: 'Port', postal_code: '10117', lines: ['a', 'b'] };
  const vault = await vaultWith({ address, given_name: 'Ada' });
  const credentials = [{ id: 'c', format: 'dc+sd-jwt', claims: [{ path: ['address', 'locality'] }] }];
  const plan = await planFor(vault, { dcql_query: { credentials } });
  expect(plan?.views[0]?.learn.map(({ value }) => value)).toEqual(['a', 'b', 'Port', '10117']);
  expect(plan?.views[0]?.hidden).toEqual(['given name']);
});

test('of an array only the elements asked for are shown, and told with their own values', async () => {
  const vault = await vaultWith({ nationalities: ['EX', 'XX'] });
  const paths = [{ path: ['nationalities', null], values: ['XX'] }];
  const plan = await planFor(vault, {
    dcql_query: { credentials: [{ id: 'c', format: 'dc+sd-jwt', claims: paths }] },
  });
  expect(plan?.views[0]?.learn.map(({ value }) => value)).toContain('XX');
});

test('claim sets are answered by the one that shows least, whatever their order', async () => {
  const vault = await vaultWith({ given_name: 'Ada', family_name: 'Byron', age_over_21: true });
  const claims = ['given_name', 'family_name', 'age_over_21'].map((name) => ({ id: name, path: [name] }));
  const claim_sets = [['given_name', 'family_name'], ['age_over_21']];
  const plan = await planFor(vault, {
    dcql_query: { credentials: [{ id: 'c', format: 'dc+sd-jwt', claims, claim_sets }] },
  });
  expect(plan?.views[0]?.learn).toEqual([{ claim: 'age_over_21', label: 'over 21', derived: true }]);
});

test('what an age already tells is not promised as hidden, and what it does not tell is', async () => {
  const ages = { age_over_16: true, age_over_18: true, age_over_21: false, age_over_65: false };
  const hiddenWith = async (...names: string[]) => {
    const claims = names.map((name) => ({ path: [name] }));
    const credentials = [{ id: 'c', format: 'dc+sd-jwt', claims }];
    return (await planFor(await vaultWith(ages), { dcql_query: { credentials } }))?.views[0]?.hidden;
  };
  expect(await hiddenWith('age_over_18')).toEqual(['over 21', 'over 65']);
  expect(await hiddenWith('age_over_16')).toEqual(['over 18', 'over 21', 'over 65']);
  expect(await hiddenWith('age_over_21')).toEqual(['over 16', 'over 18']);
});

test('a consent to another plan or request gathers nothing', async () => {
  const vault = await vaultWith({ age_over_21: true });
  const plan = await planFor(vault, { claims: ['age_over_21'] });
  const digest = plan?.digest ?? '';
  await expect(plan?.gather({ requestId: 'other', digest }, vault)).rejects.toMatchObject({ reason: 'changed' });
  await expect(plan?.gather({ requestId: 'request', digest: '' }, vault)).rejects.toMatchObject({ reason: 'changed' });
});

test('a bundle is used once, is never serialised, and holds no key after it is disposed', async () => {
  const vault = await vaultWith({ age_over_21: true });
  const plan = await planFor(vault, { claims: ['age_over_21'] });
  const bundle = await plan?.gather({ requestId: 'request', digest: plan.digest }, vault);
  expect(() => JSON.stringify(bundle)).toThrow('never serialised');
  await bundle?.bind(clock);
  await expect(bundle?.bind(clock)).rejects.toThrow('used once');
  bundle?.[Symbol.dispose]();
  const disposed = await plan?.gather({ requestId: 'request', digest: plan.digest }, vault);
  disposed?.[Symbol.dispose]();
  await expect(disposed?.bind(clock)).rejects.toThrow('used once');
});

test('an expired credential, one of another type and one of another issuer are not offered', async () => {
  const vault = await vaultWith({ age_over_21: true });
  const later = (): number => NOW + 20 * 365 * 86_400_000;
  const request = ProofRequest.admit(asker, { ...base, claims: ['age_over_21'] });
  expect(await request.plan(vault, clock)).toHaveLength(1);
  expect(await request.plan(vault, later)).toHaveLength(0);
  expect(await planFor(vault, { claims: ['age_over_21'], types: ['https://other.example/x'] })).toBeUndefined();
  expect(await planFor(vault, { claims: ['age_over_21'], issuers: ['https://other.example'] })).toBeUndefined();
});
