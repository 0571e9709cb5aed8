import { readDecimal } from '../decimal.ts';
import { termsIn } from '../memory.ts';
import type { Pattern } from '../regex/index.ts';
import { parsePattern } from '../regex/index.ts';
import type { Condition } from './condition.ts';
import type { Token } from './tokens.ts';
import { problemAt, tokensOf } from './tokens.ts';

const MAX_DEPTH = 32;
const MAX_WITHIN = 10_000;

/**
 * Reads a condition in the published form, such as `param_gt(amount, 100)` or `or(contains(parameters, 'a') || true)`.
 * Quotes are single or double, and what is in them is text as it stands: commas, parentheses and backslashes too. An
 * argument of one word needs none.
 * @param readPattern reads expressions; one that remembers them saves reading those again that many rules have
 * @throws SignetError bad_request saying what is wrong, and at which character
 */
export function parseCondition(text: string, readPattern: ReadPattern = parsePattern): Condition {
  return new ConditionParser(tokensOf(text), readPattern).parse();
}

export type ReadPattern = (source: string) => Pattern;

/** What each function takes, by its name. */
const FUNCTIONS: ReadonlyMap<string, (args: Arguments) => Condition> = new Map<string, (args: Arguments) => Condition>([
  ['contains', (args) => ({ is: 'contains', texts: args.needles(1, 1) })],
  ['any_of', (args) => ({ is: 'contains', texts: args.needles(1, 256) })],
  ['contains_word', (args) => ({ is: 'contains_word', word: args.needles(1, 1)[0] ?? '' })],
  ['param_eq', (args) => ({ is: 'equals', ...args.fieldAndText('value') })],
  ['param_ne', (args) => ({ is: 'not', of: { is: 'equals', ...args.fieldAndText('value') } })],
  ['param_gt', (args) => compare('more', args)],
  ['param_lt', (args) => compare('less', args)],
  ['param_contains', (args) => ({ is: 'field_contains', ...args.fieldAndText('text') })],
  ['matches', matches],
  ['has_credential', (args) => ({ is: 'credential', name: args.texts(1)[0] ?? '' })],
  ['spend_gt', spent],
  ['spend_plus_amount_gt', wouldSpend],
  ['has_recent_action', recent],
]);

function compare(is: 'more' | 'less', args: Arguments): Condition {
  const [field = '', limit = ''] = args.texts(2);
  return { is, field, than: readDecimal(limit, 'The number') };
}

function matches(args: Arguments): Condition {
  const [field = '', pattern = ''] = args.texts(2);
  return { is: 'matches', field, pattern: args.readPattern(pattern) };
}

function spent(args: Arguments): Condition {
  const [category = '', limit = ''] = args.texts(2);
  return { is: 'spent', category, limit: readDecimal(limit, 'The limit') };
}

function wouldSpend(args: Arguments): Condition {
  const [category = '', field = '', limit = ''] = args.texts(3);
  return { is: 'would_spend', category, field, limit: readDecimal(limit, 'The limit') };
}

function recent(args: Arguments): Condition {
  const [text = '', count = ''] = args.texts(2);
  const [terms, within] = [termsIn(text), Number(count)];
  if (terms.length === 0) throw problemAt(args.at, 'it names no action');
  if (!/^\d+$/.test(count) || within < 1 || within > MAX_WITHIN) {
    throw problemAt(args.at, `it must look at 1 to ${MAX_WITHIN} actions`);
  }
  return { is: 'recent', terms, within };
}

/** What stands between the parentheses of a call. */
class Arguments {
  readonly #tokens: readonly Token[];
  /** Where the call begins. */
  readonly at: number;
  readonly readPattern: ReadPattern;

  constructor(tokens: readonly Token[], at: number, readPattern: ReadPattern) {
    this.#tokens = tokens;
    this.at = at;
    this.readPattern = readPattern;
  }

