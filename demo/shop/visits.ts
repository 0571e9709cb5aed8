import { randomBytes } from 'node:crypto';
import type { RequestSession } from '../../lib/sdk/index.ts';
import type { Room, WayName } from './ways.ts';

const VISIT_MINUTES = 5;
const INSIDE_MINUTES = 60;

const secret = (): string => randomBytes(24).toString('base64url');

/** What a visitor was asked, and at which door. */
export interface Question {
  readonly way: WayName;
  readonly nonce: string;
  /** Where any wallet was asked: what its answer is verified with. */
  readonly session?: RequestSession;
}

/** Who stands at which door, and who is inside: in memory, nobody for longer than an hour. */
export class Visits {
  readonly #now: () => number;
  readonly #waiting = new Map<string, Question & { readonly expiresAt: number }>();
  readonly #inside = new Map<string, { readonly room: Room; readonly expiresAt: number }>();

  /** @param now milliseconds since the epoch */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** Somebody comes to a door. The nonce is theirs alone: it is bound to `visit`, which their cookie carries. */
  arrive(way: WayName): { visit: string; nonce: string } {
    this.#sweep();
    const visit = secret();
    const nonce = secret();
    this.#waiting.set(visit, { way, nonce, expiresAt: this.#in(VISIT_MINUTES) });
    return { visit, nonce };
  }

  /** Keeps what was asked of whatever wallet a visitor has. */
  keep(visit: string, session: RequestSession): void {
    const waiting = this.#waiting.get(visit);
    if (waiting !== undefined) this.#waiting.set(visit, { ...waiting, session });
  }

  /** The question a visitor was asked. It is gone afterwards: an answer is looked at once. */
  takeQuestion(visit: string): Question | undefined {
    const waiting = this.#waiting.get(visit);
    this.#waiting.delete(visit);
    return waiting !== undefined && waiting.expiresAt > this.#now() ? waiting : undefined;
  }

  /** Lets somebody into a room. Returns what their cookie shall carry. */
  admit(room: Room): string {
    const guest = secret();
    this.#inside.set(guest, { room, expiresAt: this.#in(INSIDE_MINUTES) });
    return guest;
  }

  isIn(room: Room, guest: string): boolean {
    const inside = this.#inside.get(guest);
    return inside !== undefined && inside.room === room && inside.expiresAt > this.#now();
  }

  #in = (minutes: number): number => this.#now() + minutes * 60_000;

  #sweep(): void {
    const now = this.#now();
    for (const [visit, { expiresAt }] of this.#waiting) if (expiresAt <= now) this.#waiting.delete(visit);
    for (const [guest, { expiresAt }] of this.#inside) if (expiresAt <= now) this.#inside.delete(guest);
  }
}
