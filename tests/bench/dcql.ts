import { DcqlQuery as Peer } from 'dcql';
import type { Origin } from '../../lib/core/index.ts';
import { listCredentials } from '../../lib/credentials/index.ts';
import { chooseAmong } from '../../lib/proofs/choose.ts';
import { ProofRequest } from '../../lib/proofs/index.ts';
import type { DcqlQuery } from '../../lib/provider/types.ts';
import { HeldVault, PAGE } from '../fixtures/credentials/held-vault.ts';
import { ISSUER, NOW } from '../fixtures/credentials/test-issuer.ts';
import { timeBatches } from './batches.ts';
import { type Measured, type Row, type Suite, toRow } from './row.ts';

const ASKER = { requestId: 'request', origin: 'https://shop.example' as Origin }; // a literal that is one
const CREDENTIALS = 500;
const TYPES = 20;
const BATCHES = { batches: 30, calls: 1 } as const;

/** What a query over everything that somebody holds may cost, in milliseconds. */
const MOST = 20;

const typeOf = (at: number): string => `${ISSUER}/type-${at % TYPES}`;

/** Twelve claims each, as a card of some kind has them. */
const claimsOf = (at: number) => ({
  ...{ given_name: `Ada ${at}`, family_name: 'Byron', birthdate: '1990-04-01', email: `ada${at}@example.com` },
  ...{ age_over_18: true, age_over_21: at % 3 === 0, nationalities: ['EX', 'XX'] },
  address: { street_address: `Quay ${at}`, locality: 'Port', postal_code: '10117', country: 'EX' },
  member: String(at),
});

/** One kind of credential, an alternative to it, and one thing more that would be nice to have. */
const QUERY: DcqlQuery = {
  credentials: [
    {
      ...{ id: 'card', format: 'dc+sd-jwt', meta: { vct_values: [typeOf(3)] } },
      claims: [
        { id: 'age', path: ['age_over_21'], values: [true] },
        { id: 'name', path: ['given_name'] },
        { id: 'town', path: ['address', 'locality'] },
      ],
      claim_sets: [['name', 'town'], ['age']],
    },
    { id: 'pass', format: 'dc+sd-jwt', meta: { vct_values: [typeOf(4)] }, claims: [{ path: ['nationalities', null] }] },
    { id: 'club', format: 'dc+sd-jwt', meta: { vct_values: [typeOf(5)] }, claims: [{ path: ['member'] }] },
  ],
  credential_sets: [{ options: [['card'], ['pass']] }, { options: [['club']], required: false }],
};

/** A query that says nothing about types that are not there: every credential has to be looked into. */
const BROAD: DcqlQuery = {
  credentials: [
    {
      ...{ id: 'any', format: 'dc+sd-jwt', claims: [{ path: ['address', 'locality'] }, { path: ['age_over_18'] }] },
      meta: { vct_values: Array.from({ length: TYPES }, (_, at) => typeOf(at)) },
    },
  ],
};

/**
 * What a DCQL query costs over 500 credentials, in Node over a store in memory: from the list of them to the ways to
 * answer, with every value looked up and opened that it takes, against `dcql` over the same claims, which it is handed.
 * What the vault takes to read and open that list is no matter of the query: a row of its own, and so is all of it.
 */
export const dcql: Suite = {
  name: 'dcql',
  async run() {
    const held = await HeldVault.of();
    for (let at = 0; at < CREDENTIALS; at += 1) await held.receive({ vct: typeOf(at), claims: claimsOf(at) });
    const records = await listCredentials(held.vault);
    const theirs = records.map(({ vct }, at) => ({
      ...{ credential_format: 'dc+sd-jwt' as const, vct, claims: claimsOf(at), cryptographic_holder_binding: true },
    }));
    const rows: Row[] = [];
    for (const [name, query] of [
      ['three kinds', QUERY],
      ['any kind', BROAD],
    ] as const) {
      const parsed = Peer.parse(query as Parameters<typeof Peer.parse>[0]); // it takes arrays that can be written to
      if (!Peer.query(parsed, theirs).can_be_satisfied) throw new Error('dcql does not answer what can be answered.');
      const baseline = await inMs(() => Peer.query(parsed, theirs));
      const { query: asked } = ProofRequest.admit(ASKER, { ...PAGE, dcql_query: query });
      const given = { clock: () => NOW, narrowing: {} };
      const samples = await inMs(async () => {
        if ((await chooseAmong(records, held.vault, asked, given)).length === 0) throw new Error('There is no answer.');
      });
      rows.push(row({ name: `${name} of 500 credentials, against dcql`, samples, baseline, target: MOST }));
      const whole = await inMs(() => held.answers(query));
      rows.push(row({ name: `${name}: with their list read and opened, and what would be seen`, samples: whole }));
    }
    const reading = await inMs(() => listCredentials(held.vault));
    return [...rows, row({ name: 'the list of 500 credentials, read and opened', samples: reading })];
  },
};

const inMs = async (act: () => unknown): Promise<number[]> =>
  (await timeBatches(BATCHES, act)).map((microseconds) => microseconds / 1000);

const row = (measured: Omit<Measured, 'suite' | 'unit'>): Row => toRow({ suite: 'dcql', unit: 'ms', ...measured });