  texts(count: number): readonly string[] {
    if (this.#tokens.length !== count) throw problemAt(this.at, `it takes ${count} arguments`);
    return this.#tokens.map(({ value }) => value);
  }

  fieldAndText<Name extends string>(name: Name): { readonly field: string } & Readonly<Record<Name, string>> {
    const [field = '', text = ''] = this.texts(2);
    return { field, [name]: text } as { readonly field: string } & Readonly<Record<Name, string>>; // TypeScript widens the key
  }

  /** What to look for in the input. `parameters` before it says so, and may be left out where all else is quoted. */
  needles(least: number, most: number): readonly string[] {
    const [first, ...rest] = this.#tokens;
    const isNamed = first?.kind === 'name' && first.value === 'parameters';
    const needles = isNamed ? rest : this.#tokens;
    if (!isNamed && this.#tokens.some(({ kind }) => kind !== 'text')) {
      throw problemAt(this.at, 'it looks at parameters; for one field there are param_contains and matches');
    }
    if (needles.length < least || needles.length > most) {
      throw problemAt(this.at, `it takes ${least === most ? least : `${least} to ${most}`} texts`);
    }
    if (needles.some(({ value }) => value === '')) throw problemAt(this.at, 'an empty text is in everything');
    return needles.map(({ value }) => value);
  }
}

class ConditionParser {
  readonly #tokens: readonly Token[];
  readonly #readPattern: ReadPattern;
  #at = 0;
  #depth = 0;

  constructor(tokens: readonly Token[], readPattern: ReadPattern) {
    this.#tokens = tokens;
    this.#readPattern = readPattern;
  }

  parse(): Condition {
    const condition = this.#readCondition();
    if (this.#token.kind !== 'end') throw problemAt(this.#token.at, 'something follows the condition');
    return condition;
  }

  get #token(): Token {
    return this.#tokens[Math.min(this.#at, this.#tokens.length - 1)] ?? { kind: 'end', value: '', at: 0 };
  }

  #take(sign: string): boolean {
    if (this.#token.kind !== 'sign' || this.#token.value !== sign) return false;
    this.#at += 1;
    return true;
  }

  #expect(sign: string): void {
    if (!this.#take(sign)) throw problemAt(this.#token.at, `${sign} is missing`);
  }

  #readCondition(): Condition {
    const { kind, value, at } = this.#token;
    if (kind === 'sign' || kind === 'end') throw problemAt(at, 'a condition is missing');
    this.#at += 1;
    if (kind === 'text') return quoted(value, at);
    if (this.#take('(')) return this.#readCall(value, at);
    if (value === 'true' || value === 'false') return { is: 'constant', value: value === 'true' };
    throw problemAt(at, `${value} is neither a call nor a quoted text`);
  }

  #readCall(name: string, at: number): Condition {
    if (++this.#depth > MAX_DEPTH) throw problemAt(at, `conditions lie in each other deeper than ${MAX_DEPTH}`);
    const condition = this.#readCalled(name, at);
    this.#depth -= 1;
    return condition;
  }

  #readCalled(name: string, at: number): Condition {
    if (name === 'or') return { is: 'or', of: this.#readAlternatives() };
    if (name === 'not') {
      const of = this.#readCondition();
      this.#expect(')');
      return { is: 'not', of };
    }
    const create = FUNCTIONS.get(name);
    if (create === undefined) throw problemAt(at, `there is no condition ${name}`);
    return create(new Arguments(this.#readArguments(), at, this.#readPattern));
  }

  #readAlternatives(): readonly Condition[] {
    const alternatives = [this.#readCondition()];
    while (!this.#take(')')) {
      if (!this.#take('||')) this.#expect(',');
      alternatives.push(this.#readCondition());
    }
    return alternatives;
  }

  #readArguments(): readonly Token[] {
    const args: Token[] = [];
    if (this.#take(')')) return args;
    for (;;) {
      const token = this.#token;
      if (token.kind !== 'name' && token.kind !== 'text') throw problemAt(token.at, 'an argument is missing');
      args.push(token);
      this.#at += 1;
      if (this.#take(')')) return args;
      this.#expect(',');
    }
  }
}

function quoted(text: string, at: number): Condition {
  if (text === '') throw problemAt(at, 'an empty text is in everything');
  return { is: 'contains', texts: [text] };
}
