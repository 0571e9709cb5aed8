import { randomBytes } from 'node:crypto';
import type { AuthorityOffer } from '../../lib/capabilities/index.ts';
import { momentOf } from '../../lib/capabilities/index.ts';
import { Refusal } from '../http.ts';

const MAX_LIMITS = 10_000;

/** A limit that the bank granted to one of its customers. */
export interface Limit {
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
  readonly offer: AuthorityOffer;
  /** The customer's page said that their wallet took it. */
  readonly isTaken: boolean;
  /** When it was taken back, if it was; milliseconds since the epoch. */
  readonly takenBackAt?: number;
}

/** What the bank granted and took back: in memory, each until its time is over. */
export class Limits {
  readonly #now: () => number;
  /** By the `jti` of the offer. */
  readonly #granted = new Map<string, Limit>();
  /** The last one of each customer. */
  readonly #latest = new Map<string, string>();

  /** @param now milliseconds since the epoch */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** @param customer as their cookie names them; absent: somebody new. @returns the customer */
  grant(offer: AuthorityOffer, customer: string = randomBytes(24).toString('base64url')): string {
    this.#sweep();
    if (this.#granted.size >= MAX_LIMITS) throw new Refusal(503, 'The bank is full. Nothing was granted.');
    this.#granted.set(offer.claims.jti, { offer, expiresAt: momentOf(offer.claims.exp), isTaken: false });
    this.#latest.set(customer, offer.claims.jti);
    return customer;
  }

  /** What was granted under a `jti`, if anything was. */
  byId = (jti: string): Limit | undefined => this.#granted.get(jti);

  /** The last that a customer was granted. */
  latestOf = (customer: string): Limit | undefined => this.#granted.get(this.#latest.get(customer) ?? '');

  /** The customer's wallet took their last limit. @returns it */
  noteTaken(customer: string): Limit | undefined {
    return this.#change(this.latestOf(customer), { isTaken: true });
  }

  /** Takes a customer's last limit back, for good; once is enough. @returns it */
  takeBack(customer: string): Limit | undefined {
    const limit = this.latestOf(customer);
    return this.#change(limit, { takenBackAt: limit?.takenBackAt ?? this.#now() });
  }

  /** Takes it back, and speaks of it no more: the customer did not want it. */
  drop(customer: string): void {
    this.takeBack(customer);
    this.#latest.delete(customer);
  }

  #change(limit: Limit | undefined, change: Partial<Limit>): Limit | undefined {
    if (limit === undefined) return undefined;
    const changed = { ...limit, ...change };
    this.#granted.set(limit.offer.claims.jti, changed);
    return changed;
  }

  #sweep(): void {
    const now = this.#now();
    for (const [jti, { expiresAt }] of this.#granted) if (expiresAt <= now) this.#granted.delete(jti);
    for (const [customer, jti] of this.#latest) if (!this.#granted.has(jti)) this.#latest.delete(customer);
  }
}
