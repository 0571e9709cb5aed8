import { describe, expect, test } from 'vitest';
import type { AttributeInput } from '../../../lib/attributes/index.ts';
import { describeSelf } from '../../../lib/credentials/index.ts';
import { aboutMyself } from '../../../lib/wallet/proving/about-myself.ts';

const NOW = Date.UTC(2026, 10, 28, 12);

const BIRTH_DATE: AttributeInput = { label: 'Birth date', type: 'date', value: '1990-05-17', tier: 2 };
const NICKNAME: AttributeInput = { label: 'Nickname', type: 'text', value: 'Countess', tier: 1 };
const TOWN: AttributeInput = { label: 'Town', type: 'text', value: 'Port Example', tier: 2 };
const CHILDREN: AttributeInput = { label: 'Number of children', type: 'number', value: '3', tier: 1 };
const VEGETARIAN: AttributeInput = { label: 'Vegetarian', type: 'yes_no', value: 'true', tier: 1 };

const about = (...inputs: readonly AttributeInput[]) =>
  aboutMyself(inputs.map((input, id) => ({ ...input, id: String(id), updatedAt: NOW })));

describe('what can be said of oneself', () => {
  test('is what is stored at Tier 1, as it is', () => {
    expect(about(NICKNAME, CHILDREN, VEGETARIAN)?.values).toEqual({
      nickname: 'Countess',
      number_of_children: 3,
      vegetarian: true,
    });
  });

  test('is nothing of Tier 2 but ages, and nothing of Tier 3', () => {
    const schema = about(BIRTH_DATE, TOWN, { ...NICKNAME, tier: 3, compartment: 'health' })?.schema;
    const shown = schema?.fields.filter(({ disclosure }) => disclosure !== 'never').map(({ name }) => name);
    expect(shown).toEqual([13, 16, 18, 21, 25, 65].map((years) => `age_over_${years}`));
  });

  test('is the birth date too, where the person stored it at Tier 1', () => {
    expect(about({ ...BIRTH_DATE, tier: 1 })?.schema.fields[0]).toMatchObject({
      name: 'birth_date',
      disclosure: 'selectable',
    });
  });

  test('is no age that the birth date contradicts', () => {
    const claimed: AttributeInput = { label: 'Over 65', type: 'yes_no', value: 'true', tier: 1 };
    expect(about(BIRTH_DATE, claimed)?.values).not.toHaveProperty('age_over_65');
  });

  test('is nothing that is there twice under one name', () => {
    expect(about(NICKNAME, { ...NICKNAME, label: 'nickname' })).toBeUndefined();
    expect(about(NICKNAME, { ...NICKNAME, label: 'nickname' }, VEGETARIAN)?.values).toEqual({ vegetarian: true });
  });

  test.each(['iss', 'cnf', 'status', '_sd', '__proto__', 'points commitment', '...'])('is not called %s', (label) => {
    expect(Object.keys(about({ ...NICKNAME, label })?.values ?? {})).not.toContain(label.replace(' ', '_'));
  });

  test('is nothing where nothing is stored', () => expect(about()).toBeUndefined());
});

describe('what is planned with', () => {
  const claims = (...inputs: readonly AttributeInput[]) => {
    const known = about(...inputs);
    if (known === undefined) throw new Error('There is nothing to say.');
    return describeSelf(known, NOW);
  };

  test('has each claim with its value, and of the birth date nothing but its name', () => {
    const record = claims(BIRTH_DATE, NICKNAME);
    expect(record.claims.map(({ path, value }) => [path[0], value])).toEqual([
      ['nickname', 'Countess'],
      ...[13, 16, 18, 21, 25].map((years) => [`age_over_${years}`, true]),
      ['age_over_65', false],
    ]);
    expect(record.unsaid).toEqual(['birth date']);
    expect(JSON.stringify(record)).not.toContain('1990');
  });

  test('may be more than one credential could say', () => {
    const many = Array.from({ length: 200 }, (_, i): AttributeInput => ({ ...NICKNAME, label: `Name ${i}` }));
    expect(claims(...many).claims).toHaveLength(200);
  });

  test.each([
    ['the day before', Date.UTC(2026, 4, 16, 23, 59), false],
    ['the birthday', Date.UTC(2026, 4, 17), true],
  ])('has the age of its day: %s', (_, now, isReached) => {
    const known = about({ ...BIRTH_DATE, value: '2005-05-17' });
    const record = known && describeSelf(known, now);
    expect(record?.claims.find(({ path }) => path[0] === 'age_over_21')?.value).toBe(isReached);
  });
});
