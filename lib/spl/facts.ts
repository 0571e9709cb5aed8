import type { Expression } from './expression.ts';
import { Fault } from './fault.ts';
import { MAX_WORK } from './limits.ts';
import { isRecord, type SplList, type SplRecord } from './value.ts';

/**
 * What a verifier knows beside the request. Own properties alone count. The checks are synchronous, answer with exactly
 * true or false, and always the same within one decision: a denial asks them again to say all that is wrong. What is
 * not given denies any policy that asks for it.
 */
export interface SplHost {
  /** Milliseconds since the epoch; in a policy, `now` is that instant in RFC 3339. Without it, `now` is a variable. */
  readonly now?: number | undefined;
  /** The verifier's variables, as JSON values. Never shown in a reason. */
  readonly vars?: SplRecord | undefined;
  /** How often an action was taken on a day: whole, not negative. Never shown in a reason. */
  readonly perDayCount?: ((action: string, day: string) => number) | undefined;
  /** Whether whoever presents the policy proved that it holds its key. */
  readonly dpopOk?: (() => boolean) | undefined;
  /** Whether a tuple is a member of the committed set. */
  readonly merkleOk?: ((tuple: SplList) => boolean) | undefined;
  /** Whether the budget allows an amount, in minor units, on a day. */
  readonly vrfOk?: ((day: string, amount: number) => boolean) | undefined;
  /** Whether enough others signed. */
  readonly threshOk?: (() => boolean) | undefined;
}

const NO_VARIABLES: SplRecord = Object.freeze({});

/** What one evaluation sees, and how much of its work is left. */
export class Facts {
  readonly request: SplRecord;
  readonly host: SplHost;
  readonly vars: SplRecord;
  #work = MAX_WORK;

  constructor(request: SplRecord, host: SplHost) {
    this.request = request;
    this.host = host;
    this.vars = Object.hasOwn(host, 'vars') && isRecord(host.vars) ? host.vars : NO_VARIABLES;
  }

  /** Takes units of work, see MAX_WORK. @throws Fault when none are left */
  spend(units: number, { place }: Expression): void {
    this.#work -= units;
    if (this.#work < 0) throw new Fault('too_much_work', 'the lists and texts are too large to compare', place);
  }
}
