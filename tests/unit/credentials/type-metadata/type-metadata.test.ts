import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Json, Origin } from '../../../../lib/core/index.ts';
import { SignetError, utf8 } from '../../../../lib/core/index.ts';
import type { SdJwt } from '../../../../lib/credentials/index.ts';
import {
  MAX_TYPE_DOCUMENT,
  assertOfType,
  isIntact,
  parseSdJwt,
  resolveType,
  typeFacts,
  withLabels,
} from '../../../../lib/credentials/index.ts';
import type { TestIssuer } from '../../../fixtures/credentials/test-issuer.ts';
import { createTestIssuer, disclose } from '../../../fixtures/credentials/test-issuer.ts';

const RUNS = Number(process.env['SIGNET_RUNS'] ?? 200);
const VCT = 'https://types.example/pid';
const BASE = 'https://types.example/base';
const PUBLIC = 'https://issuer.example' as Origin; // a literal that is one

const sri = (document: string, hash = 'sha256'): string =>
  `${hash}-${createHash(hash).update(document).digest('base64')}`;

interface Web {
  readonly [url: string]: unknown;
}

const textOf = (document: unknown): string => (typeof document === 'string' ? document : JSON.stringify(document));

/** Resolves a type with `web` as all there is to fetch, and says what was asked for. */
async function resolve(web: Web, reference: { vct?: string; integrity?: string } = {}, issuer = PUBLIC) {
  const asked: string[] = [];
  const resolved = await resolveType(
    { vct: VCT, ...reference },
    {
      issuer,
      fetchBytes: (url) => {
        asked.push(url.href);
        if (!Object.hasOwn(web, url.href)) return Promise.reject(new SignetError('network', 'Nothing there.'));
        return Promise.resolve(utf8(textOf(web[url.href])));
      },
    },
  );
  return { ...resolved, asked };
}

const problem = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'none',
    (error: unknown) => (error instanceof SignetError ? `${error.reason} ${error.field ?? ''}` : 'no SignetError'),
  );

describe('integrity metadata', () => {
  const text = '{"vct":"x"}';
  const is = (integrity: string): boolean => isIntact(utf8(text), integrity);

  it.each(['sha256', 'sha384', 'sha512'])('of %s means the document and no other', (hash) => {
    expect(is(sri(text, hash))).toBe(true);
    expect(is(sri(`${text} `, hash))).toBe(false);
  });

  it('counts by its strongest hash, and any digest of that', () => {
    expect(is(`${sri(text)} ${sri('other', 'sha512')}`)).toBe(false);
    expect(is(`${sri('other')} ${sri(text, 'sha384')}`)).toBe(true);
    expect(is(`${sri('other', 'sha384')}\t${sri(text, 'sha384')}`)).toBe(true);
  });

  it('ignores options, and hashes that nobody knows', () => {
    expect(is(`md5-AAAA ${sri(text)}?foo`)).toBe(true);
  });

  it.each([
    '',
    'md5-AAAA',
    'sha1-AAAA',
    'sha256-',
    'sha256-!!!!',
    'SHA256-AAAA',
    'sha256',
    'x'.repeat(5000),
    '__proto__-AAAA',
  ])('that is %j means no document', (integrity) => {
    expect(is(integrity)).toBe(false);
  });
});

