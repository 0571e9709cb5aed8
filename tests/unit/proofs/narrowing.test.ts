import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Json, JsonObject, Origin } from '../../../lib/core/index.ts';
import type { ConcretePath } from '../../../lib/credentials/index.ts';
import {
  addCredential,
  claimKey,
  createHolderKey,
  holderPublicJwk,
  isWithin,
  issuerKeyResolver,
  parseSdJwt,
  personalClaims,
  selectPaths,
  valueAt,
  verifyIssuedCredential,
} from '../../../lib/credentials/index.ts';
import type { Narrowing, ProofPlan } from '../../../lib/proofs/index.ts';
import { ProofRequest } from '../../../lib/proofs/index.ts';
import { assertAsked } from '../../../lib/proofs/subset.ts';
import type { DcqlClaim, DcqlCredential, DcqlQuery } from '../../../lib/provider/types.ts';
import type { OpenVault } from '../../../lib/vault/index.ts';
import type { TestIssuer } from '../../fixtures/credentials/test-issuer.ts';
import { ISSUER, NOW, createTestIssuer, issueAge } from '../../fixtures/credentials/test-issuer.ts';
import { MARK, Machine, PASSWORD } from '../../fixtures/vault/machine.ts';

const numRuns = Number(process.env['SIGNET_RUNS'] ?? 150);
const clock = (): number => NOW;
const origin = ISSUER as Origin; // the test's own constant
const asker = { requestId: 'request', origin: 'https://shop.example' as Origin };
const base = { nonce: 'MDEyMzQ1Njc4OWFiY2RlZg', purpose: 'Buy wine' };

const [CARD, PASSPORT, LIBRARY] = ['card', 'passport', 'library'].map((name) => `${ISSUER}/${name}`);

/** What the vault holds: each claim is a disclosure of its own, `address` and `degrees` as a whole. */
const HELD: readonly { vct: string; name: string; claims: JsonObject; always: JsonObject }[] = [
  {
    vct: String(CARD),
    name: 'Card',
    claims: {
      age_over_18: true,
      age_over_21: false,
      given_name: 'Ada',
      family_name: 'Byron',
      email: 'ada@example.com',
      address: { locality: 'Port', postal_code: '10117' },
    },
    always: {},
  },
  {
    vct: String(PASSPORT),
    name: 'Passport',
    claims: { age_over_18: true, given_name: 'Ada', birthdate: '1990-04-01', nationalities: ['EX', 'XX'] },
    always: {},
  },
  { vct: String(LIBRARY), name: 'Library card', claims: { member_number: '7' }, always: { town: 'Port' } },
];

let vault: OpenVault;

beforeAll(async () => {
  const issuer = await createTestIssuer();
  const machine = new Machine();
  const keeper = machine.worker();
  await keeper.create({ password: PASSWORD, mark: MARK });
  vault = await keeper.open();
  for (const held of HELD) await receive(issuer, machine, held);
});

async function receive(issuer: TestIssuer, machine: Machine, held: (typeof HELD)[number]): Promise<void> {
  const { vct, name, claims, always } = held;
  const holderKey = createHolderKey();
  const holder = holderPublicJwk(holderKey);
  const { text } = await issueAge(issuer, holder, { claims, payload: { vct, ...always } });
  const fetchJson = () => Promise.resolve({ issuer: ISSUER, jwks: { keys: [issuer.publicJwk] } });
  const resolveKeys = issuerKeyResolver({ issuer: origin, clock, fetchJson });
  const issued = await verifyIssuedCredential(text, { issuer: origin, vct, holder, clock, resolveKeys });
  await machine.log(vault).transact(async (tx) => {
    await addCredential(tx, { name, issuerName: 'Town', receivedAt: NOW, instances: [{ issued, holderKey }] });
    await tx.log({ kind: 'credential.received', subject: ISSUER });
  });
}

const requestFor = (dcql_query: DcqlQuery): ProofRequest => ProofRequest.admit(asker, { ...base, dcql_query });
const plansFor = (query: DcqlQuery, narrowing?: Narrowing): Promise<readonly ProofPlan[]> =>
  requestFor(query).plan(vault, clock, narrowing);

async function planFor(query: DcqlQuery, narrowing?: Narrowing): Promise<ProofPlan> {
  const [plan] = await plansFor(query, narrowing);
  if (plan === undefined) throw new Error('there is no plan');
  return plan;
}

