import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { parseSdJwt, personalClaims } from '../../../lib/credentials/index.ts';
import type { Narrowing, ProofPlan } from '../../../lib/proofs/index.ts';
import { ProofRequest } from '../../../lib/proofs/index.ts';
import { leastOf } from '../../../lib/proofs/least-option.ts';
import { assertAnswer } from '../../../lib/proofs/subset.ts';
import type { DcqlCredential, DcqlQuery } from '../../../lib/provider/types.ts';
import { HeldVault, PAGE, SHOP } from '../../fixtures/credentials/held-vault.ts';
import { certify, createParty, x5cOf } from '../../fixtures/credentials/test-certificates.ts';
import { ISSUER, NOW_SECONDS } from '../../fixtures/credentials/test-issuer.ts';

const numRuns = Number(process.env['SIGNET_RUNS'] ?? 300);
const [CARD, PASS] = [`${ISSUER}/card`, `${ISSUER}/pass`];

const wanted = (id: string, vct: string, rest: Partial<DcqlCredential> = {}): DcqlCredential => ({
  ...{ id, format: 'dc+sd-jwt', meta: { vct_values: [vct] } },
  ...rest,
});
const asks = (name: string): Pick<DcqlCredential, 'claims'> => ({ claims: [{ path: [name] }] });

let held: HeldVault;
beforeAll(async () => {
  held = await HeldVault.of(
    { name: 'Blue card', vct: CARD, claims: { given_name: 'Ada', member: 'b1', age_over_18: true } },
    { name: 'Red card', vct: CARD, claims: { given_name: 'Ada', member: 'r1' } },
    { name: 'Green card', vct: CARD, claims: { given_name: 'Ada', member: 'g1' } },
    { name: 'Pass', vct: PASS, claims: { age_over_18: true, given_name: 'Ada' } },
  );
});

async function planFor(query: DcqlQuery, narrowing?: Narrowing): Promise<ProofPlan> {
  const [plan] = await held.answers(query, narrowing);
  if (plan === undefined) throw new Error('there is no plan');
  return plan;
}
const tokensOf = async (plan: ProofPlan) => (await held.present(plan)).response.vp_token ?? {};
const namesIn = ({ choice }: ProofPlan) => choice.map(({ record }) => record.name);

