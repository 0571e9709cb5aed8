import { beforeAll, expect, test } from 'vitest';
import type { ToolAnswer } from '../../../../lib/agents/index.ts';
import type { Json } from '../../../../lib/core/index.ts';
import { createOwnHandlers } from '../../../../lib/wallet/index.ts';
import { AgentWorker, callOn } from '../../../fixtures/agent-wallet.ts';
import { COMMITTING_ISSUER, createCommittingIssuer } from '../../../fixtures/credentials/committing-issuer.ts';
import { NOW } from '../../../fixtures/credentials/test-issuer.ts';
import { SHOP } from '../../../fixtures/licensed-wallet.ts';
import type { Program } from '../../../fixtures/test-host.ts';
import { Machine } from '../../../fixtures/vault/machine.ts';
import { PASSWORD } from '../../../fixtures/wallet.ts';

const BORN = '1990-05-17';

let wallet: AgentWorker;
let program: Program;

/** A wallet with a licence that commits to a birth date, and an agent that may have it proven that 18 is reached. */
beforeAll(async () => {
  const machine = new Machine();
  machine.clock.now = NOW;
  wallet = await AgentWorker.on(machine);
  await wallet.route('wallet.create', { password: PASSWORD, mark: { shape: 'star', colour: 'blue' } });
  const issuer = await createCommittingIssuer({ given_name: 'Ada', birth_date: BORN }, { clock: () => NOW, copies: 4 });
  const online = createOwnHandlers(() => Promise.resolve({ ...wallet.services, fetchJson: issuer.fetchJson }));
  const { id: requestId } = await wallet.wallet.ask('offerCredential', issuer.offer, COMMITTING_ISSUER);
  await online['requests.continueOffer']({ requestId });
  const [waiting] = (await online['requests.list']({})).waiting;
  if (waiting?.kind !== 'offer' || waiting.state.step !== 'review') throw new Error('Nothing is offered.');
  await online['requests.acceptOffer']({ requestId, digest: waiting.state.digest });
  program = await wallet.welcomed(await wallet.pairs({ tiers: [1, 2], claims: ['age_over_18'], budget: [] }));
});

const proves = (predicate: Record<string, Json>, type = 'bulletproof'): Promise<ToolAnswer> =>
  callOn(program, 'get_proof', {
    predicates: [{ attribute: 'birth_date', ...predicate }],
    ...{ proof_type: type, domain: SHOP, nonce: 'MDEyMzQ1Njc4OWFiY2RlZg' },
  });

test('an agent gets an age out of a birth date that it never sees', async () => {
  const answer = await proves({ operator: 'age_at_least', value: 18 });
  expect(answer).toMatchObject({
    status: 'done',
    result: { format: 'bulletproof', claims: { birth_date: { age_at_least: 18 } } },
  });
  const parts = JSON.stringify(answer).match(/[A-Za-z0-9_-]{8,}/g) ?? [];
  const seen = [JSON.stringify(answer), ...parts.map((part) => Buffer.from(part, 'base64url').toString('latin1'))];
  expect(seen.join('\n')).not.toContain(BORN);
});

test('another age is for the person, and the date itself for nobody', async () => {
  expect(await proves({ operator: 'age_at_least', value: 21 })).toMatchObject({ status: 'pending' });
  expect(await proves({ operator: 'disclose' }, 'any')).toMatchObject({ status: 'denied' });
  expect(await proves({ operator: 'eq', value: BORN }, 'any')).toMatchObject({ status: 'denied' });
});

test('negotiating says that the date has to be proven instead, and by what', async () => {
  const disclosure = { attribute: 'birth_date', mode: 'disclose', justification: 'They ask' };
  const args = { counterparty: SHOP, proposed_disclosures: [disclosure], purpose: 'Wine' };
  expect(await callOn(program, 'negotiate_context', args)).toMatchObject({
    result: { disclosures: [{ attribute: 'birth_date', outcome: 'prove', operators: ['age_at_least'] }] },
  });
});