/** What a verifier reads of each credential that it gets. */
async function shownBy(plan: ProofPlan): Promise<ReadonlyMap<string, JsonObject>> {
  using bundle = await plan.gather({ requestId: asker.requestId, digest: plan.digest }, vault);
  const tokens = Object.entries((await bundle.bind(clock)).response.vp_token ?? {});
  return new Map(tokens.map(([id, [text = '']]) => [id, parseSdJwt(text).claims]));
}

const claimOf = (id: string, ...path: DcqlClaim['path']): DcqlClaim => ({ id, path });
const sdJwt = (id: string, rest: Partial<DcqlCredential>): DcqlCredential => ({ id, format: 'dc+sd-jwt', ...rest });

const CLAIMS = [
  claimOf('a', 'age_over_18'),
  claimOf('g', 'given_name'),
  claimOf('f', 'family_name'),
  claimOf('e', 'email'),
];
const fuller: DcqlQuery = {
  credentials: [
    sdJwt('c', { meta: { vct_values: [String(CARD)] }, claims: CLAIMS, claim_sets: [['a', 'g', 'f', 'e'], ['a']] }),
  ],
};
const optional: DcqlQuery = {
  credentials: [
    sdJwt('card', { meta: { vct_values: [String(CARD)] }, claims: [{ path: ['age_over_18'] }] }),
    sdJwt('book', { meta: { vct_values: [String(LIBRARY)] }, claims: [{ path: ['member_number'] }] }),
    sdJwt('other', { meta: { vct_values: ['https://nobody.example'] } }),
  ],
  credential_sets: [
    { options: [['card']] },
    { options: [['book']], required: false },
    { options: [['other']], required: false },
  ],
};

describe('what a site asks and does not need', () => {
  test('of a fuller claim set stays out, and each claim of it is offered by itself', async () => {
    const plan = await planFor(fuller);
    expect(plan.claims.map(({ claim }) => claim)).toEqual(['age_over_18']);
    expect(plan.extras).toEqual([
      { id: 'claim:c:1', label: 'given name', included: false },
      { id: 'claim:c:2', label: 'family name', included: false },
      { id: 'claim:c:3', label: 'e-mail address', included: false },
    ]);
  });

  test('goes with the proof when it is taken in, and nothing else does', async () => {
    const plan = await planFor(fuller, { extras: ['claim:c:3'] });
    expect(plan.extras.map(({ included }) => included)).toEqual([false, false, true]);
    const shown = (await shownBy(plan)).get('c') ?? {};
    expect(personalClaims(shown)).toEqual({ age_over_18: true, email: 'ada@example.com' });
  });

  test('of an optional credential set stays out, and is offered where the vault has it', async () => {
    const plan = await planFor(optional);
    expect([...(await shownBy(plan)).keys()]).toEqual(['card']);
    expect(plan.extras).toEqual([{ id: 'set:1', label: 'Library card: member number, town', included: false }]);
    const full = await planFor(optional, { extras: ['set:1'] });
    expect([...(await shownBy(full)).keys()]).toEqual(['card', 'book']);
  });

  test('goes with what it is met by, and can be named beside it', async () => {
    const twice = {
      ...optional,
      credential_sets: [...(optional.credential_sets ?? []), { options: [['book']], required: false }],
    };
    const both = await planFor(twice, { extras: ['set:1', 'set:3'] });
    expect(both.extras.map(({ id, included }) => [id, included])).toEqual([
      ['set:1', true],
      ['set:3', true],
    ]);
    for (const one of ['set:1', 'set:3']) {
      expect((await planFor(twice, { extras: [one] })).digest).toBe(both.digest);
    }
  });

  test('is not offered where it is shown anyway', async () => {
    const claims = [claimOf('l', 'address', 'locality'), claimOf('p', 'address', 'postal_code')];
    const plan = await planFor({ credentials: [sdJwt('c', { claims, claim_sets: [['l'], ['l', 'p']] })] });
    expect(plan.extras).toEqual([]);
  });

  test('is not offered of another way to answer that is no fuller one', async () => {
    const plan = await planFor({ credentials: [sdJwt('c', { claims: CLAIMS, claim_sets: [['g', 'f', 'e'], ['a']] })] });
    expect(plan.extras).toEqual([]);
  });

  test('taken away again leaves the plan as it was', async () => {
    const before = await planFor(optional);
    const taken = await planFor(optional, { extras: ['set:1'] });
    expect(taken.digest).not.toBe(before.digest);
    expect((await planFor(optional, { extras: [] })).digest).toBe(before.digest);
  });

  test('is not taken in by a consent to the plan without it', async () => {
    const { digest } = await planFor(fuller);
    const more = await planFor(fuller, { extras: ['claim:c:1'] });
    await expect(more.gather({ requestId: asker.requestId, digest }, vault)).rejects.toMatchObject({
      reason: 'changed',
    });
  });

  test.each(['claim:c:0', 'claim:c:9', 'claim:d:1', 'set:0', 'email', '', 'constructor'])(
    'cannot be taken in where it was not asked: %j',
    async (id) => {
      await expect(plansFor(fuller, { extras: [id] })).rejects.toMatchObject({
        reason: 'bad_request',
        field: 'extras',
      });
    },
  );

  test('that the vault does not have leaves no way to answer with it', async () => {
    expect(await plansFor(optional, { extras: ['set:2'] })).toEqual([]);
  });

  test('leaves only the credentials that have it to choose from', async () => {
    const query = { credentials: [sdJwt('c', { claims: CLAIMS, claim_sets: [['a', 'e'], ['a']] })] };
    const types = async (narrowing?: Narrowing) =>
      (await plansFor(query, narrowing)).map(({ choice }) => choice[0]?.record.name).sort();
    expect(await types()).toEqual(['Card', 'Passport']);
    expect(await types({ extras: ['claim:c:3'] })).toEqual(['Card']);
  });
});