describe('a verifier that takes several credentials', () => {
  const several = { credentials: [wanted('c', CARD, { multiple: true, ...asks('member') })] };

  test('gets one, and each of the others is offered by itself', async () => {
    const plan = await planFor(several);
    expect(namesIn(plan)).toEqual(['Blue card']);
    expect(plan.extras.map(({ label, included }) => [label, included])).toEqual([
      ['Red card: member', false],
      ['Green card: member', false],
    ]);
    expect((await tokensOf(plan))['c']).toHaveLength(1);
  });

  test('gets those that the person takes in, each once, in what they were shown', async () => {
    const { extras, digest } = await planFor(several);
    const more = await planFor(several, { extras: [extras[1]?.id ?? ''] });
    expect(namesIn(more)).toEqual(['Blue card', 'Green card']);
    expect(more.extras.map(({ included }) => included)).toEqual([false, true]);
    expect(more.views).toHaveLength(2);
    expect(more.digest).not.toBe(digest);
    const { response, used } = await held.present(more);
    const shown = (response.vp_token?.['c'] ?? []).map((text) => personalClaims(parseSdJwt(text).claims));
    expect(shown).toEqual([{ member: 'b1' }, { member: 'g1' }]);
    expect(response.claims).toEqual({ c: shown });
    expect(used).toHaveLength(2);
    const bindings = (response.vp_token?.['c'] ?? []).map((text) => parseSdJwt(text).keyBinding?.payload['sd_hash']);
    expect(new Set(bindings).size).toBe(2);
  });

  test('gets a transaction authorised by one of them alone', async () => {
    const { extras } = await planFor(several);
    const binding = { audience: 'x', nonce: 'n', transactionData: [{ credentialIds: ['c'], encoded: 'e30' }] };
    const narrowing = { extras: extras.map(({ id }) => id) };
    const [plan] = await held.plans({ dcql_query: several }, { binding, narrowing });
    if (plan === undefined) throw new Error('there is no plan');
    const tokens = (await tokensOf(plan))['c'] ?? [];
    const hashes = tokens.map((text) => parseSdJwt(text).keyBinding?.payload['transaction_data_hashes']);
    expect(hashes.map((one) => one !== undefined)).toEqual([true, false, false]);
  });

  test('of a fuller claim set gets it from all of them or from none', async () => {
    const claims = [
      { id: 'm', path: ['member'] },
      { id: 'n', path: ['given_name'] },
    ];
    const query = { credentials: [wanted('c', CARD, { multiple: true, claims, claim_sets: [['m', 'n'], ['m']] })] };
    const { extras } = await planFor(query);
    const plan = await planFor(query, { extras: ['claim:c:1', extras[0]?.id ?? ''] });
    const shown = ((await tokensOf(plan))['c'] ?? []).map((text) => personalClaims(parseSdJwt(text).claims));
    expect(shown).toEqual([
      { member: 'b1', given_name: 'Ada' },
      { member: 'r1', given_name: 'Ada' },
    ]);
  });

  test.each(['more:c:', 'more:c:nobody', 'more:c:constructor'])('gets none that the vault has not: %j', async (id) => {
    expect(await held.answers(several, { extras: [id] })).toEqual([]);
  });

  test('is offered nothing beside the one where it takes only one', async () => {
    const query = { credentials: [wanted('c', CARD, asks('member'))] };
    expect((await planFor(query)).extras).toEqual([]);
    const [{ record } = { record: { id: '' } }] = (await planFor(several)).choice;
    await expect(held.answers(query, { extras: [`more:c:${record.id}`] })).rejects.toMatchObject({ field: 'extras' });
  });
});

describe('the last look at an answer', () => {
  test('stops a second credential where one is asked for, and the same one twice', async () => {
    const one = (await planFor({ credentials: [wanted('c', CARD, asks('member'))] })).choice;
    const several = (await planFor({ credentials: [wanted('c', CARD, { multiple: true, ...asks('member') })] })).choice;
    const check = (choice: ProofPlan['choice']) => () => {
      assertAnswer(choice);
    };
    expect(check(one)).not.toThrow();
    for (const wrong of [
      [...one, ...one],
      [...several, ...several],
    ]) {
      expect(check(wrong)).toThrow(expect.objectContaining({ reason: 'internal' }));
    }
    const [match] = one;
    if (match === undefined) throw new Error('there is no match');
    const unbacked = { ...match, wanted: { ...match.wanted, authorities: ['x'] } };
    expect(check([unbacked])).toThrow(expect.objectContaining({ reason: 'internal' }));
  });
});

