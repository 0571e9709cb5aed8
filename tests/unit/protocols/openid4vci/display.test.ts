import { describe, expect, test } from 'vitest';
import type { SignetError } from '../../../../lib/core/index.ts';
import type { CredentialConfiguration } from '../../../../lib/protocols/openid4vci/index.ts';
import { readIdentifier, readIssuerMetadata } from '../../../../lib/protocols/openid4vci/index.ts';

const ISSUER = 'https://issuer.example';
const PICTURE = 'data:image/png;base64,iVBORw0KGgo=';

function configurationOf(credential_metadata: unknown, languages = ['en']): CredentialConfiguration {
  const configuration = { format: 'dc+sd-jwt', vct: 'x', credential_metadata };
  const value = {
    credential_issuer: ISSUER,
    credential_endpoint: `${ISSUER}/credential`,
    credential_configurations_supported: { licence: configuration },
  };
  const named = readIdentifier(ISSUER, 'issuer', 'issuer_refused');
  const [read] = readIssuerMetadata(value, named, ['licence'], languages).configurations;
  if (read === undefined) throw new Error('expected a configuration');
  return read;
}

const shown = (display: object) => configurationOf({ display: [{ name: 'Licence', ...display }] }).appearance;

describe('how a credential looks', () => {
  test('is in the person’s language as a whole, not member by member', () => {
    const display = [
      { name: 'Licence', locale: 'en', background_color: '#000000', description: 'To drive' },
      { name: 'Führerschein', locale: 'de-DE', text_color: '#FFFFFF' },
    ];
    expect(configurationOf({ display }, ['de']).appearance).toEqual({ name: 'Führerschein', textColor: '#ffffff' });
    expect(configurationOf({ display }, ['fr']).appearance).toMatchObject({ name: 'Licence', description: 'To drive' });
  });

  test.each([
    ['#12107C', '#12107c'],
    ['#fff', '#ffffff'],
    [' #aBc ', '#aabbcc'],
    ['rgb(18, 16, 124)', '#12107c'],
    ['rgb(0,0,0)', '#000000'],
  ])('takes the colour %s', (color, cleaned) => {
    expect(shown({ background_color: color, text_color: color })).toMatchObject({
      backgroundColor: cleaned,
      textColor: cleaned,
    });
  });

  test.each([
    'red',
    '#12107',
    '#12107c80',
    'rgb(256, 0, 0)',
    'rgb(-1, 0, 0)',
    'rgba(0,0,0,0)',
    'url(https://tracker.example/x)',
    '#000;background:url(https://tracker.example)',
    'var(--x)',
    '',
    5,
    {},
    'x'.repeat(5000),
  ])('takes no colour from %s, and is read all the same', (color) => {
    expect(shown({ background_color: color, text_color: color })).toEqual({ name: 'Licence' });
  });

  test('has a picture that came along', () => {
    expect(shown({ logo: { uri: PICTURE, alt_text: 'A\u202e car' } }).logo).toEqual({
      data: PICTURE,
      alternative: 'A car',
    });
  });

  test.each([
    'https://tracker.example/logo.png',
    'http://127.0.0.1/logo.png',
    'data:image/svg+xml;base64,PHN2Zy8+',
    'data:text/html;base64,PHN2Zy8+',
    'data:image/png;base64,iVBOR"onload="x',
    'data:image/png,abc',
    'blob:https://issuer.example/x',
    'chrome-extension://abc/logo.png',
    `data:image/png;base64,${'A'.repeat(200_000)}`,
    5,
  ])('has none that would be fetched, or is none: %s', (uri) => {
    expect(shown({ logo: { uri } })).toEqual({ name: 'Licence' });
  });

  test('is cleaned and clamped', () => {
    const { name, description } = shown({ name: `Li\u202ecence${'x'.repeat(200)}`, description: 'y'.repeat(900) });
    expect([name.length, name.startsWith('Li cence'), description?.length]).toEqual([80, true, 300]);
  });
});

describe('the claims of a credential', () => {
  const claimsOf = (claims: unknown) => configurationOf({ claims }).claims;
  const fieldOf = (claims: unknown): string | undefined => {
    try {
      claimsOf(claims);
    } catch (thrown) {
      return (thrown as SignetError).field; // nothing else is thrown here, or the test fails
    }
    return undefined;
  };

  test('keep their order, and say which are always there', () => {
    expect(
      claimsOf([
        { path: ['b'], mandatory: true },
        { path: ['a'], mandatory: false },
        { path: ['a', 'x'] },
        { path: ['c', null] },
      ]),
    ).toEqual([{ path: ['b'], mandatory: true }, { path: ['a'] }, { path: ['a', 'x'] }, { path: ['c', null] }]);
  });

  test.each<[string, unknown[][], number]>([
    ['one claim twice', [['a'], ['b'], ['a']], 2],
    [
      'one deep claim twice',
      [
        ['a', 'b', 0],
        ['a', 'b', 0],
      ],
      1,
    ],
    [
      'all elements and one of them',
      [
        ['a', null],
        ['a', 0],
      ],
      1,
    ],
    [
      'one element and all of them',
      [
        ['a', 3, 'b'],
        ['a', null, 'b'],
      ],
      1,
    ],
    [
      'an array that is an object',
      [
        ['a', null],
        ['a', 'b'],
      ],
      1,
    ],
    [
      'an object that is an array',
      [
        ['a', 'b', 'c'],
        ['a', 0],
      ],
      1,
    ],
    ['a credential that is an array', [['a'], [0]], 1],
  ])('may not speak of %s', (_, paths, index) => {
    const field = 'issuer metadata.credential_configurations_supported.licence.credential_metadata.claims';
    expect(fieldOf(paths.map((path) => ({ path })))).toBe(`${field}.${String(index)}.path`);
  });

  test('that look alike and are not may stand beside each other', () => {
    expect(
      fieldOf([{ path: ['a', 'b'] }, { path: ['a'] }, { path: ['a,b'] }, { path: ['__proto__', 'b'] }]),
    ).toBeUndefined();
    expect(fieldOf([{ path: ['a', '0'] }, { path: ['a', 'length'] }])).toBeUndefined();
  });

  test('are at most two hundred', () => {
    expect(fieldOf(Array.from({ length: 201 }, (_, index) => ({ path: [`c${String(index)}`] })))).toBeDefined();
  });
});
