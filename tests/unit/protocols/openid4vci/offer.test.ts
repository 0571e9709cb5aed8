import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { SignetError } from '../../../../lib/core/index.ts';
import { checkTransactionCode, PRE_AUTHORIZED_CODE, readOffer } from '../../../../lib/protocols/openid4vci/index.ts';

const RUNS = Number(process.env.SIGNET_RUNS ?? 200);

const ISSUER = 'https://issuer.example';
const offer = (changes: object = {}, grant: object = {}): object => ({
  credential_issuer: ISSUER,
  credential_configuration_ids: ['licence'],
  grants: { [PRE_AUTHORIZED_CODE]: { 'pre-authorized_code': 'abc', ...grant } },
  ...changes,
});
const byValue = (changes?: object, grant?: object): object => ({ credential_offer: offer(changes, grant) });

function refusalOf(call: unknown): SignetError {
  try {
    readOffer(call);
  } catch (thrown) {
    if (thrown instanceof SignetError) return thrown;
    throw thrown;
  }
  throw new Error('expected a refusal');
}

describe('an offer by value', () => {
  test('is rebuilt, and nothing else of it is kept', () => {
    const call = byValue({ evil: 1 }, { evil: 2, tx_code: { length: 4, description: 'By\u202e post', evil: 3 } });
    expect(readOffer(call)).toEqual({
      by: 'value',
      issuer: ISSUER,
      offer: {
        issuer: ISSUER,
        credentialIssuer: ISSUER,
        configurationIds: ['licence'],
        preAuthorized: { code: 'abc', transactionCode: { numeric: true, length: 4, description: 'By post' } },
      },
    });
  });

  test.each([
    ['https://issuer.example/tenant', 'https://issuer.example'],
    ['https://issuer.example/a/b/', 'https://issuer.example'],
    ['https://issuer.example:8443/a', 'https://issuer.example:8443'],
    ['https://issuer.example/', 'https://issuer.example'],
  ])('from %s is known by its origin, and keeps the whole name', (credential_issuer, origin) => {
    expect(readOffer(byValue({ credential_issuer }))).toMatchObject({
      issuer: origin,
      offer: { issuer: origin, credentialIssuer: credential_issuer },
    });
  });

  test('may send people to the issuer’s own pages, with or without a word to take along', () => {
    const grantsOf = (grants: unknown) => readOffer(byValue({ grants }));
    expect(grantsOf({ authorization_code: {} })).toMatchObject({ offer: { authorization: {} } });
    const whole = { issuer_state: 'abc', authorization_server: 'https://login.example', evil: 1 };
    expect(grantsOf({ authorization_code: whole })).toMatchObject({
      offer: { authorization: { issuerState: 'abc', authorizationServer: 'https://login.example' } },
    });
  });

  test('may name no grant: then the server says what it takes', () => {
    for (const grants of [undefined, {}]) {
      expect(readOffer(byValue({ grants }))).toMatchObject({ offer: { authorization: {} } });
      expect(readOffer(byValue({ grants }))).not.toHaveProperty('offer.preAuthorized');
    }
  });

  test('may come from an issuer on this machine', () => {
    expect(readOffer(byValue({ credential_issuer: 'http://127.0.0.1:4000' })).issuer).toBe('http://127.0.0.1:4000');
  });

  test('may have both grants, and others beside them', () => {
    const grants = {
      'urn:unknown': {},
      authorization_code: { issuer_state: 's' },
      [PRE_AUTHORIZED_CODE]: { 'pre-authorized_code': 'abc' },
    };
    expect(readOffer(byValue({ grants }))).toMatchObject({
      offer: { preAuthorized: { code: 'abc' }, authorization: { issuerState: 's' } },
    });
  });

  test('with an empty tx_code asks for a code of digits', () => {
    expect(readOffer(byValue({}, { tx_code: {} }))).toMatchObject({
      offer: { preAuthorized: { transactionCode: { numeric: true } } },
    });
  });

  test.each([
    'http://issuer.example',
    'https://issuer.example/a/../b',
    'https://issuer.example/a b',
    'https://issuer.example\\tenant',
    'https://issuer.example?a=1',
    'https://issuer.example/?',
    'https://issuer.example#a',
    'https://issuer.example/tenant#',
    'https://user@issuer.example',
    'https://ISSUER.example',
    'https://issuer.example:443',
    'https://іssuer.example',
    'null',
    'javascript:alert(1)',
    'https://issuer.example\u202e',
    '',
  ])('from “%s”, which is not a plain address, is refused', (credential_issuer) => {
    expect(refusalOf(byValue({ credential_issuer }))).toMatchObject({
      reason: 'bad_request',
      field: 'credential_offer.credential_issuer',
    });
  });

  test.each<[string, object, string]>([
    ['no issuer', { credential_issuer: undefined }, 'credential_issuer'],
    ['an issuer that is a number', { credential_issuer: 5 }, 'credential_issuer'],
    ['no configurations', { credential_configuration_ids: undefined }, 'credential_configuration_ids'],
    ['an empty list of configurations', { credential_configuration_ids: [] }, 'credential_configuration_ids'],
    ['an empty configuration', { credential_configuration_ids: [''] }, 'credential_configuration_ids.0'],
    ['a lone surrogate', { credential_configuration_ids: ['a\ud800'] }, 'credential_configuration_ids.0'],
    ['1,000 configurations', { credential_configuration_ids: Array(1000).fill('a') }, 'credential_configuration_ids'],
    ['a configuration twice', { credential_configuration_ids: ['a', 'b', 'a'] }, 'credential_configuration_ids'],
    ['a configuration of 10 MB', { credential_configuration_ids: ['a'.repeat(1e7)] }, 'credential_configuration_ids.0'],
    ['configurations that are text', { credential_configuration_ids: 'licence' }, 'credential_configuration_ids'],
    ['grants that are a list', { grants: [] }, 'grants'],
    ['grants that are text', { grants: 'all' }, 'grants'],
  ])('with %s is refused by name', (_, changes, field) => {
    const error = refusalOf(byValue(changes));
    expect(['bad_request', 'unsupported']).toContain(error.reason);
    expect(error.field).toBe(`credential_offer.${field}`);
  });

  test.each<[string, object, string]>([
    ['no code', { 'pre-authorized_code': undefined }, 'pre-authorized_code'],
    ['an empty code', { 'pre-authorized_code': '' }, 'pre-authorized_code'],
    ['a code that is an object', { 'pre-authorized_code': {} }, 'pre-authorized_code'],
    ['a code with a lone surrogate', { 'pre-authorized_code': '\udc00' }, 'pre-authorized_code'],
    ['a transaction code of another kind', { tx_code: { input_mode: 'emoji' } }, 'tx_code.input_mode'],
    ['a transaction code of no length', { tx_code: { length: 0 } }, 'tx_code.length'],
    ['a transaction code of endless length', { tx_code: { length: 1e9 } }, 'tx_code.length'],
    ['a description of 10 MB', { tx_code: { description: 'x'.repeat(1e7) } }, 'tx_code.description'],
  ])('with %s is refused by name', (_, grant, field) => {
    const error = refusalOf(byValue({}, grant));
    expect(error).toMatchObject({
      reason: 'bad_request',
      field: `credential_offer.grants.${PRE_AUTHORIZED_CODE}.${field}`,
    });
    expect(error.message.length).toBeLessThan(400);
  });

  test.each<[object]>([[{ 'urn:unknown': {} }], [{ 'urn:unknown': {}, other: {} }], [{ constructor: {} }]])(
    'with the grants %o alone is not supported',
    (grants) => {
      expect(refusalOf(byValue({ grants }))).toMatchObject({ reason: 'unsupported', field: 'credential_offer.grants' });
    },
  );

  test.each<[string, unknown, string]>([
    ['is text', 'yes', ''],
    ['has an endless word', { issuer_state: 'x'.repeat(9000) }, '.issuer_state'],
    ['has a word that is a number', { issuer_state: 5 }, '.issuer_state'],
    ['has an empty server', { authorization_server: '' }, '.authorization_server'],
  ])('whose way over the issuer’s pages %s is refused by name', (_, authorization_code, field) => {
    expect(refusalOf(byValue({ grants: { authorization_code } }))).toMatchObject({
      reason: 'bad_request',
      field: `credential_offer.grants.authorization_code${field}`,
    });
  });

  test('is not read through a polluted prototype', () => {
    const call: unknown = JSON.parse(`{"credential_offer": {"__proto__": ${JSON.stringify(offer())}}}`);
    expect(refusalOf(call)).toMatchObject({ reason: 'bad_request', field: 'credential_offer.credential_issuer' });
  });

  test('nested without end is read no deeper than its fields', () => {
    const deep: unknown[] = [];
    let innermost = deep;
    for (let i = 0; i < 100_000; i++) innermost.push((innermost = []));
    expect(readOffer(byValue({ extra: deep })).issuer).toBe(ISSUER);
    expect(refusalOf(byValue({ credential_issuer: deep }))).toMatchObject({ reason: 'bad_request' });
  });

  test('a refusal never repeats what the page said', () => {
    expect(refusalOf(byValue({ credential_issuer: 'https://\u202eevil“”' })).message).not.toContain('evil');
  });
});

