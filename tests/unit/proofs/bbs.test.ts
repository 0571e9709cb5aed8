import { beforeAll, describe, expect, test } from 'vitest';
import type { Origin } from '../../../lib/core/index.ts';
import { addBbsCredential, listCredentials, removeCredential } from '../../../lib/credentials/index.ts';
import { loadSuite, readBbsPresentation } from '../../../lib/credentials/bbs/index.ts';
import type { BoundPresentation, ProofPlan, ProveBbs } from '../../../lib/proofs/index.ts';
import { ProofRequest, usesLastCopy } from '../../../lib/proofs/index.ts';
import type { ClaimRequest, Format } from '../../../lib/provider/types.ts';
import { verify } from '../../../lib/sdk/index.ts';
import type { OpenVault } from '../../../lib/vault/index.ts';
import { CARD, CLUB, NOW, SUITES, openClub } from '../../fixtures/bbs/club.ts';
import type { Club } from '../../fixtures/bbs/club.ts';
import { proveBbs } from '../../fixtures/prove-bbs.ts';
import { MARK, Machine, PASSWORD } from '../../fixtures/vault/machine.ts';

const SHOP = 'https://shop.example' as Origin; // the test's own constant
const NONCE = 'MDEyMzQ1Njc4OWFiY2RlZg';
const clock = (): number => NOW * 1000;

/** A vault with a club card in it. */
class Member {
  readonly club: Club;
  readonly vault: OpenVault;
  readonly machine: Machine;

  private constructor(club: Club, machine: Machine, vault: OpenVault) {
    this.club = club;
    this.machine = machine;
    this.vault = vault;
  }

  static async of(suite: Club['suite']): Promise<Member> {
    const machine = new Machine();
    const keeper = machine.worker();
    await keeper.create({ password: PASSWORD, mark: MARK });
    const member = new Member(await openClub(suite), machine, await keeper.open());
    const held = { text: await member.club.issue(), key: member.club.key };
    await machine.log(member.vault).transact(async (tx) => {
      await addBbsCredential(tx, { name: 'Card', issuerName: 'Club', receivedAt: clock(), held });
      await tx.log({ kind: 'credential.received', subject: CLUB });
    });
    return member;
  }

  plans(
    claims: readonly ClaimRequest[],
    formats: readonly Format[] = [this.club.suite],
  ): Promise<readonly ProofPlan[]> {
    const page = { claims, formats, nonce: NONCE, purpose: 'To come in' };
    return ProofRequest.admit({ requestId: 'request', origin: SHOP }, page).plan(this.vault, clock);
  }

  async bound(claims: readonly ClaimRequest[], prove: ProveBbs = proveBbs): Promise<BoundPresentation> {
    const [plan] = await this.plans(claims);
    if (plan === undefined) throw new Error('There is no way to answer.');
    using bundle = await plan.gather({ requestId: 'request', digest: plan.digest }, this.vault);
    return await bundle.bind(clock, { bbs: prove });
  }

  check(proof: string, claims: readonly ClaimRequest[], options: object = {}) {
    const issuers = [{ issuer: CLUB, types: [CARD], jwks: { keys: [this.club.key] } }];
    return verify(proof, claims, SHOP, { nonce: NONCE, issuers, bearer: true, now: new Date(clock()), ...options });
  }
}

describe.each(SUITES)('a card of the suite %s', (suite) => {
  let member: Member;

  beforeAll(async () => {
    await loadSuite(suite);
    member = await Member.of(suite);
  });

  test('answers what is asked of it, and nothing else of it goes out', async () => {
    const { response, used, manifest } = await member.bound(['member']);
    expect(response).toMatchObject({ format: suite, claims: { member: true } });
    expect(used).toEqual([]);
    expect(manifest.claims).toEqual(['member']);
    expect(readBbsPresentation(response.proof ?? '').disclosed).toEqual({ member: true });
    expect(await member.check(response.proof ?? '', ['member'])).toEqual({
      ...{ valid: true, claims: { member: true }, issuer: CLUB, format: suite, holder: 'none' },
      ...{ expires: expect.any(Date) as Date, scope: ['member'] },
    });
  });

  test('is accepted only by who says that a holder is not needed, for this nonce, origin and question', async () => {
    const { proof = '' } = (await member.bound(['member'])).response;
    expect(await member.check(proof, ['member'], { bearer: false })).toMatchObject({ reason: 'no_holder_proof' });
    expect(await member.check(proof, ['member'], { nonce: 'QUFBQUFBQUFBQUFBQUFBQQ' })).toMatchObject({ valid: false });
    expect(await member.check(proof, ['member', 'tier'])).toMatchObject({ reason: 'wrong_claim' });
    const both = (await member.bound(['member', 'tier'])).response.proof ?? '';
    expect(await member.check(both, ['member'])).toMatchObject({ reason: 'over_disclosed' });
  });

  test('shows itself as another one each time, and stays as it is', async () => {
    const [one, two] = [await member.bound(['member']), await member.bound(['member'])];
    expect(one.response.proof).not.toBe(two.response.proof);
    const [record] = await listCredentials(member.vault);
    expect(record).toMatchObject({ instances: [0], lastReused: false, format: suite });
    expect(record && usesLastCopy(record)).toBe(false);
  });

  test('is not offered where the site asks for another form', async () => {
    expect(await member.plans(['member'], ['dc+sd-jwt'])).toEqual([]);
    expect(await member.plans(['member'], [suite === 'bbs' ? 'bbs+' : 'bbs'])).toEqual([]);
    expect(await member.plans(['member', 'unknown'])).toEqual([]);
    expect(await member.plans([{ name: 'since_year', gte: 2000 }], [suite, 'bulletproof'])).toEqual([]);
  });

  test('is not shown whole: who asks for all of it gets nothing', async () => {
    expect(await member.plans(['member', 'tier', 'since_year'])).toEqual([]);
    expect(await member.plans(['member', 'since_year'])).toHaveLength(1);
  });

  test('is told in words, with what stays hidden', async () => {
    const [plan] = await member.plans(['tier']);
    expect(plan?.views[0]).toEqual({
      learn: [{ claim: 'tier', label: 'tier', value: 'gold', derived: false }],
      hidden: expect.arrayContaining(['member', 'since year']) as string[],
    });
    expect(plan?.claims).toMatchObject([{ claim: 'tier', format: suite, credentialType: CARD }]);
  });

  test('releases nothing that a prover made of something else', async () => {
    const more: ProveBbs = (work) => proveBbs({ ...work, disclose: [...work.disclose, 'since_year'] });
    await expect(member.bound(['member'], more)).rejects.toThrow('something else than was agreed');
  });

  test('goes with all of it when it is removed', async () => {
    const other = await Member.of(suite);
    const [record] = await listCredentials(other.vault);
    await other.machine.log(other.vault).transact(async (tx) => {
      await removeCredential(tx, record?.id ?? '');
      await tx.log({ kind: 'credential.deleted', subject: CLUB });
    });
    expect(await other.plans(['member'])).toEqual([]);
    expect(await other.vault.tierOf({ label: `data/credential/${record?.id ?? ''}/bbs`, index: 0 })).toBeUndefined();
  });
});