describe('a type', () => {
  it('is described at its address', async () => {
    const { asked, types, claims } = await resolve({ [VCT]: { vct: VCT, claims: [{ path: ['name'] }] } });
    expect([asked, types, claims]).toEqual([[VCT], [VCT], [{ path: ['name'] }]]);
  });

  it('takes over what it extends: claims one by one, the nearer with precedence, display as a whole', async () => {
    const base = {
      vct: BASE,
      display: [{ locale: 'en', name: 'Base' }],
      claims: [
        { path: ['name'], display: [{ label: 'Full Name', locale: 'en' }], sd: 'always' },
        { path: ['address', 'city'], display: [{ label: 'City', locale: 'en' }] },
      ],
    };
    const child = {
      vct: VCT,
      extends: BASE,
      claims: [
        { path: ['address', 'city'], display: [{ label: 'Town', locale: 'en' }], mandatory: true },
        { path: ['nationalities'], display: [{ label: 'Nationalities', locale: 'en' }] },
      ],
    };
    const { claims, display, types } = await resolve({ [VCT]: child, [BASE]: base });
    expect(types).toEqual([VCT, BASE]);
    expect(display.map(({ name }) => name)).toEqual(['Base']);
    expect(
      claims.map(({ path, display: words, sd, mandatory }) => [path.join('.'), words?.[0]?.label, sd, mandatory]),
    ).toEqual([
      ['name', 'Full Name', 'always', undefined],
      ['address.city', 'Town', undefined, true],
      ['nationalities', 'Nationalities', undefined, undefined],
    ]);
    const own = await resolve({ [VCT]: { ...child, display: [{ locale: 'en', name: 'Own' }] }, [BASE]: base });
    expect(own.display.map(({ name }) => name)).toEqual(['Own']);
  });

  it('is the one that its credential means, and extends the one that it means', async () => {
    const base = JSON.stringify({ vct: BASE });
    const child = JSON.stringify({ vct: VCT, extends: BASE, 'extends#integrity': sri(base, 'sha384') });
    const reference = { integrity: sri(child) };
    expect((await resolve({ [VCT]: child, [BASE]: base }, reference)).types).toEqual([VCT, BASE]);
    expect(await problem(resolve({ [VCT]: `${child} `, [BASE]: base }, reference))).toBe(
      'credential_refused vct#integrity',
    );
    expect(await problem(resolve({ [VCT]: child, [BASE]: `${base} ` }, reference))).toBe(
      'credential_refused vct#integrity',
    );
  });

  const chainOf = (length: number): Web =>
    Object.fromEntries(
      Array.from({ length }, (_, i) => {
        const vct = i === 0 ? VCT : `${VCT}/${i}`;
        return [vct, i === length - 1 ? { vct } : { vct, extends: `${VCT}/${i + 1}` }];
      }),
    );

  it('extends at most three others', async () => {
    expect((await resolve(chainOf(4))).types).toHaveLength(4);
    expect(await problem(resolve(chainOf(5)))).toBe('credential_refused vct');
  });

  it.each([
    ['itself', { [VCT]: { vct: VCT, extends: VCT } }],
    ['one that extends it', { [VCT]: { vct: VCT, extends: BASE }, [BASE]: { vct: BASE, extends: VCT } }],
  ])('is none when it extends %s', async (_, web) => {
    expect(await problem(resolve(web))).toBe('credential_refused extends');
  });

  it.each([
    ['never hidden', { sd: 'never' }, { sd: 'always' }],
    ['always hidden', { sd: 'always' }, { sd: 'allowed' }],
    ['mandatory', { mandatory: true }, { mandatory: false }],
  ])('is none when it loosens what must be %s', async (_, extended, changed) => {
    const path = ['name'];
    const web = {
      [VCT]: { vct: VCT, extends: BASE, claims: [{ path, ...changed }] },
      [BASE]: { vct: BASE, claims: [{ path, ...extended }] },
    };
    expect(await problem(resolve(web))).toBe('credential_refused extends');
  });

  it.each([
    ['of another type', { vct: BASE }],
    ['without a type', {}],
    ['that is no JSON', '<html>'],
    ['that is an array', []],
    ['that is too long', { vct: VCT, description: 'x'.repeat(MAX_TYPE_DOCUMENT) }],
    ['nested deeply', `{"vct":"${VCT}","x":${'['.repeat(40)}${']'.repeat(40)}}`],
    ['with a claim that has no path', { vct: VCT, claims: [{ path: [] }] }],
    ['with a claim of a negative index', { vct: VCT, claims: [{ path: [-1] }] }],
    ['with a claim that is hidden in a way nobody knows', { vct: VCT, claims: [{ path: ['a'], sd: 'maybe' }] }],
    ['with more claims than anything has', { vct: VCT, claims: Array.from({ length: 300 }, () => ({ path: ['a'] })) }],
  ])('is not taken from a document %s', async (_, document) => {
    expect(await problem(resolve({ [VCT]: document }))).toBe('credential_refused vct');
  });

  it.each([
    'http://types.example/pid',
    'https://127.0.0.1/pid',
    'https://[::1]/pid',
    'https://10.0.0.1/pid',
    'https://0x7f000001/pid',
    'https://localhost/pid',
    'https://router/pid',
    'https://nas.local/pid',
    'https://nas.local./pid',
    'https://user@types.example/pid',
    'urn:example:pid',
    'data:application/json,{}',
    'javascript:alert(1)',
  ])('named %s is asked for nowhere, and by what extends it neither', async (vct) => {
    expect(await problem(resolve({ [vct]: { vct } }, { vct }))).toBe('credential_refused vct');
    expect(await problem(resolve({ [VCT]: { vct: VCT, extends: vct }, [vct]: { vct } }))).toBe(
      'credential_refused vct',
    );
  });

  it('of an issuer of this machine may be described there, and on no other port', async () => {
    const near = 'http://localhost:3000' as Origin; // a literal that is one
    const [own, other] = [`${near}/pid`, 'http://localhost:3001/pid'];
    expect((await resolve({ [own]: { vct: own } }, { vct: own }, near)).types).toEqual([own]);
    expect(await problem(resolve({ [other]: { vct: other } }, { vct: other }, near))).toBe('credential_refused vct');
    expect(await problem(resolve({ [own]: { vct: own } }, { vct: own }))).toBe('credential_refused vct');
  });

  it('is read or refused with a SignetError, whatever its document is', async () => {
    await fc.assert(
      fc.asyncProperty(fc.json(), fc.anything(), async (text, value) => {
        expect(await problem(resolve({ [VCT]: text }))).not.toBe('no SignetError');
        expect(await problem(resolve({ [VCT]: { vct: VCT, display: value, claims: value } }))).not.toBe(
          'no SignetError',
        );
      }),
      { seed: 7, numRuns: RUNS },
    );
  });
});

