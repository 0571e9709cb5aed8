import { describe, expect, test } from 'vitest';
import type { CommittedField, CredentialField } from '../../../../lib/credentials/issuing/index.ts';
import { ageOver, assertSchema, issuedFields } from '../../../../lib/credentials/issuing/index.ts';
import { LICENCE } from './licences.ts';

const refused = expect.objectContaining({ reason: 'bad_request', field: 'schema' }) as Error;
const BIRTH = { kind: 'raw', name: 'birth_date', disclosure: 'never' } as const;
const RAW = { kind: 'raw', name: 'points', disclosure: 'selectable' } as const;
const DERIVED = {
  kind: 'derived',
  name: 'is_good',
  disclosure: 'selectable',
  from: 'points',
  test: { gte: 1 },
} as const;
const COMMITTED: CommittedField = {
  kind: 'committed',
  name: 'points_commitment',
  disclosure: 'selectable',
  from: 'points',
  number: 'integer',
  bits: 32,
};

const check = (...fields: readonly CredentialField[]) => assertSchema({ ...LICENCE, fields });

describe('a schema', () => {
  test('may have fields of every kind', () => {
    expect(() => assertSchema(LICENCE)).not.toThrow();
    expect(() => check(BIRTH, ageOver(21, 'birth_date'), RAW, DERIVED, COMMITTED)).not.toThrow();
  });

  test('issues all fields but those that are never disclosed', () => {
    expect(issuedFields(LICENCE)).toHaveLength(LICENCE.fields.length - 2);
  });

  test.each<[string, readonly CredentialField[]]>([
    ['no fields', []],
    ['a field twice', [RAW, RAW]],
    ['a field that nobody sees or uses', [RAW, BIRTH]],
    ['a field without a name', [{ ...RAW, name: '' }]],
    ['too long a name', [{ ...RAW, name: 'x'.repeat(101) }]],
    ['half a character in a name', [{ ...RAW, name: '\ud800' }]],
    ...['iss', 'iat', 'nbf', 'exp', 'cnf', 'vct', 'status', '_sd', '_sd_alg', '...', '__proto__', 'aud'].map(
      (name): [string, readonly CredentialField[]] => [`the taken name ${name}`, [{ ...RAW, name }]],
    ),
    ['too many fields', Array.from({ length: 129 }, (_, i) => ({ ...RAW, name: `f${i}` }))],
    ['a field made from none', [DERIVED]],
    ['a field made from a derived one', [RAW, DERIVED, { ...DERIVED, name: 'is_better', from: 'is_good' }]],
    ['a field made from itself', [{ ...COMMITTED, from: COMMITTED.name }]],
    ['a commitment under another name', [RAW, { ...COMMITTED, name: 'points_hidden' }]],
    ['a commitment to nothing', [RAW, { ...COMMITTED, name: '_commitment' }]],
    ['something else called a commitment', [{ ...RAW, name: 'points_commitment' }]],
    ['a date in 32 bits', [BIRTH, { ...COMMITTED, from: 'birth_date', number: 'date' }]],
    ['an age limit that tests another', [BIRTH, { ...ageOver(18, 'birth_date'), name: 'age_over_21' }]],
    ['an age limit that is none', [RAW, { ...DERIVED, name: 'age_over_21' }]],
    ['an age limit without a name', [BIRTH, { ...ageOver(21, 'birth_date'), name: 'may_drink' }]],
    ['an age limit under the wrong name', [BIRTH, { ...ageOver(21, 'birth_date'), name: 'age_under_21' }]],
    ['an age of half years', [BIRTH, ageOver(17.5, 'birth_date')]],
    ['an age of nobody', [BIRTH, ageOver(151, 'birth_date')]],
    ['a bound that is no number', [RAW, { ...DERIVED, test: { gte: Number.NaN } }]],
    ['a list of no values', [RAW, { ...DERIVED, test: { one_of: [] } }]],
  ])('has not %s', (_, fields) => {
    expect(() => check(...fields)).toThrow(refused);
  });

  test('has a type', () => expect(() => assertSchema({ ...LICENCE, type: '' })).toThrow(refused));
});