describe('of several ways that are asked for', () => {
  test('claim sets go by what they give away, and then by the verifier’s order', async () => {
    const claims = ['given_name', 'member', 'age_over_18'].map((name) => ({ id: name, path: [name] }));
    const chosen = async (...claim_sets: string[][]) =>
      (await planFor({ credentials: [wanted('c', CARD, { claims, claim_sets })] })).claims.map(({ claim }) => claim);
    expect(await chosen(['given_name'], ['member'])).toEqual(['given_name']);
    expect(await chosen(['member'], ['given_name'])).toEqual(['member']);
    expect(await chosen(['given_name', 'member'], ['member'])).toEqual(['member']);
    expect(await chosen(['member'], ['age_over_18'])).toEqual(['age_over_18']);
  });

  test('a whole that is signed as one row does not pass for less than two answers that are yes or no', async () => {
    const one = await HeldVault.of({
      claims: { address: { street: 'Quay', town: 'Port' }, age_over_18: true, age_over_21: true },
    });
    const claims = ['address', 'age_over_18', 'age_over_21'].map((name) => ({ id: name, path: [name] }));
    const claim_sets = [['address'], ['age_over_18', 'age_over_21']];
    const [plan] = await one.answers({ credentials: [wanted('c', `${ISSUER}/age`, { claims, claim_sets })] });
    expect(plan?.claims.map(({ claim }) => claim)).toEqual(['age_over_18', 'age_over_21']);
  });

  test('credential sets are met together by what gives away least in all', async () => {
    const credentials = [
      wanted('name', CARD, asks('given_name')),
      wanted('age', PASS, asks('age_over_18')),
      wanted('both', PASS, { claims: [{ path: ['age_over_18'] }, { path: ['given_name'] }] }),
    ];
    const credential_sets = [{ options: [['name'], ['both']] }, { options: [['age'], ['both']] }];
    expect(Object.keys(await tokensOf(await planFor({ credentials, credential_sets })))).toEqual(['both']);
  });

  test('a format that Signet does not hold leaves the others, and stays out where it is optional', async () => {
    const mdl = { id: 'mdl', format: 'mso_mdoc', meta: { doctype_value: 'x' }, claims: [{ path: ['a', 'b'] }] };
    const credentials = [mdl, wanted('pass', PASS, asks('age_over_18'))];
    const credential_sets = [{ options: [['mdl'], ['pass']] }, { options: [['mdl']], required: false }];
    const plan = await planFor({ credentials, credential_sets });
    expect(Object.keys(await tokensOf(plan))).toEqual(['pass']);
    expect(plan.extras).toEqual([]);
    const request = ProofRequest.admit(
      { requestId: 'r', origin: SHOP },
      { ...PAGE, dcql_query: { credentials, credential_sets } },
    );
    expect(request.askedClaims).toEqual({ needed: ['age_over_18'], possible: ['age_over_18'] });
  });

  test('the same credential for two questions goes out twice, and one copy of it is used up', async () => {
    const credentials = [wanted('a', PASS, asks('age_over_18')), wanted('b', PASS, asks('given_name'))];
    const { response, used } = await held.present(await planFor({ credentials }));
    expect(Object.keys(response.vp_token ?? {})).toEqual(['a', 'b']);
    expect(used).toHaveLength(1);
  });
});

describe('what the issuer says of the credential itself', () => {
  test.each<[string, DcqlCredential['claims']]>([
    ['its issuer', [{ path: ['iss'], values: [ISSUER] }]],
    ['its type and its end', [{ path: ['vct'] }, { path: ['exp'], values: [NOW_SECONDS + 86_400] }]],
    ['its holder’s key', [{ path: ['cnf', 'jwk', 'x'] }]],
  ])('can be asked for, and shows nothing: %s', async (_, claims) => {
    const plan = await planFor({ credentials: [wanted('c', PASS, { claims: claims ?? [] })] });
    const [text = ''] = (await tokensOf(plan))['c'] ?? [];
    expect(personalClaims(parseSdJwt(text).claims)).toEqual({});
    expect(plan.claims.map(({ claim }) => claim)).toEqual(['vct']);
  });

  test.each<[string, DcqlCredential['claims']]>([
    ['another issuer', [{ path: ['iss'], values: ['https://other.example'] }]],
    ['a status that it has not', [{ path: ['status'] }]],
    ['a start that it has not', [{ path: ['nbf'] }]],
    ['another holder’s key', [{ path: ['cnf', 'jwk', 'x'], values: ['AAAA'] }]],
  ])('is no answer to a question for %s', async (_, claims) => {
    expect(await held.answers({ credentials: [wanted('c', PASS, { claims: claims ?? [] })] })).toEqual([]);
  });
});

describe('a credential that need not be bound to its holder', () => {
  const loose = wanted('c', PASS, { require_cryptographic_holder_binding: false, ...asks('age_over_18') });

  test('is bound all the same', async () => {
    const [text = ''] = (await tokensOf(await planFor({ credentials: [loose] })))['c'] ?? [];
    expect(parseSdJwt(text).keyBinding?.payload).toMatchObject({ aud: `origin:${SHOP}` });
  });

  test('authorises no transaction', () => {
    const binding = { audience: 'x', nonce: 'n', transactionData: [{ credentialIds: ['c'], encoded: 'e30' }] };
    const page = { ...PAGE, dcql_query: { credentials: [loose] } };
    expect(() => ProofRequest.admit({ requestId: 'r', origin: SHOP }, page, binding)).toThrow(
      expect.objectContaining({ reason: 'bad_request', field: 'transaction_data[0].credential_ids' }),
    );
  });
});

