import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { placeOf } from '../../../../components/policy/json-place.ts';
import { prettyJson } from '../../../../components/policy/pretty-json.ts';
import { readRequest } from '../../../../components/policy/question.ts';
import type { SignetError } from '../../../../lib/core/index.ts';
import { anyRequest } from '../../../fixtures/policy/any-policy.ts';

const numRuns = Number(process.env['SIGNET_RUNS'] ?? 200);

/** Every way into a value, as errors name it, with what is there. */
function* fieldsOf(value: unknown, field: string): Generator<[field: string, value: unknown]> {
  yield [field, value];
  if (Array.isArray(value)) for (const [index, one] of value.entries()) yield* fieldsOf(one, `${field}[${index}]`);
  else if (typeof value === 'object' && value !== null) {
    for (const [name, one] of Object.entries(value)) yield* fieldsOf(one, `${field}.${name}`);
  }
}

const name = fc.stringMatching(/^[a-z_]{1,6}$/);
const anyJson = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.oneof(
      fc.string(),
      fc.constantFrom('}', '"', '\\', '],', '{"a":1}'),
      fc.integer(),
      fc.boolean(),
      fc.constant(null),
    ),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(name, tie('value'), { maxKeys: 4 }),
  ),
})).value;

describe('JSON for people', () => {
  test('says what it was made of', () => {
    fc.assert(
      fc.property(anyJson, (value) => {
        expect(JSON.parse(prettyJson(value))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
      { numRuns },
    );
  });

  test('keeps what is short in a line', () => {
    expect(prettyJson({ claims: ['a', 'b'], subject: { any: true } })).toBe(
      '{\n  "claims": ["a", "b"],\n  "subject": { "any": true }\n}',
    );
  });
});

describe('the place of a field in JSON', () => {
  test('holds exactly the value that its name leads to', () => {
    fc.assert(
      fc.property(anyJson, fc.boolean(), (value, pretty) => {
        const text = pretty ? prettyJson(value) : JSON.stringify(value);
        for (const [field, wanted] of fieldsOf(value, 'rule')) {
          const [from, to] = placeOf(text, field) ?? [0, 0];
          expect(JSON.parse(text.slice(from, to))).toEqual(JSON.parse(JSON.stringify(wanted)));
        }
      }),
      { numRuns },
    );
  });

  test('is that of what is around it where there is no such field', () => {
    const text = '{"when": [{"op": "equals"}], "claims": "*"}';
    expect(text.slice(...(placeOf(text, 'rule.when[0].value') ?? []))).toBe('{"op": "equals"}');
    expect(text.slice(...(placeOf(text, 'rule.claims[3]') ?? []))).toBe('"*"');
  });

  test('is nowhere in what is no JSON', () => {
    expect(placeOf('{"when": [', 'rule.when')).toBeUndefined();
  });
});

describe('a question that somebody wrote', () => {
  test('is taken as it is when it is one', () => {
    fc.assert(
      fc.property(anyRequest({ complete: true }), (request) => {
        const written: unknown = JSON.parse(JSON.stringify(request));
        expect(readRequest(written)).toEqual(written);
      }),
      { numRuns },
    );
  });

  const good = {
    subject: { type: 'site', id: 'https://shop.example' },
    action: { name: 'prove' },
    resource: { type: 'claim', id: 'email' },
    context: {},
  };
  test.each([
    [null, 'request'],
    [[], 'request'],
    [{ ...good, subject: { ...good.subject, type: 'page' } }, 'request.subject.type'],
    [{ ...good, subject: { ...good.subject, id: '' } }, 'request.subject.id'],
    [{ ...good, subject: { ...good.subject, role: 'public' } }, 'request.subject.role'],
    [{ ...good, action: 'prove' }, 'request.action'],
    [{ ...good, resource: { ...good.resource, properties: { tier: null } } }, 'request.resource.properties.tier'],
    [{ ...good, context: { claims: [1] } }, 'request.context.claims'],
    [{ ...good, more: 1 }, 'request.more'],
  ])('is refused by the name of its field: %j', (written, field) => {
    expect(() => readRequest(written)).toThrow(
      expect.objectContaining({ reason: 'bad_request', field }) as SignetError,
    );
  });
});
