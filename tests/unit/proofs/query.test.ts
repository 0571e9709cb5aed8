import { describe, expect, test } from 'vitest';
import { SignetError } from '../../../lib/core/index.ts';
import { readQuery } from '../../../lib/proofs/query.ts';
import type { DcqlCredential, ProofRequest } from '../../../lib/provider/types.ts';

const base = { nonce: 'MDEyMzQ1Njc4OWFiY2RlZg', purpose: 'Buy wine' };

function refusal(request: Partial<ProofRequest>): SignetError {
  try {
    readQuery({ ...base, ...request });
  } catch (error) {
    if (error instanceof SignetError) return error;
    throw error;
  }
  throw new Error('it was not refused');
}

const licence: DcqlCredential = { id: 'licence', format: 'dc+sd-jwt', claims: [{ path: ['age_over_21'] }] };

describe('reading what a verifier wants', () => {
  test('age_over_N stands at its own name or under age_equal_or_over, and must be true', () => {
    const { credentials } = readQuery({ ...base, claims: ['age_over_21'] });
    expect(credentials[0]?.alternatives).toEqual([
      [
        {
          name: 'age_over_21',
          paths: [['age_over_21'], ['age_equal_or_over', '21']],
          values: [true],
          range: { paths: [['birth_date_commitment'], ['birthdate_commitment']], question: { age_at_least: 21 } },
        },
      ],
    ]);
  });

  test('no claims in a DCQL credential means that nothing selectively disclosable is wanted', () => {
    const query = { credentials: [{ id: 'licence', format: 'dc+sd-jwt' }] };
    expect(readQuery({ ...base, dcql_query: query }).credentials[0]?.alternatives).toEqual([[]]);
  });

  test('claim sets are alternatives made of the claims they name', () => {
    const claims = [
      { id: 'a', path: ['given_name'] },
      { id: 'b', path: ['age_over_18'] },
    ];
    const query = { credentials: [{ ...licence, claims, claim_sets: [['b'], ['a', 'b']] }] };
    const [wanted] = readQuery({ ...base, dcql_query: query }).credentials;
    expect(wanted?.alternatives.map((terms) => terms.map(({ name }) => name))).toEqual([
      ['age_over_18'],
      ['given_name', 'age_over_18'],
    ]);
  });

  test('an optional credential set is left out: the least that satisfies', () => {
    const credentials = [licence, { ...licence, id: 'passport' }];
    const credential_sets = [{ options: [['licence']] }, { options: [['passport']], required: false }];
    expect(readQuery({ ...base, dcql_query: { credentials, credential_sets } }).requiredSets).toEqual([[['licence']]]);
  });

  test('types of the request and of the query must both hold', () => {
    const query = { credentials: [{ ...licence, meta: { vct_values: ['a', 'b'] } }] };
    const { credentials } = readQuery({ ...base, types: ['b', 'c'], dcql_query: query });
    expect(credentials[0]?.types).toEqual(['b']);
  });

  test('a format that Signet does not hold is nobody’s credential, where the query can be met without it', () => {
    const credentials = [licence, { ...licence, id: 'mdl', format: 'mso_mdoc' }];
    for (const sets of [{ options: [['mdl'], ['licence']] }, { options: [['mdl']], required: false }]) {
      const dcql_query = { credentials, credential_sets: [{ options: [['licence']] }, sets] };
      expect(readQuery({ ...base, dcql_query }).credentials.map(({ formats }) => formats)).toEqual([['dc+sd-jwt'], []]);
    }
  });

  test('authorities are those whose key identifier is named; those that would have to be looked up are nobody’s', () => {
    const of = (...trusted_authorities: NonNullable<DcqlCredential['trusted_authorities']>) =>
      readQuery({ ...base, dcql_query: { credentials: [{ ...licence, trusted_authorities }] } }).credentials[0];
    const federation = { type: 'openid_federation', values: ['https://anchor.example'] };
    expect(of({ type: 'aki', values: ['a', 'b=='] }, federation)?.authorities).toEqual(['a', 'b']);
    expect(
      of(federation, { type: 'etsi_tl', values: ['x'] }, { type: 'constructor', values: ['x'] })?.authorities,
    ).toEqual([]);
    expect(readQuery({ ...base, dcql_query: { credentials: [licence] } }).credentials[0]).not.toHaveProperty(
      'authorities',
    );
  });

  test.each([
    [{ claims: [{ name: 'income', gte: 18 }], formats: ['dc+sd-jwt', 'bbs'] }, 'formats'],
    [{ dcql_query: { credentials: [licence] }, formats: ['bbs'] }, 'formats'],
    [{ dcql_query: { credentials: [{ ...licence, format: 'mso_mdoc' }] } }, 'dcql_query.credentials[0].format'],
    [
      { dcql_query: { credentials: [licence, { ...licence, id: 'mdl', format: 'mso_mdoc' }] } },
      'dcql_query.credentials[1].format',
    ],
    [
      {
        dcql_query: {
          credentials: [licence, { ...licence, id: 'mdl', format: 'mso_mdoc' }],
          credential_sets: [{ options: [['licence']] }, { options: [['licence', 'mdl'], ['mdl']] }],
        },
      },
      'dcql_query.credentials[1].format',
    ],
  ] satisfies [Partial<ProofRequest>, string][])('what no vault could answer is unsupported: %j', (request, field) => {
    expect(refusal(request)).toMatchObject({ code: 4200, field });
  });
});
