import type { AuthorityGrant, SigningKey } from '../../../lib/capabilities/index.ts';
import {
  ClauseTree,
  MAX_BUDGET_LENGTH,
  PayerChain,
  acceptOffer,
  capabilityHash,
  formatOpened,
  formatUnit,
  joinStanding,
  makeHolderProof,
  narrowToken,
  readChain,
  readOffer,
  seedSigner,
  signOffer,
  signingKeyJwk,
} from '../../../lib/capabilities/index.ts';
import { parseOrigin, utf8 } from '../../../lib/core/index.ts';
import type { AuthorityContext } from '../../../lib/sdk/index.ts';
import { AGENT, NOW, SHOP, WALLET, issue, issueExactly, keyNumber } from '../../fixtures/capabilities.ts';
import { GIFT_POLICY } from '../../fixtures/spl/gift.ts';
import type { CheckCase } from './time-check.ts';
import { CALL, NONCE, PURCHASE } from './time-check.ts';

const HELPER = keyNumber(3);

/** The tokens that a merchant is asked about, by name, each with what comes beside it. */
export async function checkCases() {
  const token = await issue();
  const gift = await issue({ terms: { policy: GIFT_POLICY } });
  const chain = await narrowToken(token, { holder: signingKeyJwk(HELPER), lifetime: 300 }, AGENT, NOW);
  return {
    pinned: await caseOf(token),
    gift: await caseOf(gift),
    underBank: await caseOf(token, await underBank()),
    narrowed: await caseOf(chain, {}, HELPER),
    ...(await hidden()),
    ...(await budgets()),
  } as const;
}

type Beside = Partial<Pick<AuthorityContext, 'issuers' | 'standing' | 'clause' | 'unit' | 'lastUnit'>>;

async function caseOf(token: string, beside: Beside = {}, holder: SigningKey = AGENT): Promise<CheckCase> {
  const { action, minor, currency } = PURCHASE;
  const use = { method: CALL.method, url: CALL.url, body: utf8(CALL.body), action, amount: minor, currency };
  const answers = { tokenHash: capabilityHash(readChain(token).leaf), nonce: NONCE };
  const proof = await makeHolderProof(use, answers, seedSigner(holder), NOW);
  return { token, proof, now: NOW, beside: { issuers: [{ key: WALLET.publicKey }], ...beside } };
}

async function underBank(): Promise<Beside> {
  const [bank, person] = [keyNumber(30), keyNumber(31)];
  const authority = parseOrigin('https://bank.example', 'authority');
  const grants: readonly AuthorityGrant[] = [
    { permissions: ['purchase'], max_amount: 20_000, unit: 'minor', currency: 'USD' },
  ];
  const offer = await signOffer({ authority, person: person.publicKey, grants, lifetime: 3600 }, bank, [], NOW);
  const accepted = await acceptOffer(readOffer(offer), person, { audience: SHOP, acting: signingKeyJwk(WALLET) }, NOW);
  return { issuers: [{ authority, keys: [bank.publicKey] }], standing: joinStanding(offer, accepted) };
}

/** One of ten clauses, opened. */
async function hidden() {
  const clause = { audience: SHOP, action: 'purchase', amount: 2000, currency: 'USD' };
  const tree = ClauseTree.of(Array.from({ length: 10 }, () => clause));
  const token = await issueExactly({ unit: 'minor', one_time: true, purpose: 'Gifts', ...tree.commitment });
  return { hidden: await caseOf(token, { clause: formatOpened([await tree.openLeaf(3)]) }) };
}

/** The last unit of the longest budget: hashed from the one before, and from the commitment. */
async function budgets() {
  const { terms, chain } = PayerChain.create({ unit: 500, length: MAX_BUDGET_LENGTH, currency: 'USD' });
  const max_amount = 500 * MAX_BUDGET_LENGTH;
  const token = await issue({ lifetime: 86_400, terms: { one_time: false, max_amount, budget_chain: terms } });
  const unitAt = (index: number): string => formatUnit({ index, link: chain.linkAt(index) });
  const unit = unitAt(MAX_BUDGET_LENGTH);
  const next = await caseOf(token, { unit, lastUnit: unitAt(MAX_BUDGET_LENGTH - 1) });
  return { nextUnit: next, lastOfAll: await caseOf(token, { unit }) };
}
