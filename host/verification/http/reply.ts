import { SignetError } from '../../../lib/core/index.ts';

/** One answer, before its security headers. */
export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** JSON; '' for none. */
  readonly body: string;
  /** What the log says about it. */
  readonly outcome?: string;
}

export const json = (status: number, value: unknown, outcome?: string): Reply => ({
  status,
  headers: { 'content-type': 'application/json; charset=utf-8' },
  body: JSON.stringify(value),
  ...(outcome !== undefined && { outcome }),
});

/** What no route answers: a status, and words for whoever wrote the client. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly status: number;
  readonly reason: string;
  readonly field: string | undefined;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    status: number,
    reason: string,
    message: string,
    more: {
      readonly field?: string | undefined;
      readonly headers?: Readonly<Record<string, string>>;
      readonly cause?: unknown;
    } = {},
  ) {
    super(message, { cause: more.cause });
    this.status = status;
    this.reason = reason;
    this.field = more.field;
    this.headers = more.headers ?? {};
  }

  toReply(request: string): Reply {
    const { reason, message, field } = this;
    const error = field === undefined ? { reason, message } : { reason, message, field };
    const reply = json(this.status, { error, request }, reason);
    return { ...reply, headers: { ...reply.headers, ...this.headers } };
  }
}

/** Seconds, at least one. */
export const retryAfter = (seconds: number) => ({ 'retry-after': String(Math.max(1, Math.ceil(seconds))) });

/** Any error as a refusal: a mistake of whoever asks is 400, our trouble of the moment 503, and what we did not expect 500. */
export function refusalOf(error: unknown): Refusal {
  if (error instanceof Refusal) return error;
  const { reason, message, field } = SignetError.from(error);
  switch (reason) {
    case 'bad_request':
    case 'unsupported':
      return new Refusal(400, reason, message, { field });
    case 'network':
    case 'too_many':
    case 'status_unknown':
      return new Refusal(503, reason, message, { field, headers: retryAfter(reason === 'status_unknown' ? 5 : 1) });
    default:
      return new Refusal(500, 'internal', 'Something went wrong here. Nothing was accepted.', { cause: error });
  }
}

/** On every answer: it is data for the one that asked, never a page, never kept. */
export const SECURITY_HEADERS = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
} as const;