describe('what rules decide on', () => {
  test('is every claim that a plan shows, by its name in rules, with its tier, type, issuer and answer', async () => {
    const claims = [{ path: ['age_over_21'] }, { path: ['address', 'locality'] }];
    const common = { credentialType: CARD, issuer: ISSUER, format: 'dc+sd-jwt' };
    expect((await planFor({ credentials: [sdJwt('c', { claims })] })).claims).toEqual([
      { claim: 'address.locality', label: 'address: town', tier: 2, ...common },
      { claim: 'address.postal_code', label: 'address: postal code', tier: 2, ...common },
      { claim: 'age_over_21', label: 'over 21', tier: 1, answer: false, ...common },
    ]);
  });

  test('has a claim once, however many elements and credentials show it', async () => {
    const claims = [{ path: ['nationalities'] }];
    const plan = await planFor({ credentials: [sdJwt('a', { claims }), sdJwt('b', { claims })] });
    expect(plan.claims.map(({ claim }) => claim)).toEqual(['nationalities']);
  });

  test('has the type of a credential that shows no claim', async () => {
    const plan = await planFor({ credentials: [sdJwt('c', { meta: { vct_values: [String(CARD)] } })] });
    expect(plan.claims.map(({ claim, credentialType }) => [claim, credentialType])).toEqual([['vct', CARD]]);
  });

  test('may not be shown where it is skipped: another way is taken, or none is left', async () => {
    const credentials = [sdJwt('c', { claims: CLAIMS, claim_sets: [['a'], ['g', 'f']] })];
    const skip: Narrowing['skip'] = ({ claim }) => claim === 'age_over_18';
    expect((await planFor({ credentials }, { skip })).claims.map(({ claim }) => claim)).toEqual([
      'family_name',
      'given_name',
    ]);
    expect(await plansFor(optional, { skip })).toEqual([]);
  });
});

describe('what is asked, in names of rules, before any vault is open', () => {
  const asked = (query: DcqlQuery) => requestFor(query).askedClaims;

  test('is needed where every way shows it, and possible where some way does', () => {
    expect(asked(fuller)).toEqual({
      needed: ['age_over_18'],
      possible: ['age_over_18', 'email', 'family_name', 'given_name'],
    });
    expect(asked(optional)).toEqual({ needed: ['age_over_18'], possible: ['age_over_18', 'member_number', 'vct'] });
  });

  test('goes by the one name that all spellings of an age have', () => {
    const page = { ...base, claims: ['age_over_21', { name: 'isOver18', values: [true] }, 'birthdate'] };
    const names = ['age_over_18', 'age_over_21', 'birth_date'];
    expect(ProofRequest.admit(asker, page).askedClaims).toEqual({ needed: names, possible: names });
  });

  test('needs the part that one way asks for alone and another asks for with the whole', () => {
    const claims = [claimOf('w', 'address'), claimOf('l', 'address', 'locality')];
    const { needed } = asked({ credentials: [sdJwt('c', { claims, claim_sets: [['w'], ['l']] })] });
    expect(needed).toEqual(['address.locality']);
  });

  test('needs what each of several options shows, and nothing that one of them spares', () => {
    const credentials = [
      sdJwt('a', { claims: [{ path: ['email'] }, { path: ['given_name'] }] }),
      sdJwt('b', { claims: [{ path: ['email'] }] }),
    ];
    expect(asked({ credentials, credential_sets: [{ options: [['a'], ['b']] }] }).needed).toEqual(['email']);
    expect(asked({ credentials }).needed).toEqual(['email', 'given_name']);
  });
});

