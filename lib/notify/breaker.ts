/**
 * A circuit breaker, as a value: what keeps Signet from knocking at a door that does not open. Closed, everything is
 * sent. After five failures in a row, or where the receiver says `Retry-After`, it opens: nothing is sent until its time
 * is over. Then it is half open: one message goes, the probe, and what comes of it closes the breaker or opens it for
 * twice as long. 410 says that nobody wants to hear from us again: then the person has to set the address anew.
 */
export type Breaker =
  | { readonly state: 'closed'; readonly failures: number }
  | { readonly state: 'open'; readonly until: number; readonly trips: number }
  /** The probe is out. Its worker may have died: at `until` another may go. */
  | { readonly state: 'half_open'; readonly until: number; readonly trips: number }
  | { readonly state: 'gone' };

export const CLOSED: Breaker = { state: 'closed', failures: 0 };

/** Failures in a row that open it. */
export const THRESHOLD = 5;
/** How long it stays open the first time, in milliseconds; each failed probe doubles it. */
export const COOL_DOWN = 30_000;
export const MAX_COOL_DOWN = 10 * 60_000;
/** How long a probe may be out, in milliseconds: more than any request takes. */
export const PROBE_LEASE = 20_000;
/** The longest that a receiver can ask us to keep away, in milliseconds. */
export const MAX_HOLD = 3_600_000;

/** What came of a message. `retryAfter`: milliseconds that the receiver asked for. */
export type Outcome =
  | { readonly kind: 'delivered' }
  | { readonly kind: 'gone' }
  | { readonly kind: 'redirected' }
  | { readonly kind: 'failed'; readonly retryAfter?: number };

export type Admission =
  | { readonly admitted: true; readonly next: Breaker }
  /** Until when nothing is sent: milliseconds since the epoch; never, where it is absent. */
  | { readonly admitted: false; readonly until?: number };

/**
 * Whether a message may go now. The caller stores `next` before it sends, and sends nothing where another was quicker.
 * @param now milliseconds since the epoch
 */
export function admit(breaker: Breaker, now: number): Admission {
  if (breaker.state === 'closed') return { admitted: true, next: breaker };
  if (breaker.state === 'gone') return { admitted: false };
  const { until, trips } = breaker;
  // Further ahead than any wait: the clock was put back.
  if (now < until && until - now <= MAX_HOLD) return { admitted: false, until };
  return { admitted: true, next: { state: 'half_open', until: now + PROBE_LEASE, trips } };
}

/** The breaker after a message that it admitted. @param now milliseconds since the epoch */
export function afterOutcome(breaker: Breaker, outcome: Outcome, now: number): Breaker {
  if (breaker.state === 'gone' || outcome.kind === 'gone') return { state: 'gone' };
  if (outcome.kind === 'delivered') return CLOSED;
  const hold = outcome.kind === 'failed' ? Math.min(outcome.retryAfter ?? 0, MAX_HOLD) : 0;
  // Sent before it opened: it adds nothing, but the receiver may ask for longer.
  if (breaker.state === 'open') return { ...breaker, until: Math.max(breaker.until, now + hold) };
  if (breaker.state === 'half_open') return open(breaker.trips + 1, hold, now);
  const failures = breaker.failures + 1;
  return hold > 0 || failures >= THRESHOLD ? open(1, hold, now) : { state: 'closed', failures };
}

const open = (trips: number, hold: number, now: number): Breaker => ({
  state: 'open',
  until: now + Math.max(hold, Math.min(COOL_DOWN * 2 ** (trips - 1), MAX_COOL_DOWN)),
  trips,
});
