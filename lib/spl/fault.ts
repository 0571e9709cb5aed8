import type { Place } from './place.ts';

/** Why an expression has no meaning for a request. */
export type FaultKind =
  /** A variable that nobody gave. */
  | 'unbound'
  /** A field that is not there, or is null. */
  | 'missing'
  | 'wrong_type'
  | 'wrong_arity'
  | 'unknown_operator'
  /** The host gave no way to check this. */
  | 'not_checkable'
  /** The host failed to check this. */
  | 'check_failed'
  /** Lists or texts are too large, or nested too deeply. */
  | 'too_much_work'
  /** Anything else that was thrown meanwhile. */
  | 'failed';

/** Ends an evaluation: the answer is no. Never leaves this folder. */
export class Fault extends Error {
  override readonly name = 'Fault';
  readonly kind: FaultKind;
  readonly place: Place;

  /** @param message in words for people, without values: they may be the host's secrets */
  constructor(kind: FaultKind, message: string, place: Place) {
    super(message);
    this.kind = kind;
    this.place = place;
  }
}
