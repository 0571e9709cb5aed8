import { readdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { Json, Origin } from '../../lib/core/index.ts';
import { SignetError } from '../../lib/core/index.ts';
import { ProofRequest } from '../../lib/proofs/index.ts';
import { readDcqlQuery } from '../../lib/provider/index.ts';
import type { DcqlQuery } from '../../lib/provider/types.ts';
import { describeVectors, readVectorJson, vectorPath } from './vectors.ts';

const folder = ['openid4vp-examples', '1.0', 'examples'] as const;
const asker = { requestId: 'r', origin: 'https://shop.example' as Origin }; // a literal that is one

/** What each of the standard's own queries asks for, and whether any vault of Signet's could answer. */
const EXAMPLES: Readonly<Record<string, { readonly ids: readonly string[]; readonly refusedFor?: string }>> = {
  'query_lang/simple.json': { ids: ['my_credential'] },
  'query_lang/claims_alternatives.json': { ids: ['pid'] },
  'query_lang/value_matching_simple.json': { ids: ['my_credential'] },
  'query_lang/credentials_alternatives.json': {
    ids: ['pid', 'other_pid', 'pid_reduced_cred_1', 'pid_reduced_cred_2', 'nice_to_have'],
  },
  'query_lang/multi_credentials.json': { ids: ['pid', 'mdl'], refusedFor: 'dcql_query.credentials[1].format' },
  'query_lang/simple_mdoc.json': { ids: ['my_credential'], refusedFor: 'dcql_query.credentials[0].format' },
  'query_lang/complex_mdoc.json': {
    ids: ['mdl-id', 'mdl-address', 'photo_card-id', 'photo_card-address'],
    refusedFor: 'dcql_query.credentials[0].format',
  },
  'request/dcql_jwt_vc.json': { ids: ['example_jwt_vc'], refusedFor: 'dcql_query.credentials[0].format' },
  'request/dcql_ldp_vc.json': { ids: ['example_ldp_vc'], refusedFor: 'dcql_query.credentials[0].format' },
};

const admit = (dcql_query: DcqlQuery): ProofRequest =>
  ProofRequest.admit(asker, { dcql_query, nonce: 'n-0S6_WzA2Mj', purpose: '' });

const refusalOf = (query: DcqlQuery): SignetError | undefined => {
  try {
    admit(query);
    return undefined;
  } catch (error) {
    return SignetError.from(error);
  }
};

describeVectors('the queries of OpenID4VP 1.0', () => {
  test('are all looked at', () => {
    const queries = readdirSync(vectorPath(...folder, 'query_lang')).map((name) => `query_lang/${name}`);
    const requests = readdirSync(vectorPath(...folder, 'request')).filter((name) => name.startsWith('dcql_'));
    expect(Object.keys(EXAMPLES).sort()).toEqual([...queries, ...requests.map((name) => `request/${name}`)].sort());
  });

  test.each(Object.entries(EXAMPLES))('are read as they stand: %s', (name, { ids, refusedFor }) => {
    const json = readVectorJson(...folder, ...name.split('/')) as Json; // what is read from a file of JSON is JSON
    for (const strict of [false, true]) {
      const query = readDcqlQuery(json, { strict });
      expect(query).toEqual(json);
      expect(query.credentials.map(({ id }) => id)).toEqual(ids);
      const refusal = refusalOf(query);
      expect(refusal?.field).toBe(refusedFor);
      if (refusedFor !== undefined) expect(refusal?.reason).toBe('unsupported');
    }
  });

  test('ask for the claims that the standard says of them', () => {
    const read = (name: string) =>
      admit(readDcqlQuery(readVectorJson(...folder, 'query_lang', name) as Json, { strict: false })).askedClaims; // as above
    expect(read('claims_alternatives.json')).toEqual({
      needed: ['birth_date', 'family_name'],
      possible: ['birth_date', 'family_name', 'locality', 'postal_code', 'region'],
    });
    expect(read('credentials_alternatives.json')).toEqual({
      needed: ['family_name', 'given_name'],
      possible: [
        ...[
          'address.street_address',
          'family_name',
          'given_name',
          'locality',
          'postal_code',
          'region',
          'rewards_number',
        ],
      ],
    });
  });
});
