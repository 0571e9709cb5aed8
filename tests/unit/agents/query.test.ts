import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseQuery } from '../../../lib/agents/index.ts';

describe('a query', () => {
  test.each([
    ['has("Passport")', { op: 'has', label: 'Passport' }],
    ['  count ( "City" ) ', { op: 'count', label: 'City' }],
    ['equals("Smoker", false)', { op: 'equals', label: 'Smoker', value: false }],
    ['equals("City", "\\"Ulm\\" (D)")', { op: 'equals', label: 'City', value: '"Ulm" (D)' }],
    ['equals("Shoe size", 42)', { op: 'equals', label: 'Shoe size', value: 42 }],
    ['at_least("Monthly income", 3000)', { op: 'at_least', label: 'Monthly income', bound: 3000 }],
    ['at_most("Debts", 0)', { op: 'at_most', label: 'Debts', bound: 0 }],
    ['between("Income", 1000, 2000)', { op: 'between', label: 'Income', from: 1000, to: 2000 }],
    ['age_at_least("Birth date", 18)', { op: 'age_at_least', label: 'Birth date', years: 18 }],
    ['category("Income")', { op: 'category', label: 'Income', among: [] }],
    ['category("Income", 10, 20)', { op: 'category', label: 'Income', among: [10, 20] }],
    ['category("City", "Ulm", "Rom")', { op: 'category', label: 'City', among: ['Ulm', 'Rom'] }],
  ])('is read: %s', (text, query) => {
    expect(parseQuery(text)).toEqual(query);
  });

  test.each([
    ['nothing', ''],
    ['a word', 'has'],
    ['another operation', 'value("City")'],
    ['one of Object’s own', 'constructor("City")'],
    ['no label', 'has()'],
    ['a label that is none', 'has(City)'],
    ['an empty label', 'has(" ")'],
    ['a number for a label', 'has(1)'],
    ['one argument too many', 'has("City", 1)'],
    ['one too few', 'at_least("Income")'],
    ['no end', 'has("City"'],
    ['more after its end', 'has("City") has("Name")'],
    ['two in one', 'has("City"), has("Name")'],
    ['one within another', 'has(count("City"))'],
    ['a comma too many', 'has("City",)'],
    ['no comma', 'at_least("Income" 10)'],
    ['half a number', 'at_least("Income", 1.5)'],
    ['a number in another form', 'at_least("Income", 1e3)'],
    ['a bound below zero', 'at_least("Income", -1)'],
    ['a bound that is too fine', 'at_least("Income", 3141)'],
    ['a bound as a text', 'at_least("Income", "3000")'],
    ['a number that is too large', 'at_least("Income", 90000000000000000000)'],
    ['bounds that fall', 'between("Income", 20, 10)'],
    ['an age that nobody asks for', 'age_at_least("Birth date", 34)'],
    ['categories of two kinds', 'category("X", 1, "a")'],
    ['more categories than it may have', 'category("X", "a", "b", "c", "d", "e")'],
    ['a category twice', 'category("X", "a", "a")'],
    ['bounds that do not rise', 'category("X", 20, 20)'],
    ['single quotes', "has('City')"],
    ['a line in a text', 'has("Ci\nty")'],
    ['an escape that JSON has not', 'has("\\x41")'],
    ['half a character', 'has("\\ud800")'],
  ])('is refused that has %s', (_, text) => {
    expect(() => parseQuery(text)).toThrow(expect.objectContaining({ reason: 'bad_request', field: 'query' }) as Error);
  });

  test('of any text is read or refused, and never takes long', () => {
    const pieces = fc.constantFrom('has', 'at_least', '(', ')', ',', '"a"', '"', '\\', '1', ' ', 'true', '-');
    const texts = fc.oneof(
      fc.string({ maxLength: 1000 }),
      fc.array(pieces, { maxLength: 300 }).map((all) => all.join('')),
    );
    fc.assert(
      fc.property(texts, (text) => {
        try {
          expect(parseQuery(text)).toHaveProperty('label');
        } catch (error) {
          expect(error).toMatchObject({ reason: 'bad_request', field: 'query' });
        }
      }),
      { numRuns: Number(process.env['SIGNET_RUNS'] ?? 500) },
    );
  });
});
