import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { JsonObject, Origin } from '../../../lib/core/index.ts';
import type { CredentialRecord } from '../../../lib/credentials/index.ts';
import {
  addCredential,
  consumeInstance,
  createHolderKey,
  holderPublicJwk,
  issuerKeyResolver,
  listCredentials,
  markMaybeUsed,
  openInstance,
  parseSdJwt,
  personalClaims,
  removeCredential,
  showableClaims,
  verifyIssuedCredential,
} from '../../../lib/credentials/index.ts';
import type { ProofPlan } from '../../../lib/proofs/index.ts';
import { ProofRequest, wasShown } from '../../../lib/proofs/index.ts';
import type { ProofRequest as PageProofRequest } from '../../../lib/provider/types.ts';
import type { Grant, OpenVault, VaultKeeper } from '../../../lib/vault/index.ts';
import type { TestIssuer } from '../../fixtures/credentials/test-issuer.ts';
import { ISSUER, NOW, VCT, createTestIssuer, issueAge } from '../../fixtures/credentials/test-issuer.ts';
import { MARK, Machine, PASSWORD, byPassword } from '../../fixtures/vault/machine.ts';

const clock = (): number => NOW;
const origin = ISSUER as Origin; // the test's own constant
const asker = { requestId: 'request', origin: 'https://shop.example' as Origin };
const base = { nonce: 'MDEyMzQ1Njc4OWFiY2RlZg', purpose: 'Pay' };
const CLAIMS = { iban: 'GB33BUKB', card_brand: 'visa', blood_type: 'AB-', given_name: 'Ada', age_over_21: true };

let issuer: TestIssuer;
let unlocked: Machine;
let machine: Machine;
let keeper: VaultKeeper;
let vault: OpenVault;

beforeAll(async () => {
  issuer = await createTestIssuer();
  unlocked = new Machine();
  await unlocked.worker().create({ password: PASSWORD, mark: MARK });
});

beforeEach(async () => {
  machine = await unlocked.fork();
  keeper = machine.worker();
  vault = await keeper.open();
});

async function copy(claims: JsonObject, payload: object = {}) {
  const holderKey = createHolderKey();
  const holder = holderPublicJwk(holderKey);
  const { text } = await issueAge(issuer, holder, { claims, payload });
  const fetchJson = () => Promise.resolve({ issuer: ISSUER, jwks: { keys: [issuer.publicJwk] } });
  const resolveKeys = issuerKeyResolver({ issuer: origin, clock, fetchJson });
  return {
    holderKey,
    issued: await verifyIssuedCredential(text, { issuer: origin, vct: VCT, holder, clock, resolveKeys }),
  };
}

async function add(claims: JsonObject = CLAIMS, { copies = 1, payload = {} } = {}): Promise<CredentialRecord> {
  return (await addCopies(await Promise.all(Array.from({ length: copies }, () => copy(claims, payload))))).record;
}

async function addCopies(instances: readonly Awaited<ReturnType<typeof copy>>[]) {
  const record = await keeper.grant(byPassword(), (grant) =>
    machine.log(vault).transact(async (tx) => {
      const added = { name: 'Card', issuerName: 'Bank', receivedAt: NOW, instances };
      const stored = await addCredential(tx, added, (name) => grant.ensureCompartment(tx, name));
      await tx.log({ kind: 'credential.received', subject: ISSUER });
      return stored;
    }),
  );
  const [first] = instances;
  if (first === undefined) throw new Error('there is no copy');
  return { record, issued: first.issued };
}

const plansFor = (request: Partial<PageProofRequest>) =>
  ProofRequest.admit(asker, { ...base, ...request }).plan(vault, clock);

async function planFor(request: Partial<PageProofRequest>): Promise<ProofPlan> {
  const [plan] = await plansFor(request);
  if (plan === undefined) throw new Error('there is no plan');
  return plan;
}

const present = (plan: ProofPlan) =>
  keeper.grant(byPassword(), async (grant: Grant) => {
    const consent = { requestId: asker.requestId, digest: plan.digest };
    using bundle = await plan.gather(consent, vault, (name) => grant.compartment(vault, name));
    return personalClaims(parseSdJwt((await bundle.bind(clock)).response.proof ?? '').claims);
  });

/** Everything that a running session can read, Tier 3 as it lies there. */
async function readable(): Promise<string> {
  const texts: string[] = [];
  for await (const { address, bytes } of vault.records()) {
    texts.push(address.label, Buffer.from(bytes).toString('latin1'));
  }
  return texts.join('\n');
}

