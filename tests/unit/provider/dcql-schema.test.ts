import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { SignetError } from '../../../lib/core/index.ts';
import type { Json, JsonObject } from '../../../lib/core/index.ts';
import { DCQL_LIMITS, readDcqlQuery } from '../../../lib/provider/index.ts';

const numRuns = Number(process.env['SIGNET_RUNS'] ?? 200);
const loose = { strict: false };
const pid = { id: 'pid', format: 'dc+sd-jwt', meta: { vct_values: ['urn:pid'] } };
const mdl = { id: 'mdl', format: 'mso_mdoc', meta: { doctype_value: 'org.iso.18013.5.1.mDL', more: [{}] } };
const named = [
  { id: 'a', path: ['given_name'] },
  { id: 'b', path: ['nationalities', null, 0], values: ['NL', 3, true] },
];

const one = (changes: JsonObject): Json => ({ credentials: [{ ...pid, ...changes }] });
const claims = (...list: readonly Json[]): Json => one({ claims: list });
const many = <T>(count: number, make: (at: number) => T): readonly T[] =>
  Array.from({ length: count }, (_, at) => make(at));

function refusedField(json: Json, strict = false): string | undefined {
  try {
    readDcqlQuery(json, { strict });
  } catch (error) {
    if (error instanceof SignetError && error.code === -32602) return error.field;
    throw error;
  }
  return undefined;
}

describe('a query is rebuilt as it was asked', () => {
  test.each<[string, Json]>([
    ['of one credential', { credentials: [pid] }],
    ['of a format that Signet does not hold, with whatever that is asked by', { credentials: [mdl] }],
    ['of claims, with names, indexes, nulls and values', claims(...named)],
    ['of claim sets', one({ claims: named, claim_sets: [['a', 'b'], ['b']] })],
    [
      'of credential sets',
      { credentials: [pid, mdl], credential_sets: [{ options: [['pid'], ['mdl']], required: false }] },
    ],
    ['of several, without the holder’s key', one({ multiple: true, require_cryptographic_holder_binding: false })],
    [
      'of authorities of any type',
      one({
        trusted_authorities: [
          { type: 'aki', values: ['x'] },
          { type: 'y', values: ['z'] },
        ],
      }),
    ],
    ['with the longest id', one({ id: 'x'.repeat(DCQL_LIMITS.id) })],
  ])('%s', (_, json) => {
    expect(readDcqlQuery(json, loose)).toEqual(json);
    expect(readDcqlQuery(json, { strict: true })).toEqual(json);
  });

  test('and is a copy of it to the last member', () => {
    const json = { credentials: [{ ...mdl, meta: { ...mdl.meta } }] };
    const [read] = readDcqlQuery(json, loose).credentials;
    expect(read?.meta).toEqual(json.credentials[0]?.meta);
    expect(read?.meta).not.toBe(json.credentials[0]?.meta);
  });
});

describe('members that nobody knows', () => {
  const places: readonly [string, Json][] = [
    ['dcql_query.purpose', { credentials: [pid], purpose: 'x' }],
    ['dcql_query.credentials[0].issuers', one({ issuers: ['x'] })],
    ['dcql_query.credentials[0].meta.vct', one({ meta: { ...pid.meta, vct: 'x' } })],
    [
      'dcql_query.credentials[0].claims[1].intent_to_retain',
      claims({ path: ['a'] }, { path: ['b'], intent_to_retain: true }),
    ],
    [
      'dcql_query.credentials[0].trusted_authorities[0].value',
      one({ trusted_authorities: [{ type: 'a', values: ['x'], value: 'x' }] }),
    ],
    [
      'dcql_query.credential_sets[0].purpose',
      { credentials: [pid], credential_sets: [{ options: [['pid']], purpose: 1 }] },
    ],
  ];

  test.each(places)('are left out of what came by OpenID4VP: %s', (field, json) => {
    const name = field.split('.').at(-1) ?? '';
    expect(JSON.stringify(readDcqlQuery(json, loose))).not.toContain(`"${name}"`);
  });

  test.each(places)('are refused of a page that asks Signet by name: %s', (field, json) => {
    expect(refusedField(json, true)).toBe(field);
  });

  test('named like a part of every object are members like any other', () => {
    expect(refusedField(one({ constructor: 'x' }), true)).toBe('dcql_query.credentials[0].constructor');
    expect(readDcqlQuery(one({ hasOwnProperty: 1, toString: {} }), loose)).toEqual({ credentials: [pid] });
  });
});