describe('an offer by reference', () => {
  test('is known by the origin it will be fetched from', () => {
    expect(readOffer({ credential_offer_uri: 'https://issuer.example/offers/1?a=b' })).toEqual({
      by: 'reference',
      issuer: ISSUER,
      uri: 'https://issuer.example/offers/1?a=b',
    });
  });

  test.each([
    'http://issuer.example/offer',
    'http://192.168.1.1/offer',
    'file:///offer',
    'data:application/json,{}',
    'https://user:secret@issuer.example/offer',
    'https://issuer.example/offer#part',
    '/offer',
    '',
    5,
    null,
    `https://issuer.example/${'x'.repeat(3000)}`,
    'https://issuer.example/\ud800',
  ])('%s is refused', (credential_offer_uri) => {
    expect(refusalOf({ credential_offer_uri })).toMatchObject({ reason: 'bad_request', field: 'credential_offer_uri' });
  });
});

describe('a call', () => {
  test.each([null, undefined, 'x', 5, [], () => 1, {}, { other: 1 }])('%o is no offer', (call) => {
    expect(refusalOf(call)).toMatchObject({ reason: 'bad_request', field: 'offer' });
  });

  test('with an offer both by value and by reference is refused', () => {
    expect(refusalOf({ ...byValue(), credential_offer_uri: `${ISSUER}/offer` })).toMatchObject({
      reason: 'bad_request',
    });
  });

  test('of an authority is none of an issuer', () => {
    expect(refusalOf({ authority_offer: 'abc' })).toMatchObject({ reason: 'bad_request', field: 'offer' });
  });

  test('of any kind is an offer or a SignetError with a field', () => {
    const key = fc.constantFrom('credential_offer', 'credential_offer_uri', 'authority_offer', '__proto__', 'x');
    fc.assert(
      fc.property(fc.dictionary(key, fc.anything()), (call) => {
        try {
          expect(readOffer(call).issuer).toMatch(/^https?:\/\//);
        } catch (thrown) {
          expect(thrown).toBeInstanceOf(SignetError);
          expect((thrown as SignetError).field).toBeTypeOf('string'); // the line above says what it is
        }
      }),
      { numRuns: RUNS },
    );
  });

  test('with junk in any field of an offer is an offer or a SignetError', () => {
    const junk = fc.oneof(fc.anything(), fc.string({ unit: 'binary' }));
    const fields = fc.record(
      {
        credential_issuer: junk,
        credential_configuration_ids: junk,
        grants: fc.dictionary(fc.constant(PRE_AUTHORIZED_CODE), junk),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(fields, (changes) => {
        try {
          expect(readOffer(byValue(changes)).issuer).toBe(ISSUER);
        } catch (thrown) {
          expect(thrown).toBeInstanceOf(SignetError);
        }
      }),
      { numRuns: RUNS },
    );
  });
});

describe('a transaction code', () => {
  test('is taken as typed, without the spaces around it', () => {
    expect(checkTransactionCode({ numeric: true, length: 4 }, ' 0042 ')).toBe('0042');
    expect(checkTransactionCode({ numeric: false }, 'ab-9')).toBe('ab-9');
  });

  test('is not sent where none is asked for', () => {
    expect(checkTransactionCode(undefined, '1234')).toBeUndefined();
  });

  test.each([
    [{ numeric: true }, undefined],
    [{ numeric: true }, ' '],
    [{ numeric: true }, '12a4'],
    [{ numeric: true }, '١٢٣٤'],
    [{ numeric: true, length: 4 }, '123'],
    [{ numeric: false, length: 4 }, 'abcde'],
    [{ numeric: false }, 'x'.repeat(65)],
    [{ numeric: false }, '\ud800'],
  ])('as %o is not “%s”', (expected, typed) => {
    expect(() => checkTransactionCode(expected, typed)).toThrow(
      expect.objectContaining({ reason: 'bad_request', field: 'transactionCode' }),
    );
  });
});
