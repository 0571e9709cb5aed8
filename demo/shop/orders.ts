import { randomBytes } from 'node:crypto';
import { toMajorUnits, toMinorUnits } from '../../lib/core/index.ts';
import { Refusal } from '../http.ts';
import { CURRENCY, WINES } from './wines.ts';

const ORDER_MINUTES = 15;
const MAX_BOTTLES = 12;
const MAX_WAITING = 1000;

/** A basket that was rung up: what it costs is the shop's word, never the page's. */
export interface Order {
  /** Whose it is: what their cookie carries. */
  readonly guest: string;
  /** In words, such as "2 × Slow Meadow". */
  readonly items: string;
  /** Dollars, such as "28.00". */
  readonly amount: string;
}

/** Bottles by the id of their wine, as a page sends them. @throws Refusal when it is no basket of ours */
export function priceBasket(basket: unknown): Omit<Order, 'guest'> {
  if (typeof basket !== 'object' || basket === null) throw new Refusal(400, 'There is no basket.');
  const counts = new Map<string, unknown>(Object.entries(basket));
  const lines = WINES.flatMap((wine) => (counts.has(wine.id) ? [{ wine, count: bottles(counts.get(wine.id)) }] : []));
  if (lines.length === 0) throw new Refusal(400, 'The basket is empty.');
  if (lines.length < counts.size) throw new Refusal(404, 'We have no such bottle.');
  const cents = lines.reduce((sum, { wine, count }) => sum + count * toMinorUnits(wine.price, CURRENCY), 0);
  const items = lines.map(({ wine, count }) => `${count} × ${wine.name}`).join(', ');
  return { items, amount: toMajorUnits(cents, CURRENCY) };
}

function bottles(count: unknown): number {
  if (Number.isInteger(count) && Number(count) >= 1 && Number(count) <= MAX_BOTTLES) return Number(count);
  throw new Refusal(400, `Take between one bottle and ${MAX_BOTTLES} of a kind.`);
}

/** Baskets that wait to be paid, each under a nonce of its own: in memory, none for longer than a quarter of an hour. */
export class Orders {
  readonly #now: () => number;
  readonly #waiting = new Map<string, Order & { readonly expiresAt: number }>();

  /** @param now milliseconds since the epoch */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** Rings a basket up. @returns the nonce that a payment has to answer. @throws Refusal when too many wait */
  place(order: Order): string {
    this.#sweep();
    if (this.#waiting.size >= MAX_WAITING) throw new Refusal(503, 'The till is busy. Nothing was taken.');
    const nonce = randomBytes(24).toString('base64url');
    this.#waiting.set(nonce, { ...order, expiresAt: this.#now() + ORDER_MINUTES * 60_000 });
    return nonce;
  }

  /** The guest's order under a nonce. It is gone afterwards: a nonce is answered once, well or badly. */
  take(nonce: unknown, guest: string): Order | undefined {
    const order = typeof nonce === 'string' ? this.#waiting.get(nonce) : undefined;
    if (typeof nonce !== 'string' || order?.guest !== guest) return undefined;
    this.#waiting.delete(nonce);
    return order.expiresAt > this.#now() ? order : undefined;
  }

  #sweep(): void {
    const now = this.#now();
    for (const [nonce, { expiresAt }] of this.#waiting) if (expiresAt <= now) this.#waiting.delete(nonce);
  }
}
