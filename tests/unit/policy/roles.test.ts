import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { KNOWN_CLAIMS, claimKey } from '../../../lib/credentials/index.ts';
import type { Role } from '../../../lib/policy/engine/index.ts';
import { ROLES, readRule } from '../../../lib/policy/engine/index.ts';
import { DEFAULT_LEAST_ROLES, leastRoleOf } from '../../../lib/policy/roles.ts';

describe('the least role that may learn a claim', () => {
  test.each<[string, number | undefined, Role]>([
    ['age_over_21', 1, 'public'],
    ['age_under_18', undefined, 'public'],
    ['email_verified', 1, 'public'],
    ['is_student', undefined, 'public'],
    ['given_name', 2, 'commerce'],
    ['family_name', undefined, 'commerce'],
    ['email', 2, 'commerce'],
    ['phone_number', 2, 'commerce'],
    ['address', 2, 'commerce'],
    ['address.locality', 2, 'commerce'],
    ['postal_code', 2, 'commerce'],
    ['iban', 3, 'financial'],
    ['card_number', undefined, 'financial'],
    ['blood_type', 3, 'medical'],
    ['health.age_over_21', 3, 'medical'],
    ['health.insurance_account', 3, 'medical'],
    ['birth_date', 2, 'identity'],
    ['place_of_birth.locality', 2, 'identity'],
    ['nationalities', 2, 'identity'],
    ['document_number', 2, 'identity'],
    ['portrait', 2, 'identity'],
    ['sex', 2, 'identity'],
    ['personal_administrative_number', 2, 'identity'],
    ['sub', 2, 'identity'],
    ['vct', 2, 'identity'],
  ])('of %s at tier %s is %s', (claim, tier, role) => {
    expect(leastRoleOf(claim, tier)).toBe(role);
  });

  test.each(['something_new', 'employer.email', 'constructor', '__proto__', '', '_', 'given_name_hash', 'private'])(
    'of what nobody knows is Identity: %j',
    (claim) => {
      expect(leastRoleOf(claim, 2)).toBe('identity');
      expect(leastRoleOf(claim, 3)).toBe('identity');
      expect(leastRoleOf(claim, undefined)).toBe('identity');
    },
  );

  test('of a claim that is named like a yes/no and is none is Identity', () => {
    expect(leastRoleOf('age_over_21', 2)).toBe('identity');
    expect(leastRoleOf('email_verified', 2)).toBe('identity');
  });
});

test('any claim can be named in a rule and given a least role, however its issuer wrote it', () => {
  const path = fc.array(fc.oneof(fc.string({ unit: 'binary', maxLength: 80 }), fc.constantFrom('isOver21', 'a-b c')), {
    minLength: 1,
    maxLength: 5,
  });
  fc.assert(
    fc.property(path, (written) => {
      const claim = claimKey(written);
      const rule = { id: 'r', effect: 'deny', subject: { any: true }, action: 'prove', claims: [claim], when: [] };
      const made = { at: 0, by: 'person' };
      expect(readRule({ ...rule, locked: false, made }).claims).toEqual([claim]);
      expect(ROLES).toContain(leastRoleOf(claim, undefined));
    }),
    { numRuns: Number(process.env['SIGNET_RUNS'] ?? 200) },
  );
});

describe('the list of defaults', () => {
  test('has every claim that the catalogue knows, by its name in rules, once', () => {
    const listed = DEFAULT_LEAST_ROLES.map(({ claim }) => claim);
    expect(new Set(listed).size).toBe(listed.length);
    expect(KNOWN_CLAIMS.filter((claim) => !listed.includes(claim))).toEqual([]);
    expect(listed.map((claim) => claimKey([claim]))).toEqual(listed);
  });

  test('has words for each, and one of every role a claim may need', () => {
    expect(DEFAULT_LEAST_ROLES.filter(({ label }) => label === '')).toEqual([]);
    const roles = new Set(DEFAULT_LEAST_ROLES.map(({ least }) => least));
    expect([...roles].sort()).toEqual(['commerce', 'financial', 'identity', 'medical', 'public']);
  });
});