describe('a query is refused, naming the field', () => {
  const at = 'dcql_query.credentials[0]';
  test.each<[string, Json, string]>([
    ['that is no object', 'x', 'dcql_query'],
    ['that is a list', [], 'dcql_query'],
    ['that is nothing', null, 'dcql_query'],
    ['without credentials', {}, 'dcql_query.credentials'],
    ['of no credentials', { credentials: [] }, 'dcql_query.credentials'],
    ['of a credential that is none', { credentials: ['pid'] }, at],
    ['of a credential without an id', { credentials: [{ format: 'x', meta: {} }] }, `${at}.id`],
    ['of an empty id', one({ id: '' }), `${at}.id`],
    ['of an id with a space', one({ id: 'a b' }), `${at}.id`],
    ['of an id in letters that look like others', one({ id: 'pіd' }), `${at}.id`],
    ['of an id that is a number', one({ id: 1 }), `${at}.id`],
    ['of the same id twice', { credentials: [pid, mdl, pid] }, 'dcql_query.credentials'],
    ['without a format', { credentials: [{ id: 'a', meta: {} }] }, `${at}.format`],
    ['of a format that is no text', one({ format: null }), `${at}.format`],
    ['without meta', { credentials: [{ id: 'a', format: 'mso_mdoc' }] }, `${at}.meta`],
    ['of meta that is a list', one({ meta: [] }), `${at}.meta`],
    ['of an SD-JWT VC of no type', one({ meta: {} }), `${at}.meta.vct_values`],
    ['of an SD-JWT VC of an empty list of types', one({ meta: { vct_values: [] } }), `${at}.meta.vct_values`],
    ['of a type that is no text', one({ meta: { vct_values: ['a', 1] } }), `${at}.meta.vct_values[1]`],
    ['of multiple in words', one({ multiple: 'true' }), `${at}.multiple`],
    [
      'of a holder binding in numbers',
      one({ require_cryptographic_holder_binding: 0 }),
      `${at}.require_cryptographic_holder_binding`,
    ],
    ['of no authorities', one({ trusted_authorities: [] }), `${at}.trusted_authorities`],
    [
      'of an authority without a type',
      one({ trusted_authorities: [{ values: ['x'] }] }),
      `${at}.trusted_authorities[0].type`,
    ],
    [
      'of an authority without values',
      one({ trusted_authorities: [{ type: 'aki', values: [] }] }),
      `${at}.trusted_authorities[0].values`,
    ],
    ['of no claims', claims(), `${at}.claims`],
    ['of a claim without a path', claims({ id: 'a' }), `${at}.claims[0].path`],
    ['of an empty path', claims({ path: ['x'] }, { path: [] }), `${at}.claims[1].path`],
    ['of a path with a negative index', claims({ path: ['a', -1] }), `${at}.claims[0].path[1]`],
    ['of a path with half an index', claims({ path: ['a', 0.5] }), `${at}.claims[0].path[1]`],
    ['of a path with a yes', claims({ path: [true] }), `${at}.claims[0].path[0]`],
    ['of a path in a path', claims({ path: [['a']] }), `${at}.claims[0].path[0]`],
    ['of no values', claims({ path: ['a'], values: [] }), `${at}.claims[0].values`],
    ['of a value that is null', claims({ path: ['a'], values: [null] }), `${at}.claims[0].values[0]`],
    ['of a value with a fraction', claims({ path: ['a'], values: [1, 1.5] }), `${at}.claims[0].values[1]`],
    ['of a value that is an object', claims({ path: ['a'], values: [{}] }), `${at}.claims[0].values[0]`],
    ['of two claims alike', claims({ id: 'a', path: ['a'] }, { id: 'a', path: ['b'] }), `${at}.claims`],
    ['of claim sets without claims', one({ claim_sets: [['a']] }), `${at}.claim_sets`],
    ['of no claim sets', one({ claims: named, claim_sets: [] }), `${at}.claim_sets`],
    ['of an empty claim set', one({ claims: named, claim_sets: [['a'], []] }), `${at}.claim_sets[1]`],
    ['of a claim set that names no claim', one({ claims: named, claim_sets: [['a', 'c']] }), `${at}.claim_sets`],
    [
      'of claim sets where a claim has no id',
      one({ claims: [...named, { path: ['x'] }], claim_sets: [['a']] }),
      `${at}.claims[2].id`,
    ],
    ['of no credential sets', { credentials: [pid], credential_sets: [] }, 'dcql_query.credential_sets'],
    [
      'of a set without options',
      { credentials: [pid], credential_sets: [{ required: true }] },
      'dcql_query.credential_sets[0].options',
    ],
    [
      'of an empty option',
      { credentials: [pid], credential_sets: [{ options: [[]] }] },
      'dcql_query.credential_sets[0].options[0]',
    ],
    [
      'of a set that names no credential',
      { credentials: [pid], credential_sets: [{ options: [['pid'], ['constructor']] }] },
      'dcql_query.credential_sets',
    ],
    ['of half a surrogate pair', claims({ path: ['\ud800'] }), `${at}.claims[0].path[0]`],
  ])('%s', (_, json, field) => {
    expect(refusedField(json)).toBe(field);
    expect(refusedField(json, true)).toBe(field);
  });

  test('that reaches for the prototype of objects', () => {
    const json = JSON.parse('{"credentials":[{"id":"a","format":"x","meta":{"__proto__":{}}}]}') as Json; // as it would come
    expect(refusedField(json)).toBe(`${at}.meta.__proto__`);
  });

  test('under the name that it came by', () => {
    expect(() => readDcqlQuery([], { strict: false, field: 'data.dcql_query' })).toThrow(
      expect.objectContaining({ field: 'data.dcql_query' }),
    );
  });
});