describe('what people see of a type', () => {
  const see = async (document: object, languages: readonly string[] = ['en']) =>
    typeFacts(await resolve({ [VCT]: { vct: VCT, ...document } }), languages);
  const display = [
    { locale: 'de-DE', name: 'Ausweis' },
    { locale: 'en', name: 'Identity', description: 'Who you are\u202e' },
    { lang: 'fr', name: 'Carte' },
  ];

  it.each([
    [['en-GB'], 'Identity'],
    [['de'], 'Ausweis'],
    [['nl', 'fr-CH'], 'Carte'],
    [['ja'], 'Ausweis'],
    [[], 'Ausweis'],
  ])('for languages %j is called %s', async (languages, name) => {
    expect((await see({ display }, languages)).name).toBe(name);
  });

  it('is clean text of bounded length', async () => {
    const { name, description } = await see({
      display: [{ locale: 'en', name: 'x'.repeat(500), description: 'a\u0000b' }],
    });
    expect([name?.length, description]).toEqual([80, 'a b']);
  });

  it.each([
    ['#AbCdEf', '#abcdef'],
    ['#abc', '#aabbcc'],
    ['red', undefined],
    ['url(https://evil.example)', undefined],
    ['#12345', undefined],
    ['rgb(0,0,0)', undefined],
    ['#fff;background:url(x)', undefined],
  ])('has the colour %s as %s', async (background_color, colour) => {
    const rendering = { simple: { background_color, logo: { uri: 'https://evil.example/logo.png' } } };
    expect((await see({ display: [{ locale: 'en', name: 'x', rendering }] })).colour).toBe(colour);
  });

  it('names claims that Signet has no word for, parts and wholes, and no others', () => {
    const claim = (...path: (string | number)[]) => ({ path, label: path.join(), tier: 2 as const, rows: [] });
    const labels = [
      { path: ['birthdate'], label: 'favourite colour' },
      { path: ['credit_card'], label: 'club number' },
      { path: ['age_over_21'], label: 'anything' },
      { path: ['rank'], label: 'Rank in the order' },
      { path: ['deeds'], label: 'Deeds' },
      { path: ['deeds', null, 'what'], label: 'Deed' },
    ];
    const claims = [
      claim('birthdate'),
      claim('credit_card'),
      claim('age_over_21'),
      claim('rank'),
      claim('deeds', 0, 'what'),
    ];
    expect(withLabels(claims, labels).map(({ label, group }) => [label, group])).toEqual([
      ['birthdate', undefined],
      ['credit_card', undefined],
      ['age_over_21', undefined],
      ['Rank in the order', undefined],
      ['Deed', 'Deeds'],
    ]);
  });
});

