import { SignetError } from '../../core/index.ts';
import { isWord } from './char-class.ts';
import type { Pattern, Place } from './pattern.ts';
import type { Program } from './program.ts';
import { programOf } from './program.ts';

/** What stands before or after a place in the text. */
const NOTHING = 0;
const NEWLINE = 1;
const WORD = 2;
const OTHER = 3;
const KINDS = 4;
type Neighbour = typeof NOTHING | typeof NEWLINE | typeof WORD | typeof OTHER;

/** States that are remembered: more are forgotten and made again. */
const MAX_STATES = 2000;
/** Steps of the automaton that one search may take where its states are not yet known. */
const MAX_WORK = 20_000_000;
const ASCII = 128;
const NONE: readonly number[] = [];

interface State {
  /** Steps that wait for a character, before what costs none is followed. */
  readonly at: readonly number[];
  readonly before: Neighbour;
  /** Patterns that were found on the way here. */
  readonly found: readonly number[];
  readonly onAscii: (State | undefined)[];
  readonly onOther: Map<number, State>;
  foundAtEnd: readonly number[] | undefined;
}

/** What steps lead to without a character. */
interface Reach {
  readonly takers: readonly number[];
  readonly found: readonly number[];
}

/**
 * Whether patterns are somewhere in a text: in time linear in the text, whatever the patterns, all of them at once (the
 * automaton's states are made when they are first met, and kept). Many are never searched for: built when first asked.
 */
export class Matcher {
  readonly #patterns: readonly Pattern[];
  #automaton: Automaton | undefined;

  constructor(...patterns: readonly Pattern[]) {
    this.#patterns = patterns;
  }

  /** Whether any of them is. @throws SignetError as `findIn` does */
  isIn(text: string): boolean {
    const found = new Set<number>();
    this.#build().search(text, found, true);
    return found.size > 0;
  }

  /**
   * Adds the numbers of those that are in the text.
   * @throws SignetError too_many when the search is too costly to finish: never a wrong answer
   * @throws SignetError bad_request when the patterns are too large together
   */
  findIn(text: string, found: Set<number>): void {
    this.#build().search(text, found, false);
  }

  #build(): Automaton {
    return (this.#automaton ??= new Automaton(programOf(this.#patterns)));
  }
}

class Automaton {
  readonly #program: Program;
  readonly #states = new Map<string, State>();
  readonly #begun: (Reach | undefined)[] = [];
  /** The turn in which a step was last looked at. */
  readonly #seen: Uint32Array;
  #turn = 0;
  #start = newState([], NOTHING, NONE);
  #work = 0;

  constructor(program: Program) {
    this.#program = program;
    this.#seen = new Uint32Array(program.steps.length);
  }

  search(text: string, found: Set<number>, isOneEnough: boolean): void {
    this.#work = 0;
    let state = this.#start;
    for (let i = 0; i < text.length; i++) {
      const unit = text.charCodeAt(i);
      if (unit < ASCII) {
        state = state.onAscii[unit] ?? this.#step(state, unit);
      } else {
        const point = text.codePointAt(i) ?? unit;
        if (point > 0xffff) i += 1;
        state = state.onOther.get(point) ?? this.#step(state, point);
      }
      if (state.found.length > 0) {
        addAll(found, state.found);
        if (isOneEnough) return;
      }
    }
    addAll(found, (state.foundAtEnd ??= this.#foundAtEnd(state)));
  }

  #foundAtEnd({ at, before }: State): readonly number[] {
    return [...this.#begin(before, NOTHING).found, ...this.#follow(at, before, NOTHING).found];
  }

  /** Where the automaton is after one more character; made once for each state and character. */
  #step(state: State, point: number): State {
    const next = this.#stateAfter(state, point);
    if (point < ASCII) state.onAscii[point] = next;
    else if (state.onOther.size < MAX_STATES) state.onOther.set(point, next);
    return next;
  }

  #stateAfter(state: State, point: number): State {
    const after = neighbourOf(point);
    const begun = this.#begin(state.before, after);
    const going = this.#follow(state.at, state.before, after);
    const next = new Set<number>();
    this.#take(begun.takers, point, next);
    this.#take(going.takers, point, next);
    const found = [...new Set([...begun.found, ...going.found])];
    return this.#stateOf(
      [...next].sort((a, b) => a - b),
      after,
      found.length === 0 ? NONE : found,
    );
  }

  #take(takers: readonly number[], point: number, next: Set<number>): void {
    for (const place of takers) {
      const step = this.#program.steps[place];
      if (step?.do === 'take' && step.test(point)) next.add(step.then);
    }
  }

  /** A match may begin anywhere: what the starts lead to is the same wherever the neighbours are of these kinds. */
  #begin(before: Neighbour, after: Neighbour): Reach {
    return (this.#begun[before * KINDS + after] ??= this.#follow(this.#program.starts, before, after));
  }

  #follow(from: readonly number[], before: Neighbour, after: Neighbour): Reach {
    const open = [...from];
    const turn = ++this.#turn;
    const takers: number[] = [];
    const found: number[] = [];
    for (let place = open.pop(); place !== undefined; place = open.pop()) {
      const step = this.#program.steps[place];
      if (step === undefined || this.#seen[place] === turn) continue;
      this.#seen[place] = turn;
      this.#work += 1;
      if (step.do === 'match') found.push(step.pattern);
      else if (step.do === 'take') takers.push(place);
      else if (step.do === 'try') open.push(step.or, step.either);
      else if (holds(step.place, before, after)) open.push(step.then);
    }
    if (this.#work > MAX_WORK) throw new SignetError('too_many', 'Searching for a pattern takes too long.');
    return { takers, found };
  }

  #stateOf(at: readonly number[], before: Neighbour, found: readonly number[]): State {
    const key = `${before}:${at.join()}:${found.join()}`;
    const known = this.#states.get(key);
    if (known !== undefined) return known;
    if (this.#states.size >= MAX_STATES) this.#forget();
    const state = newState(at, before, found);
    this.#states.set(key, state);
    return state;
  }

  #forget(): void {
    for (const state of this.#states.values()) {
      state.onAscii.fill(undefined);
      state.onOther.clear();
    }
    this.#states.clear();
    this.#start = newState([], NOTHING, NONE);
  }
}

function newState(at: readonly number[], before: Neighbour, found: readonly number[]): State {
  const onAscii = new Array<State | undefined>(ASCII).fill(undefined);
  return { at, before, found, onAscii, onOther: new Map(), foundAtEnd: undefined };
}

function addAll(found: Set<number>, more: readonly number[]): void {
  for (const pattern of more) found.add(pattern);
}

function neighbourOf(point: number): Neighbour {
  if (point === 10) return NEWLINE;
  return isWord(point) ? WORD : OTHER;
}

function holds(place: Place, before: Neighbour, after: Neighbour): boolean {
  switch (place) {
    case 'start':
      return before === NOTHING;
    case 'end':
      return after === NOTHING;
    case 'line_start':
      return before === NOTHING || before === NEWLINE;
    case 'line_end':
      return after === NOTHING || after === NEWLINE;
    case 'word_edge':
      return (before === WORD) !== (after === WORD);
    case 'no_word_edge':
      return (before === WORD) === (after === WORD);
  }
}