describe('an answer to any question', () => {
  const PATHS: readonly DcqlClaim['path'][] = [
    ...['age_over_18', 'age_over_21', 'given_name', 'family_name', 'email', 'birthdate', 'member_number'].map((n) => [
      n,
    ]),
    ['address'],
    ['address', 'locality'],
    ['nationalities'],
    ['nationalities', null],
    ['nationalities', 1],
    ['town'],
  ];
  const values = fc.constantFrom<Pick<DcqlClaim, 'values'>>({}, {}, {}, { values: [true, 'Ada', 'XX', 'Port'] });
  const claim = fc.record({ path: fc.constantFrom(...PATHS), rest: values });
  const credential = (id: string) =>
    fc
      .record({
        claims: fc.array(claim, { minLength: 1, maxLength: 5 }),
        sets: fc.array(fc.subarray([0, 1, 2, 3, 4], { minLength: 1 }), { maxLength: 3 }),
        types: fc.subarray([CARD, PASSPORT, LIBRARY].map(String)),
      })
      .map(({ claims, sets, types }) => {
        const named = claims.map(({ path, rest }, at) => ({ id: String(at), path, ...rest }));
        const claim_sets = sets
          .map((set) => set.filter((at) => at < named.length).map(String))
          .filter((set) => set.length > 0);
        return sdJwt(id, {
          claims: named,
          ...(claim_sets.length > 0 ? { claim_sets } : {}),
          ...(types.length > 0 ? { meta: { vct_values: types } } : {}),
        });
      });
  const IDS = ['x', 'y', 'z'];
  const credentialSet = fc.record({
    options: fc.array(fc.subarray(IDS, { minLength: 1 }), { minLength: 1, maxLength: 2 }),
    required: fc.boolean(),
  });
  const query: fc.Arbitrary<DcqlQuery> = fc
    .tuple(fc.tuple(...IDS.map(credential)), fc.array(credentialSet, { maxLength: 3 }))
    .map(([credentials, credential_sets]) =>
      credential_sets.length === 0 ? { credentials: credentials.slice(0, 1) } : { credentials, credential_sets },
    );

  const alternativesOf = ({ claims = [], claim_sets }: DcqlCredential): readonly (readonly DcqlClaim[])[] =>
    claim_sets === undefined ? [claims] : claim_sets.map((ids) => claims.filter(({ id = '' }) => ids.includes(id)));

  /** Where a claims query is answered, by the standard's own words (OpenID4VP 1.0 §6.4.1). */
  const answered = (claims: Json, { path, values }: DcqlClaim): readonly ConcretePath[] =>
    selectPaths(claims, path).filter((place) => values?.includes(valueAt(claims, place) as string) ?? true); // compared only

  const isSatisfied = (claims: Json, asked: DcqlCredential): boolean =>
    alternativesOf(asked).some((terms) => terms.every((term) => answered(claims, term).length > 0));

  /** The claims of a presentation that none of these leads to. */
  function unasked(claims: JsonObject, terms: readonly DcqlClaim[]): readonly string[] {
    const places = terms.flatMap(({ path }) => selectPaths(claims, path));
    // What is signed as one comes as one, and what its issuer always shows comes always.
    const isForced = (name: string): boolean => name === 'town' || places.some((place) => isWithin(place, [name]));
    return Object.keys(personalClaims(claims)).filter((name) => !isForced(name));
  }

  test('satisfies it, and is a subset of what was asked, with whatever extras', async () => {
    let [answers, withExtras] = [0, 0];
    const wishes = fc.infiniteStream(fc.boolean());
    await fc.assert(
      fc.asyncProperty(query, wishes, async (asked, wish) => {
        const [least] = await plansFor(asked);
        if (least === undefined) return;
        const extras = least.extras.filter(() => wish.next().value).map(({ id }) => id);
        const plans = await plansFor(asked, { extras });
        expect(plans.length).toBeGreaterThan(0);
        for (const plan of plans) {
          const shown = await shownBy(plan);
          const sets =
            asked.credential_sets ?? asked.credentials.map(({ id }) => ({ options: [[id]], required: true }));
          for (const { options, required = true } of sets) {
            if (required) expect(options.some((ids) => ids.every((id) => shown.has(id)))).toBe(true);
          }
          for (const [id, claims] of shown) {
            const wanted = asked.credentials.find((one) => one.id === id);
            if (wanted === undefined) throw new Error('nobody asked for it');
            expect(sets.some(({ options }) => options.flat().includes(id))).toBe(true);
            expect(wanted.meta?.vct_values?.some((vct) => vct === claims['vct']) ?? true).toBe(true);
            expect(isSatisfied(claims, wanted)).toBe(true);
            expect(unasked(claims, alternativesOf(wanted).flat())).toEqual([]);
            const isOneWay = alternativesOf(wanted).some((terms) => unasked(claims, terms).length === 0);
            expect(isOneWay || extras.length > 0).toBe(true);
          }
          expect(plan.extras.filter(({ included }) => included).map(({ id }) => id)).toEqual(
            expect.arrayContaining(extras),
          );
          answers += 1;
          if (extras.length > 0) withExtras += 1;
        }
      }),
      { numRuns },
    );
    expect(answers).toBeGreaterThan(0);
    expect(withExtras).toBeGreaterThan(0);
  }, 300_000);

  test('shows less without an extra than with it, and without all of them what the first plan shows', async () => {
    const namesOf = (plan: ProofPlan) => plan.claims.map(({ claim, credentialType }) => `${credentialType} ${claim}`);
    await fc.assert(
      fc.asyncProperty(query, async (asked) => {
        const [least] = await plansFor(asked);
        if (least === undefined) return;
        for (const { id } of least.extras) {
          const more = await planFor(asked, { extras: [id] });
          expect(namesOf(more)).toEqual(
            expect.arrayContaining(namesOf(least).filter((name) => !name.endsWith(' vct'))),
          );
          expect(more.digest).not.toBe(least.digest);
        }
        expect((await planFor(asked, { extras: [] })).digest).toBe(least.digest);
      }),
      { numRuns },
    );
  }, 300_000);

  test('shows nothing that is skipped, with whatever extras', async () => {
    const skipped = fc.subarray(PATHS.map(claimKey), { minLength: 1, maxLength: 3 });
    await fc.assert(
      fc.asyncProperty(query, skipped, async (asked, names) => {
        const skip: Narrowing['skip'] = ({ claim }) => names.includes(claim);
        const [least] = await plansFor(asked, { skip });
        const extras = least?.extras.map(({ id }) => id) ?? [];
        for (const plan of [...(await plansFor(asked, { skip })), ...(await plansFor(asked, { skip, extras }))]) {
          expect(plan.claims.filter(skip)).toEqual([]);
        }
      }),
      { numRuns },
    );
  }, 300_000);

  test('needs, of the claims asked, what the request says that every way needs', async () => {
    await fc.assert(
      fc.asyncProperty(query, async (asked) => {
        const { needed, possible } = requestFor(asked).askedClaims;
        expect(possible).toEqual(expect.arrayContaining([...needed]));
        for (const plan of await plansFor(asked)) {
          const shown = plan.claims.map(({ claim }) => claim);
          for (const name of needed) {
            expect(shown.some((claim) => claim === name || claim.startsWith(`${name}.`))).toBe(true);
          }
        }
      }),
      { numRuns },
    );
  }, 300_000);
});

describe('the last look at an answer before anybody sees it', () => {
  const matchOf = async (query: DcqlQuery) => {
    const [match] = (await planFor(query)).choice;
    if (match === undefined) throw new Error('there is no match');
    return match;
  };

  test('lets what was asked pass', async () => {
    const match = await matchOf(fuller);
    expect(() => {
      assertAsked(match);
    }).not.toThrow();
  });

  test('stops a row that nothing asked for lies in, an answer that leaves something out, and one to something else', async () => {
    const match = await matchOf(fuller);
    const every = match.record.rowTiers.map((_, row) => row);
    const stranger = { name: 'address', paths: [['address']] };
    const wrong = [
      { ...match, rows: every },
      { ...match, rows: [...match.rows, 99] },
      { ...match, terms: [] },
      { ...match, terms: [...match.terms, stranger], rows: every },
      { ...match, wanted: { ...match.wanted, types: ['https://other.example'] } },
      { ...match, wanted: { ...match.wanted, issuers: ['https://other.example'] } },
      { ...match, wanted: { ...match.wanted, alternatives: [] } },
    ];
    for (const one of wrong) {
      expect(() => {
        assertAsked(one);
      }).toThrow(expect.objectContaining({ reason: 'internal' }));
    }
  });
});
