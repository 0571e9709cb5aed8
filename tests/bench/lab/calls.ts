/** Two series that were taken in turn, so that whatever else the machine did fell on both. */
export interface Compared {
  readonly ours: readonly number[];
  readonly bare: readonly number[];
}

/** Rows of the vault as the database has them, and what it was given to keep. */
export interface Kept {
  readonly records: number;
  readonly rows: number;
}

/**
 * What a bench asks of the laboratory, the code that it runs inside the extension: name → [request, answer]. Times are
 * milliseconds. Work that takes long is asked for in stretches: each answer says how far it came.
 */
export interface LabCalls {
  /** A vault made anew, open. */
  create: [{ readonly password: string }, Record<string, never>];
  /** Puts records of 1 kB until there are so many, or a stretch is over. */
  fillRecords: [{ readonly to: number }, { readonly records: number }];
  /** Appends entries until there are so many, or a stretch is over. */
  fillEntries: [{ readonly to: number }, { readonly entries: number }];
  /** A record of 1 kB, any of those there, replaced in a transaction; bare: one row in a database of its own. */
  timePuts: [{ readonly samples: number }, Compared];
  /** Any record read, mean of a few; bare: any row of the vault by its key. */
  timeGets: [{ readonly samples: number }, Compared];
  /** An entry appended to the log in a transaction of its own; bare as with `timePuts`. */
  timeAppends: [{ readonly samples: number }, Compared];
  /** From the password to the open vault; bare: Argon2id at the same cost. */
  timeUnlocks: [{ readonly samples: number }, Compared];
  /** From a worker that knows nothing to the first record read, with the session's keys. */
  timeResumes: [{ readonly samples: number }, { readonly ours: readonly number[] }];
  /** The whole log verified; `steps`: how often it said how far it was. */
  verify: [Record<string, never>, { readonly took: number; readonly entries: number; readonly steps: number }];
  kept: [Record<string, never>, Kept];
  lock: [Record<string, never>, Record<string, never>];
}

export type LabCall = keyof LabCalls;
export type LabRequest<C extends LabCall> = LabCalls[C][0];
export type LabAnswer<C extends LabCall> = LabCalls[C][1];

/** A call as it travels. */
export interface LabMessage {
  readonly lab: LabCall;
  readonly request: object;
}

export type LabReply = { readonly value: object } | { readonly error: string };
