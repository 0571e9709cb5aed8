import { SignetError } from '../../core/index.ts';
import type { CharTest, Pattern, Place } from './pattern.ts';

/** One step of a non-deterministic automaton; steps are named by where they stand in the program. */
export type Step =
  | { readonly do: 'take'; readonly test: CharTest; readonly then: number }
  | { readonly do: 'try'; readonly either: number; readonly or: number }
  | { readonly do: 'assert'; readonly place: Place; readonly then: number }
  /** The pattern of this number was found. */
  | { readonly do: 'match'; readonly pattern: number };

export interface Program {
  readonly steps: readonly Step[];
  /** Where each pattern begins. */
  readonly starts: readonly number[];
}

const MAX_STEPS = 20_000;

/**
 * Thompson's construction, from the end to the start, of patterns that are looked for all at once.
 * @throws SignetError bad_request when together they are too large
 */
export function programOf(patterns: readonly Pattern[]): Program {
  const builder = new Builder();
  const starts = patterns.map((pattern, number) => builder.buildWhole(pattern, number));
  return { steps: builder.steps, starts };
}

class Builder {
  readonly steps: Step[] = [];

  buildWhole(pattern: Pattern, number: number): number {
    return this.#build(pattern, this.#add({ do: 'match', pattern: number }));
  }

  /** @returns where the pattern begins, so that after it goes on at `then` */
  #build(pattern: Pattern, then: number): number {
    switch (pattern.kind) {
      case 'char':
        return this.#add({ do: 'take', test: pattern.test, then });
      case 'at':
        return this.#add({ do: 'assert', place: pattern.place, then });
      case 'sequence':
        return pattern.parts.reduceRight((next, part) => this.#build(part, next), then);
      case 'choice':
        return pattern.branches
          .map((branch) => this.#build(branch, then))
          .reduceRight((or, either) => this.#add({ do: 'try', either, or }));
      case 'repeat':
        return this.#repeat(pattern, then);
    }
  }

  #add(step: Step): number {
    if (this.steps.length >= MAX_STEPS) {
      throw new SignetError('bad_request', 'The regular expression is too large.');
    }
    return this.steps.push(step) - 1;
  }

  #repeat({ of, least, most }: Extract<Pattern, { kind: 'repeat' }>, then: number): number {
    let next = most === undefined ? this.#loop(of, then) : then;
    for (let n = least; n < (most ?? least); n++) {
      next = this.#add({ do: 'try', either: this.#build(of, next), or: then });
    }
    for (let n = 0; n < least; n++) next = this.#build(of, next);
    return next;
  }

  #loop(of: Pattern, then: number): number {
    const loop = this.#add({ do: 'try', either: then, or: then }); // its place first: what is repeated comes back to it
    this.steps[loop] = { do: 'try', either: this.#build(of, loop), or: then };
    return loop;
  }
}