describe('a claim about payment or health', () => {
  test('lies in its compartment: the open vault reads everything of its credential but that', async () => {
    const { sdJwt } = (await addCopies([await copy(CLAIMS)])).issued;
    const text = await readable();
    const found = sdJwt.disclosures.filter(({ encoded }) => text.includes(encoded)).map(({ path }) => path[0]);
    expect(found.sort()).toEqual(['age_over_21', 'given_name']);
    expect(text).toContain(sdJwt.issuerJwt.encoded);
  });

  test('is planned without opening it, by its label alone, and says which compartment it takes', async () => {
    await add();
    const plan = await planFor({ claims: ['iban', 'given_name'] });
    expect(plan.compartments).toEqual(['payment']);
    expect(plan.views[0]?.learn).toEqual([
      { claim: 'given_name', label: 'given name', value: 'Ada', derived: false },
      { claim: 'iban', label: 'bank account (IBAN)', derived: false },
    ]);
    const kinds = (await machine.log(vault).page({ limit: 9 })).map(({ kind }) => kind);
    expect(kinds).not.toContain('compartment.opened');
  });

  test('is shown under a grant, to this site, and nothing else with it', async () => {
    await add();
    expect(await present(await planFor({ claims: ['iban', 'age_over_21'] }))).toEqual({
      iban: 'GB33BUKB',
      age_over_21: true,
    });
  });

  test('opens its compartment once for a proof, and leaves the other closed', async () => {
    await add();
    await present(await planFor({ claims: ['iban', 'card_brand'] }));
    const opened = (await machine.log(vault).page({ limit: 9 })).filter(({ kind }) => kind === 'compartment.opened');
    expect(opened.map(({ subject }) => subject.split('.')[0])).toEqual(['payment']);
  });

  test('is not shown without a grant, nor after it', async () => {
    const { id } = await add();
    const plan = await planFor({ claims: ['iban'] });
    const consent = { requestId: asker.requestId, digest: plan.digest };
    await expect(plan.gather(consent, vault)).rejects.toMatchObject({ reason: 'bad_request', field: 'opener' });
    const kept = await keeper.grant(byPassword(), (grant) => grant.compartment(vault, 'payment'));
    await expect(openInstance(vault, id, [1, 2], NOW, () => Promise.resolve(kept))).rejects.toMatchObject({
      reason: 'locked',
    });
  });

  test('takes no opener for what is not in a compartment', async () => {
    await add();
    const plan = await planFor({ claims: ['age_over_21'] });
    expect(plan.compartments).toEqual([]);
    using bundle = await plan.gather({ requestId: asker.requestId, digest: plan.digest }, vault);
    expect((await bundle.bind(clock)).response.claims).toEqual({ age_over_21: true });
  });

  test('is compared with what a site accepts once it is open: another value sends nothing', async () => {
    await add();
    expect(await present(await planFor({ claims: [{ name: 'card_brand', values: ['visa', 'other'] }] }))).toEqual({
      card_brand: 'visa',
    });
    const refused = planFor({ claims: [{ name: 'card_brand', values: ['amex'] }] }).then(present);
    await expect(refused).rejects.toMatchObject({ reason: 'not_found', field: 'card_brand' });
  });

  test('that its issuer always shows takes the whole issuer-signed part with it', async () => {
    const { sdJwt } = (await addCopies([await copy({ given_name: 'Ada' }, { iban: 'GB33BUKB' })])).issued;
    expect(await readable()).not.toContain(sdJwt.issuerJwt.encoded.split('.')[1]);
    const plan = await planFor({ claims: ['given_name'] });
    expect(plan.compartments).toEqual(['payment']);
    expect(await present(plan)).toEqual({ given_name: 'Ada', iban: 'GB33BUKB' });
  });

  test('is no longer offered once its compartment was erased; the rest of the credential is', async () => {
    const record = await add();
    await keeper.eraseCompartment('payment');
    const labels = (await showableClaims(vault, record)).map(({ path }) => path[0]);
    expect(labels.sort()).toEqual(['age_over_21', 'blood_type', 'given_name']);
    expect(await plansFor({ claims: ['iban'] })).toEqual([]);
    expect(await present(await planFor({ claims: ['blood_type'] }))).toEqual({ blood_type: 'AB-' });
  });

  test('stays gone when the compartment is made anew', async () => {
    const record = await add();
    await keeper.eraseCompartment('payment');
    await add({ iban: 'DE02' });
    expect((await showableClaims(vault, record)).map(({ path }) => path[0])).not.toContain('iban');
    expect(await present(await planFor({ claims: ['iban'] }))).toEqual({ iban: 'DE02' });
  });

  test('goes with its copy when that is used, and with its credential when that is removed', async () => {
    const boxes = async (): Promise<number> => {
      let count = 0;
      for await (const { tier } of vault.records()) if (tier === 3) count += 1;
      return count;
    };
    const { id } = await add(CLAIMS, { copies: 2 });
    expect(await boxes()).toBe(6);
    await vault.transact((tx) => consumeInstance(tx, id, 0, NOW));
    expect(await boxes()).toBe(3);
    await vault.transact((tx) => removeCredential(tx, id));
    expect(await boxes()).toBe(0);
  });

  test('is not stored without a way into its compartment, and nothing else of it is', async () => {
    const instances = [await copy(CLAIMS)];
    const added = { name: 'Card', issuerName: 'Bank', receivedAt: NOW, instances };
    const stored = vault.transact((tx) => addCredential(tx, added));
    await expect(stored).rejects.toMatchObject({ reason: 'bad_request', field: 'opener' });
    expect(await listCredentials(vault)).toEqual([]);
  });
});

describe('after a restore', () => {
  test('copies that were there count as possibly used: another digest, and no longer single-use', async () => {
    await add({ age_over_21: true }, { copies: 3 });
    const before = await planFor({ claims: ['age_over_21'] });
    expect(before.maybeUsed).toBe(false);
    expect(await vault.transact(markMaybeUsed)).toBe(1);
    const after = await planFor({ claims: ['age_over_21'] });
    expect(after.maybeUsed).toBe(true);
    expect(after.digest).not.toBe(before.digest);
    expect((await listCredentials(vault)).every(wasShown)).toBe(true);
    const old = { requestId: asker.requestId, digest: before.digest };
    await expect(after.gather(old, vault)).rejects.toMatchObject({ reason: 'changed' });
  });

  test('copies received since are fresh, and offered first', async () => {
    await add({ age_over_21: true });
    await vault.transact(markMaybeUsed);
    const fresh = await add({ age_over_21: true });
    const plans = await plansFor({ claims: ['age_over_21'] });
    expect(plans.map(({ maybeUsed }) => maybeUsed)).toEqual([false, true]);
    expect(plans[0]?.choice[0]?.record.id).toBe(fresh.id);
  });
});