describe('the least that meets several sets', () => {
  const IDS = ['a', 'b', 'c', 'd', 'e', 'f'];
  const option = fc.subarray(IDS, { minLength: 1, maxLength: 3 });
  const sets = fc.array(fc.array(option, { minLength: 1, maxLength: 4 }), { maxLength: 4 });
  const costs = fc.tuple(...IDS.map(() => fc.option(fc.integer({ min: 0, max: 5 }), { nil: undefined })));

  /** Every way to take one option of each set. */
  const everyWay = (all: readonly (readonly (readonly string[])[])[]): readonly (readonly string[])[] =>
    all.reduce<readonly (readonly string[])[]>(
      (ways, options) => ways.flatMap((way) => options.map((ids) => [...new Set([...way, ...ids])])),
      [[]],
    );

  test('costs no more than any way to meet them, and is the first of those that cost the same', () => {
    fc.assert(
      fc.property(sets, costs, (all, list) => {
        const costOf = (id: string): number | undefined => list[IDS.indexOf(id)];
        const total = (ids: readonly string[]): number => ids.reduce((sum, id) => sum + (costOf(id) ?? Infinity), 0);
        const ways = everyWay(all).filter((way) => Number.isFinite(total(way)));
        const least = Math.min(...ways.map(total));
        const found = leastOf(all, costOf);
        expect(found).toEqual(ways.find((way) => total(way) === least));
      }),
      { numRuns },
    );
  });

  test('is found in bounded time, however many ways there are', () => {
    const many = Array.from({ length: 16 }, (_, set) =>
      Array.from({ length: 32 }, (__, at) => [`${(at * 7 + set) % 32}`]),
    );
    const started = performance.now();
    const found = leastOf(many, (id) => 1 + (Number(id) % 5));
    expect(found?.length).toBeGreaterThan(0);
    expect(performance.now() - started).toBeLessThan(2_000);
  });
});

describe('an authority behind a credential’s certificates', () => {
  const KEY_ID = new Uint8Array([1, 2, 250, 251]);
  const AKI = Buffer.from(KEY_ID).toString('base64url');
  let certified: HeldVault;

  beforeAll(async () => {
    certified = await HeldVault.of({ vct: PASS, claims: { age_over_18: true } });
    const leaf = { name: 'Leaf', kind: 'P-256', keyPair: certified.issuerKey } as const;
    const der = await certify(leaf, await createParty('Root'), { authorityKeyId: KEY_ID });
    await certified.receive({ vct: CARD, claims: { age_over_18: true }, header: { x5c: x5cOf(der) } });
  });

  const answers = (type: string, trusted: readonly { type: string; values: readonly string[] }[]) =>
    certified.answers({ credentials: [wanted('c', type, { trusted_authorities: trusted, ...asks('age_over_18') })] });

  test('is found by its key identifier, padded or not, among others', async () => {
    expect(await answers(CARD, [{ type: 'aki', values: ['AAAA', AKI] }])).toHaveLength(1);
    expect(
      await answers(CARD, [
        { type: 'x', values: ['y'] },
        { type: 'aki', values: [`${AKI}==`] },
      ]),
    ).toHaveLength(1);
  });

  test.each<[string, string, { type: string; values: string[] }]>([
    ['another identifier', CARD, { type: 'aki', values: ['AAAA'] }],
    ['a part of the identifier', CARD, { type: 'aki', values: [AKI.slice(0, 4)] }],
    ['the identifier as another type', CARD, { type: 'etsi_tl', values: [AKI] }],
    ['a federation', CARD, { type: 'openid_federation', values: [ISSUER] }],
    ['a credential without certificates', PASS, { type: 'aki', values: [AKI] }],
  ])('is not found by %s', async (_, type, authority) => {
    expect(await answers(type, [authority])).toEqual([]);
  });
});
