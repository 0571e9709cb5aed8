import { beforeAll, describe, expect, test } from 'vitest';
import type { JsonObject } from '../../../lib/core/index.ts';
import { parseSdJwt, personalClaims } from '../../../lib/credentials/index.ts';
import type { ProofPlan } from '../../../lib/proofs/index.ts';
import type { ClaimPath, DcqlClaim } from '../../../lib/provider/types.ts';
import { HeldVault } from '../../fixtures/credentials/held-vault.ts';
import { VCT, disclose } from '../../fixtures/credentials/test-issuer.ts';

/** A credential as most issuers make them: objects stand open and hide their members, arrays hide their elements. */
async function structured() {
  const [street, town, country] = [
    await disclose('street', 'Quay 1'),
    await disclose('locality', 'Port'),
    await disclose('country', 'EX'),
  ];
  const [first, second, third] = [await disclose('EX'), await disclose('XX'), await disclose('YY')];
  const [bachelor, master] = [await disclose('type', 'Bachelor'), await disclose('type', 'Master')];
  const thesis = await disclose('thesis', 'On looms');
  const degree = await disclose({ _sd: [master.digest, thesis.digest], from: 'Port' });
  const [inner, other] = [await disclose('b'), await disclose('c')];
  return {
    claims: { given_name: 'Ada', empty: {} },
    payload: {
      address: { _sd: [street.digest, town.digest], planet: 'Earth', region: { _sd: [country.digest] } },
      nationalities: [{ '...': first.digest }, { '...': second.digest }, 'ZZ', { '...': third.digest }],
      degrees: [{ _sd: [bachelor.digest] }, { '...': degree.digest }, {}],
      grid: [['a', { '...': inner.digest }], [{ '...': other.digest }]],
    },
    disclosures: [street, town, country, first, second, third, bachelor, master, thesis, degree, inner, other].map(
      ({ encoded }) => encoded,
    ),
  };
}

let held: HeldVault;
beforeAll(async () => {
  held = await HeldVault.of(await structured());
});

const ALWAYS = {
  address: { planet: 'Earth', region: {} },
  nationalities: ['ZZ'],
  degrees: [{}, {}],
  grid: [['a'], []],
};

const queryOf = (...claims: readonly DcqlClaim[]) => ({
  credentials: [{ id: 'c', format: 'dc+sd-jwt', meta: { vct_values: [VCT] }, ...(claims.length > 0 && { claims }) }],
});
async function answerTo(...claims: readonly DcqlClaim[]): Promise<{ plan: ProofPlan; shown: JsonObject } | undefined> {
  const [plan] = await held.answers(queryOf(...claims));
  if (plan === undefined) return undefined;
  const [text = ''] = (await held.present(plan)).response.vp_token?.['c'] ?? [];
  return { plan, shown: personalClaims(parseSdJwt(text).claims) };
}
const shownFor = async (path: ClaimPath, values?: DcqlClaim['values']) =>
  (await answerTo({ path, ...(values && { values }) }))?.shown;
const learned = ({ plan }: { plan: ProofPlan }) =>
  Object.fromEntries((plan.views[0]?.learn ?? []).map(({ claim, value }) => [claim, value]));

