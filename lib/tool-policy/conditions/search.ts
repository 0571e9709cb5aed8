import type { Truth } from '../../policy/engine/index.ts';
import { NO, YES, truthOf } from '../../policy/engine/index.ts';
import type { Texts } from '../call-texts.ts';
import { NO_TEXT } from '../call-texts.ts';
import type { Pattern } from '../regex/index.ts';
import { Matcher, isInNothing } from '../regex/index.ts';
import type { Facts, Test } from './facts.ts';

const MAX_PATTERNS = 200;

type Look = (facts: Facts) => Texts;

/** Hands out searches of one policy, so that what many rules look for in the same place is looked for at once. */
export class Searches {
  readonly #open = new Map<string, JointSearch>();
  #count = 0;

  /** @param field '' is all of the input */
  wide(field: string, pattern: Pattern): Test {
    const open = this.#open.get(field);
    const search = open === undefined || open.isFull ? this.#begin(field) : open;
    return search.add(pattern);
  }

  /** In the text as it stands. */
  exact(field: string, pattern: Pattern): Test {
    const [look, matcher] = [lookAt(field), new Matcher(pattern)];
    return guarded((facts) => truthOf(matcher.isIn(look(facts).exact)));
  }

  #begin(field: string): JointSearch {
    const search = new JointSearch(this.#count++, lookAt(field));
    this.#open.set(field, search);
    return search;
  }
}

const lookAt = (field: string): Look =>
  field === '' ? ({ texts }) => texts.whole() : ({ texts }) => texts.field(field);

/** Many patterns in one automaton: a call is read once for all of them. */
class JointSearch {
  readonly #number: number;
  readonly #look: Look;
  readonly #patterns: Pattern[] = [];
  #matcher: Matcher | undefined;
  #inNothing: ReadonlySet<number> | undefined;

  constructor(number: number, look: Look) {
    this.#number = number;
    this.#look = look;
  }

  get isFull(): boolean {
    return this.#patterns.length >= MAX_PATTERNS;
  }

  /** Before the first question alone. */
  add(pattern: Pattern): Test {
    const place = this.#patterns.push(pattern) - 1;
    const alone = new Matcher(pattern);
    return guarded((facts) => {
      const found = (facts.found[this.#number] ??= this.#find(facts));
      const texts = this.#look(facts);
      if (found === 'unknown') return this.#findAlone(alone, texts, facts);
      return found.has(place) ? YES : this.#missed(texts, facts);
    });
  }

  #find(facts: Facts): ReadonlySet<number> | 'unknown' {
    const texts = this.#look(facts);
    return texts === NO_TEXT ? (this.#inNothing ??= this.#findInNothing()) : this.#findIn(texts);
  }

  #findInNothing(): ReadonlySet<number> {
    return new Set(this.#patterns.flatMap((pattern, place) => (isInNothing(pattern) ? [place] : [])));
  }

  #findIn({ wide }: Texts): ReadonlySet<number> | 'unknown' {
    const matcher = (this.#matcher ??= new Matcher(...this.#patterns));
    const found = new Set<number>();
    try {
      for (const text of wide) matcher.findIn(text, found);
      return found;
    } catch {
      return 'unknown'; // together they are too large, or too slow for this text
    }
  }

  #findAlone(matcher: Matcher, texts: Texts, facts: Facts): Truth {
    return texts.wide.some((text) => matcher.isIn(text)) ? YES : this.#missed(texts, facts);
  }

  #missed({ isWhole }: Texts, facts: Facts): Truth {
    return isWhole ? NO : facts.fail('a script in the call is too long or too deep to be read');
  }
}

/** A search that gives up is no answer. */
function guarded(test: Test): Test {
  return (facts) => {
    try {
      return test(facts);
    } catch {
      return facts.fail('a text in the call is too costly to search');
    }
  };
}
