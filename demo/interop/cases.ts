import type { JsonObject } from '../../lib/core/index.ts';
import type { DcqlQuery } from '../../lib/sdk/index.ts';
import type { AnswerCase, Case, LinkCase, Place } from './case.ts';
import { HOSTILE } from './hostile.ts';

const SIGNED = 'openid4vp-v1-signed';
const MULTISIGNED = 'openid4vp-v1-multisigned';

const way = (id: string, title: string, protocol: string, ask: AnswerCase['ask']): AnswerCase => ({
  ...{ id, title, protocol, ask, group: 'Ways to ask' },
});

const WAYS: readonly AnswerCase[] = [
  way('unsigned', 'Unsigned, answered in clear', 'openid4vp-v1-unsigned', () => ({ encrypt: false })),
  way('unsigned-encrypted', 'Unsigned, encrypted', 'openid4vp-v1-unsigned', () => ({})),
  way('signed', 'Signed, by a certificate’s hash, in clear', SIGNED, ({ signers }) => ({
    signing: signers.hash,
    encrypt: false,
  })),
  way('signed-encrypted', 'Signed, by a certificate’s hash, encrypted', SIGNED, ({ signers }) => ({
    signing: signers.hash,
  })),
  way('signed-host', 'Signed, by a certificate’s host, encrypted', SIGNED, ({ signers }) => ({
    signing: signers.host,
  })),
  way('signed-did', 'Signed, by a did:jwk, encrypted', SIGNED, ({ signers }) => ({ signing: signers.did })),
  way('multisigned', 'Signed by two, in clear', MULTISIGNED, ({ signers }) => ({
    signing: [signers.hash, signers.did],
    encrypt: false,
  })),
  way('multisigned-encrypted', 'Signed by two, encrypted', MULTISIGNED, ({ signers }) => ({
    signing: [signers.did, signers.hash],
  })),
];

/** A question about one credential of the type at hand. */
const about =
  (more: object) =>
  ({ type }: Place): { readonly dcql_query: DcqlQuery } => ({
    dcql_query: { credentials: [{ id: 'licence', format: 'dc+sd-jwt', meta: { vct_values: [type] }, ...more }] },
  });

const question = (id: string, title: string, ask: AnswerCase['ask']): AnswerCase => ({
  id,
  title,
  ask,
  group: 'Questions',
});

const QUESTIONS: readonly AnswerCase[] = [
  question(
    'values',
    'A claim, if it has one of two values',
    about({ claims: [{ path: ['age_over_21'], values: [true, false] }] }),
  ),
  question('nested', 'A part of an address', about({ claims: [{ path: ['address', 'country'] }] })),
  question(
    'every',
    'A part of every element of a list',
    about({ claims: [{ path: ['driving_privileges', null, 'vehicle_category_code'] }] }),
  ),
  question(
    'index',
    'A part of one element of a list',
    about({ claims: [{ path: ['driving_privileges', 0, 'vehicle_category_code'] }] }),
  ),
  question(
    'claim-sets',
    'The second choice of claims, where the first cannot be answered',
    about({
      claims: [
        { id: 'nickname', path: ['nickname'] },
        { id: 'name', path: ['given_name'] },
      ],
      claim_sets: [['nickname'], ['name']],
    }),
  ),
  question('no-claims', 'That there is a licence, and no claim of it', about({})),
  question('credential-sets', 'One credential of two, where the other is not there', ({ type }) => ({
    dcql_query: {
      credentials: [
        { id: 'passport', format: 'dc+sd-jwt', meta: { vct_values: ['https://nowhere.example/passport'] } },
        { id: 'licence', format: 'dc+sd-jwt', meta: { vct_values: [type] }, claims: [{ path: ['given_name'] }] },
      ],
      credential_sets: [{ options: [['passport'], ['licence']] }],
    },
  })),
  question('multiple', 'As many licences as there are', about({ multiple: true, claims: [{ path: ['given_name'] }] })),
  transaction('payment', 'Agreement to a payment', {
    type: 'signet.payment',
    amount: '12.00',
    currency: 'USD',
    payee: 'Vine & Barrel',
  }),
  transaction('text', 'Agreement to a text', { type: 'signet.text', text: 'I have read the rules of the house.' }),
];

function transaction(id: string, title: string, data: JsonObject): AnswerCase {
  const ask = about({ claims: [{ path: ['age_over_21'] }] });
  return question(id, title, (place) => ({ ...ask(place), transactionData: [data] }));
}

const LINKS: readonly LinkCase[] = [
  {
    id: 'link',
    group: 'Links',
    title: 'A link that holds the request, answered in clear',
    link: () => ({ encrypt: false }),
  },
  {
    ...{ id: 'link-fetched', group: 'Links', title: 'A link to a signed request, answered encrypted' },
    link: ({ signers, origin }) => ({ signing: signers.hash, requestUri: `${origin}/request` }),
  },
];

export const CASES: readonly Case[] = [...WAYS, ...QUESTIONS, ...HOSTILE, ...LINKS];