describe('a credential of a type', () => {
  let issuer: TestIssuer;
  let sdJwt: SdJwt;

  beforeAll(async () => {
    issuer = await createTestIssuer();
    const [name, hidden, deep] = await Promise.all([
      disclose('name', 'Ada'),
      disclose('British'),
      disclose('city', 'London'),
    ]);
    const address = await disclose('address', { country: 'UK', _sd: [deep.digest] });
    const jwt = await issuer.sign({
      vct: VCT,
      iss: PUBLIC,
      rank: 3,
      nationalities: ['Irish', { '...': hidden.digest }],
      _sd: [name.digest, address.digest],
    });
    sdJwt = parseSdJwt(`${jwt}~${[name, hidden, deep, address].map(({ encoded }) => encoded).join('~')}~`);
  });

  const check = (claim: { path: readonly (string | number | null)[]; sd?: string; mandatory?: boolean }): string => {
    try {
      assertOfType(sdJwt, [claim as Parameters<typeof assertOfType>[1][number]]); // the test's own words
      return 'right';
    } catch (error) {
      return error instanceof SignetError ? `${error.reason} ${error.field ?? ''}` : 'no SignetError';
    }
  };

  it.each([
    [{ path: ['name'], sd: 'always', mandatory: true }],
    [{ path: ['rank'], sd: 'never' }],
    [{ path: ['rank'], sd: 'allowed' }],
    [{ path: ['name'] }],
    [{ path: ['address', 'country'], sd: 'never' }],
    [{ path: ['address', 'city'], sd: 'always' }],
    [{ path: ['nationalities', 1], sd: 'always' }],
    [{ path: ['nationalities', 0], sd: 'never' }],
    [{ path: ['nationalities', 7], sd: 'never' }],
    [{ path: ['missing'], sd: 'never' }],
    [{ path: ['missing', 'deeper', 3] }],
  ])('may say %j', (claim) => {
    expect(check(claim)).toBe('right');
  });

  it.each([
    [{ path: ['name'], sd: 'never' }, 'name'],
    [{ path: ['rank'], sd: 'always' }, 'rank'],
    [{ path: ['address'], sd: 'never' }, 'address'],
    [{ path: ['address', 'country'], sd: 'always' }, 'address.country'],
    [{ path: ['nationalities', null], sd: 'always' }, 'nationalities.*'],
    [{ path: ['nationalities', null], sd: 'never' }, 'nationalities.*'],
    [{ path: ['missing'], mandatory: true }, 'missing'],
    [{ path: ['nationalities', 7], mandatory: true }, 'nationalities.7'],
    [{ path: ['name', 'first'] }, 'name.first'],
    [{ path: ['rank', null] }, 'rank.*'],
    [{ path: ['address', 0] }, 'address.0'],
    [{ path: ['nationalities', 'first'] }, 'nationalities.first'],
  ])('is refused where its type says %j', (claim, field) => {
    expect(check(claim)).toBe(`credential_refused ${field}`);
  });

  it.each(['__proto__', 'constructor', 'toString'])('has no claim %s', (name) => {
    expect(check({ path: [name], mandatory: true })).toBe(`credential_refused ${name}`);
  });

  it('is refused where the paths of its type would take for ever', async () => {
    const wide: Json = Array.from({ length: 150 }, () => Array.from({ length: 150 }, () => 1));
    const large = parseSdJwt(`${await issuer.sign({ vct: VCT, iss: PUBLIC, wide })}~`);
    expect(() => assertOfType(large, [{ path: ['wide', null, null] }])).toThrow(SignetError);
  });
});
