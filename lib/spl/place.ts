import { SignetError } from '../core/index.ts';

/** Where something stands in a policy's source. */
export interface Place {
  /** From 1; a line ends with a line feed. */
  readonly line: number;
  /** From 1, in UTF-16 code units, as editors count. */
  readonly column: number;
  /** UTF-16 offsets into the source: `start` inclusive, `end` exclusive. */
  readonly start: number;
  readonly end: number;
}

/** A policy that cannot be read or is too large: a SignetError `bad_request` that knows the place in the source. */
export class PolicyError extends SignetError {
  readonly place: Place;
  /** What is wrong there, in words, without the place. */
  readonly problem: string;

  constructor(problem: string, place: Place) {
    super('bad_request', `Line ${place.line}, column ${place.column}: ${problem}`, { field: 'policy' });
    this.place = place;
    this.problem = problem;
  }
}