describe('a credential that takes itself apart', () => {
  test('shows nothing of what it hides where nothing is asked', async () => {
    expect((await answerTo())?.shown).toEqual(ALWAYS);
  });

  test.each<[string, ClaimPath, JsonObject]>([
    ['a member of an open object', ['address', 'locality'], { address: { ...ALWAYS.address, locality: 'Port' } }],
    [
      'a member two levels down',
      ['address', 'region', 'country'],
      { address: { planet: 'Earth', region: { country: 'EX' } } },
    ],
    [
      'a whole object',
      ['address'],
      { address: { planet: 'Earth', street: 'Quay 1', locality: 'Port', region: { country: 'EX' } } },
    ],
    ['an element by its index', ['nationalities', 1], { nationalities: ['XX', 'ZZ'] }],
    ['an element behind one that stands open', ['nationalities', 3], { nationalities: ['ZZ', 'YY'] }],
    ['every element', ['nationalities', null], { nationalities: ['EX', 'XX', 'ZZ', 'YY'] }],
    ['a member of an element that stands open', ['degrees', 0, 'type'], { degrees: [{ type: 'Bachelor' }, {}] }],
    [
      'a member of an element that is hidden',
      ['degrees', 1, 'type'],
      { degrees: [{}, { type: 'Master', from: 'Port' }, {}] },
    ],
    [
      'a member of every element that has it',
      ['degrees', null, 'type'],
      { degrees: [{ type: 'Bachelor' }, { type: 'Master', from: 'Port' }, {}] },
    ],
    ['an element of an array in an array', ['grid', 0, 1], { grid: [['a', 'b'], []] }],
    ['the first of each array in an array', ['grid', null, 0], { grid: [['a'], ['c']] }],
    ['all of an array in an array', ['grid', null, null], { grid: [['a', 'b'], ['c']] }],
    ['an object with nothing in it', ['empty'], { empty: {} }],
    ['what always stands open', ['degrees', 2], {}],
  ])('shows %s, and nothing beside it', async (_, path, expected) => {
    expect(await shownFor(path)).toEqual({ ...ALWAYS, ...expected });
  });

  test('shows the elements with an accepted value, and no others', async () => {
    expect(await shownFor(['nationalities', null], ['XX', 'ZZ'])).toEqual({ ...ALWAYS, nationalities: ['XX', 'ZZ'] });
    expect(await shownFor(['degrees', null, 'type'], ['Master'])).toEqual({
      ...ALWAYS,
      degrees: [{}, { type: 'Master', from: 'Port' }, {}],
    });
    expect(await shownFor(['grid', 0, 1], ['c'])).toBeUndefined();
  });

  test.each<[string, ClaimPath]>([
    ['a name in an array', ['nationalities', 'EX']],
    ['an index in digits', ['nationalities', '0']],
    ['an index in an object', ['address', 0]],
    ['every element of an object', ['address', null]],
    ['an index past the end', ['nationalities', 4]],
    ['a step into text', ['given_name', 'length']],
    ['elements of text', ['given_name', null]],
    ['a name that every object has', ['constructor']],
    ['the prototype of an object', ['address', '__proto__']],
    ['what no element has', ['degrees', null, 'mark']],
    ['elements of elements where one is no array', ['degrees', null, 'type', null]],
  ])('answers no question for %s', async (_, path) => {
    expect(await shownFor(path)).toBeUndefined();
  });

  test('says before what will be seen: each with its own value, and not what stays hidden', async () => {
    const answer = await answerTo(
      { path: ['nationalities', 3] },
      { path: ['degrees', 1, 'thesis'] },
      { path: ['grid', 1, 0] },
    );
    if (answer === undefined) throw new Error('there is no answer');
    expect(answer.plan.views[0]?.learn.map(({ value }) => value)).toEqual([
      'Earth',
      'Port',
      'On looms',
      '{}',
      'a',
      'c',
      'ZZ',
      'YY',
    ]);
    expect(learned(answer)).toMatchObject({ 'degrees.thesis': 'On looms', 'address.planet': 'Earth' });
  });
});

describe('a path pointer over arrays of several kinds', () => {
  test('is an error where one element is no object, even if others have the member', async () => {
    const mixed = await HeldVault.of({ claims: { list: [{ type: 'a' }, 'b'], rows: [['x'], 'y'] } });
    const answers = async (path: ClaimPath) => (await mixed.answers(queryOf({ path }))).length;
    expect(await answers(['list', null, 'type'])).toBe(0);
    expect(await answers(['list', 0, 'type'])).toBe(1);
    expect(await answers(['rows', null, 0])).toBe(0);
    expect(await answers(['rows', 1])).toBe(1);
  });
});