describe('a query that is too much is refused', () => {
  const MAX = DCQL_LIMITS;
  const at = 'dcql_query.credentials[0]';
  const deep = many(40, () => 0).reduce<Json>((inner) => [inner], 'x');
  test.each<[string, Json, string]>([
    [
      'in credentials',
      { credentials: many(MAX.credentials + 1, (i) => ({ ...pid, id: `c${i}` })) },
      'dcql_query.credentials',
    ],
    ['in claims', claims(...many(MAX.claims + 1, (i) => ({ path: [`c${i}`] }))), `${at}.claims`],
    ['in steps', claims({ path: many(MAX.path + 1, () => null) }), `${at}.claims[0].path`],
    ['in the length of a step', claims({ path: ['x'.repeat(MAX.step + 1)] }), `${at}.claims[0].path[0]`],
    ['in values', claims({ path: ['a'], values: many(MAX.values + 1, (i) => i) }), `${at}.claims[0].values`],
    [
      'in the length of a value',
      claims({ path: ['a'], values: ['x'.repeat(MAX.value + 1)] }),
      `${at}.claims[0].values[0]`,
    ],
    ['in the size of a number', claims({ path: ['a'], values: [2 ** 53] }), `${at}.claims[0].values[0]`],
    ['in claim sets', one({ claims: named, claim_sets: many(MAX.claimSets + 1, () => ['a']) }), `${at}.claim_sets`],
    ['in one claim set', one({ claims: named, claim_sets: [many(MAX.claims + 1, () => 'a')] }), `${at}.claim_sets[0]`],
    [
      'in credential sets',
      { credentials: [pid], credential_sets: many(MAX.credentialSets + 1, () => ({ options: [['pid']] })) },
      'dcql_query.credential_sets',
    ],
    [
      'in options',
      { credentials: [pid], credential_sets: [{ options: many(MAX.options + 1, () => ['pid']) }] },
      'dcql_query.credential_sets[0].options',
    ],
    [
      'in one option',
      { credentials: [pid], credential_sets: [{ options: [many(MAX.options + 1, () => 'pid')] }] },
      'dcql_query.credential_sets[0].options[0]',
    ],
    ['in types', one({ meta: { vct_values: many(MAX.values + 1, (i) => `t${i}`) } }), `${at}.meta.vct_values`],
    [
      'in authorities',
      one({ trusted_authorities: many(MAX.authorities + 1, () => ({ type: 'a', values: ['x'] })) }),
      `${at}.trusted_authorities`,
    ],
    ['in the length of an id', one({ id: 'x'.repeat(MAX.id + 1) }), `${at}.id`],
    ['in the name of a format', one({ format: 'x'.repeat(MAX.name + 1) }), `${at}.format`],
    ['in all', { credentials: [pid], more: 'x'.repeat(MAX.length) }, 'dcql_query'],
  ])('%s', (_, json, field) => {
    expect(refusedField(json)).toBe(field);
  });

  test('in levels, even where nobody knows the member', () => {
    expect(refusedField({ credentials: [pid], more: deep })).toMatch(/^dcql_query\.more/);
  });
});

test('whatever JSON there is, reading it yields a copy within the limits or a bad_request that names a field', () => {
  const credential = fc.record(
    {
      id: fc.oneof(fc.constantFrom('a', 'b'), fc.jsonValue()),
      format: fc.oneof(fc.constantFrom('dc+sd-jwt', 'mso_mdoc'), fc.jsonValue()),
      meta: fc.oneof(fc.constant({ vct_values: ['x'] }), fc.jsonValue()),
      claims: fc.oneof(fc.array(fc.record({ id: fc.constantFrom('a', 'b'), path: fc.jsonValue() })), fc.jsonValue()),
      claim_sets: fc.oneof(fc.array(fc.array(fc.constantFrom('a', 'b'))), fc.jsonValue()),
      extra: fc.jsonValue(),
    },
    { requiredKeys: ['id', 'format', 'meta'] },
  );
  const query = fc.record(
    { credentials: fc.array(credential), credential_sets: fc.jsonValue() },
    { requiredKeys: ['credentials'] },
  );
  fc.assert(
    fc.property(fc.oneof(query, fc.jsonValue()), fc.boolean(), (value, strict) => {
      const whole = JSON.stringify(value);
      const json = JSON.parse(whole) as Json; // it is JSON
      try {
        const read = readDcqlQuery(json, { strict });
        expect(read).not.toBe(json);
        expect(readDcqlQuery(read as unknown as Json, { strict: true })).toEqual(read); // it is JSON again
      } catch (error) {
        if (!(error instanceof SignetError)) throw error;
        expect(error.code).toBe(-32602);
        expect(error.field).toMatch(/^dcql_query/);
      }
      expect(JSON.stringify(json)).toBe(whole);
    }),
    { numRuns },
  );
});
