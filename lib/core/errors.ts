/**
 * What went wrong, as one word that code can branch on.
 * The first five are what a page may learn (design §6); the rest are for our own screens.
 */
export type Reason =
  | 'denied'
  | 'unsupported'
  | 'ask_again'
  | 'bad_request'
  | 'too_many'
  | 'locked'
  | 'no_vault'
  | 'vault_exists'
  | 'vault_damaged'
  | 'wrong_password'
  | 'wrong_phrase'
  | 'wait'
  | 'not_found'
  | 'changed'
  | 'storage_failed'
  | 'read_only'
  | 'backup_refused'
  | 'credential_refused'
  | 'issuer_refused'
  | 'expired'
  | 'consumed'
  | 'revoked'
  | 'status_unknown'
  | 'network'
  | 'timed_out'
  /** Of an agent: nobody knows it, or the person revoked it; they paused it; they stopped all. */
  | 'unknown_agent'
  | 'paused'
  | 'stopped'
  | 'internal';

/** Numeric codes of the page API. Whatever a page must not learn is 4001 or 4900 to it. */
const CODES: Readonly<Record<Reason, number>> = {
  denied: 4001,
  unsupported: 4200,
  ask_again: 4900,
  bad_request: -32602,
  too_many: -32005,
  locked: 4001,
  no_vault: 4001,
  vault_exists: -32603,
  vault_damaged: -32603,
  wrong_password: -32603,
  wrong_phrase: -32603,
  wait: -32603,
  not_found: -32603,
  changed: -32603,
  storage_failed: -32603,
  read_only: -32603,
  backup_refused: -32603,
  credential_refused: -32603,
  issuer_refused: -32603,
  expired: -32603,
  consumed: -32603,
  revoked: -32603,
  status_unknown: -32603,
  network: -32603,
  timed_out: -32603,
  unknown_agent: 4001,
  paused: 4001,
  stopped: 4001,
  internal: -32603,
};

/** The plain form of an error, as it crosses a message channel. */
export interface ErrorFields {
  readonly code: number;
  readonly reason: Reason;
  readonly message: string;
  readonly field?: string;
}

/** The one kind of error Signet throws: a code for programs, a sentence for people, the field it is about. */
export class SignetError extends Error {
  override readonly name = 'SignetError';
  readonly code: number;
  readonly reason: Reason;
  readonly field: string | undefined;

  /**
   * @param reason what went wrong, as one word
   * @param message one sentence for people; never holds a secret or a claim's value
   * @param options `field` names the offending input; `cause` is the error beneath
   */
  constructor(reason: Reason, message: string, options: { field?: string; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.reason = reason;
    this.code = CODES[reason];
    this.field = options.field;
  }

  /** The fields that may cross a message channel; the cause stays here. */
  toFields(): ErrorFields {
    const { code, reason, message, field } = this;
    return field === undefined ? { code, reason, message } : { code, reason, message, field };
  }

  /** Rebuilds an error on the far side of a message channel. */
  static fromFields(fields: ErrorFields): SignetError {
    return new SignetError(fields.reason, fields.message, fields.field === undefined ? {} : { field: fields.field });
  }

  /** Any thrown value as a SignetError; what is not ours becomes `internal`, its text kept as the cause alone. */
  static from(thrown: unknown): SignetError {
    if (thrown instanceof SignetError) return thrown;
    return new SignetError('internal', 'Something went wrong inside Signet. Nothing was released.', { cause: thrown });
  }
}

/** Throws `bad_request` naming `field` unless `condition` holds. */
export function assertField(condition: boolean, field: string, message: string): asserts condition {
  if (!condition) throw new SignetError('bad_request', message, { field });
}
