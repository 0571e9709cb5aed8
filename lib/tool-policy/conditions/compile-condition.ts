import type { Truth } from '../../policy/engine/index.ts';
import { YES, anyTest, notTest, truthOf } from '../../policy/engine/index.ts';
import { canonicalJson } from '../../core/index.ts';
import { amountIn } from '../amount.ts';
import type { Decimal } from '../decimal.ts';
import { ZERO, plus } from '../decimal.ts';
import { foldText } from '../fold.ts';
import type { Pattern } from '../regex/index.ts';
import { fieldOf, textOf } from '../tool-call.ts';
import type { Condition } from './condition.ts';
import type { Facts, Test } from './facts.ts';
import { exactText, wideText, wordPattern } from './search-pattern.ts';
import type { Searches } from './search.ts';

/**
 * How far a test looks. `wide`: in every way that a call may be meant, because what is found restricts. `exact`: as it
 * stands, because what is found permits.
 */
export type Reach = 'wide' | 'exact';

const opposite = (reach: Reach): Reach => (reach === 'wide' ? 'exact' : 'wide');

/** A condition as a closure. Truth is Kleene's, as in `lib/policy`: what cannot be told is neither yes nor no. */
export function compileCondition(condition: Condition, reach: Reach, searches: Searches): Test {
  switch (condition.is) {
    case 'constant':
      return () => truthOf(condition.value);
    case 'not':
      return notTest(compileCondition(condition.of, opposite(reach), searches));
    case 'or':
      return anyTest(condition.of.map((one) => compileCondition(one, reach, searches)));
    case 'contains':
      return anyTest(condition.texts.map((text) => containsTest(text, reach, searches)));
    case 'contains_word':
      return searchTest('', wordPattern(condition.word), reach, searches);
    case 'field_contains':
      return searchTest(condition.field, textPattern(condition.text, reach), reach, searches);
    case 'matches':
      return searchTest(condition.field, condition.pattern, reach, searches);
    case 'equals':
      return equalsTest(condition.field, condition.value, reach);
    default:
      return compileNumbers(condition);
  }
}

type NumberCondition = Extract<
  Condition,
  { readonly is: 'more' | 'less' | 'credential' | 'spent' | 'would_spend' | 'recent' }
>;

function compileNumbers(condition: NumberCondition): Test {
  switch (condition.is) {
    case 'more':
      return compareTest(condition.field, (value) => value > condition.than);
    case 'less':
      return compareTest(condition.field, (value) => value < condition.than);
    case 'credential':
      return (facts) => told(facts.memory.hasCredential(condition.name), facts);
    case 'spent':
      return spentTest(condition.category, condition.limit);
    case 'would_spend':
      return wouldSpendTest(condition.category, condition.field, condition.limit);
    case 'recent':
      return (facts) => told(facts.memory.hasRecent(condition.terms, condition.within), facts);
  }
}

const textPattern = (text: string, reach: Reach): Pattern => (reach === 'wide' ? wideText(text) : exactText(text));

const containsTest = (text: string, reach: Reach, searches: Searches): Test =>
  searchTest('', textPattern(text, reach), reach, searches);

/** @param field '' for all of the input */
const searchTest = (field: string, pattern: Pattern, reach: Reach, searches: Searches): Test =>
  reach === 'wide' ? searches.wide(field, pattern) : searches.exact(field, pattern);

function equalsTest(field: string, value: string, reach: Reach): Test {
  if (reach === 'exact') return ({ call }) => truthOf(textOf(call, field) === value);
  const folded = foldText(value).trim();
  return ({ call }) => {
    const found = fieldOf(call, field);
    const text = found === undefined ? '' : typeof found === 'string' ? found : canonicalJson(found);
    return truthOf(text === value || foldText(text).trim() === folded);
  };
}

function compareTest(field: string, holds: (value: Decimal) => boolean): Test {
  return (facts) => {
    const amount = amountIn(facts.call, field);
    if (amount.is === 'exact') return truthOf(holds(amount.value));
    if (amount.is === 'wordy') return truthOf(holds(ZERO));
    return facts.fail(amount.is === 'missing' ? `${field} is missing` : `${field} is no plain decimal number`);
  };
}

function spentTest(category: string, limit: Decimal): Test {
  const folded = foldText(category);
  return (facts) => {
    const spent = facts.memory.spent(folded);
    return spent === undefined ? facts.fail(LOST) : truthOf(spent > limit);
  };
}

/** What is negative exceeds every limit: it would give back what was spent. */
function wouldSpendTest(category: string, field: string, limit: Decimal): Test {
  const folded = foldText(category);
  return (facts) => {
    const amount = amountIn(facts.call, field);
    if (amount.is === 'missing') return facts.fail(`${field} is missing`);
    if (amount.is !== 'exact') return facts.fail(`${field} is no plain decimal number`);
    if (amount.value < ZERO) return YES;
    const spent = facts.memory.spent(folded);
    return spent === undefined ? facts.fail(LOST) : truthOf(plus(spent, amount.value) > limit);
  };
}

const LOST = 'what was done before cannot be read';

function told(answer: boolean | undefined, facts: Facts): Truth {
  return answer === undefined ? facts.fail(LOST) : truthOf(answer);
}
