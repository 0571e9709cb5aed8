import { randomBytes } from 'node:crypto';

const VISIT_MINUTES = 5;
const INSIDE_MINUTES = 60;

const secret = (): string => randomBytes(24).toString('base64url');

/** Who stands at the door, and who is inside: in memory, nobody for longer than an hour. */
export class Visits {
  readonly #now: () => number;
  readonly #waiting = new Map<string, { nonce: string; expiresAt: number }>();
  readonly #inside = new Map<string, number>();

  /** @param now milliseconds since the epoch */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** Somebody comes to the door. The nonce is theirs alone: it is bound to `visit`, which their cookie carries. */
  arrive(): { visit: string; nonce: string } {
    this.#sweep();
    const visit = secret();
    const nonce = secret();
    this.#waiting.set(visit, { nonce, expiresAt: this.#in(VISIT_MINUTES) });
    return { visit, nonce };
  }

  /** The nonce a visitor was given. It is gone afterwards: an answer is looked at once. */
  takeNonce(visit: string): string | undefined {
    const waiting = this.#waiting.get(visit);
    this.#waiting.delete(visit);
    return waiting !== undefined && waiting.expiresAt > this.#now() ? waiting.nonce : undefined;
  }

  /** Lets somebody in. Returns what their cookie shall carry. */
  admit(): string {
    const guest = secret();
    this.#inside.set(guest, this.#in(INSIDE_MINUTES));
    return guest;
  }

  isInside = (guest: string): boolean => (this.#inside.get(guest) ?? 0) > this.#now();

  #in = (minutes: number): number => this.#now() + minutes * 60_000;

  #sweep(): void {
    const now = this.#now();
    for (const [visit, { expiresAt }] of this.#waiting) if (expiresAt <= now) this.#waiting.delete(visit);
    for (const [guest, expiresAt] of this.#inside) if (expiresAt <= now) this.#inside.delete(guest);
  }
}
