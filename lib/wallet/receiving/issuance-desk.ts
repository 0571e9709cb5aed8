import { SignetError } from '../../core/index.ts';
import type { Clock } from '../../core/index.ts';
import type { OfferStage } from '../../messaging/contract.ts';
import { REQUEST_LIFETIME } from '../../requests/index.ts';
import type { IssuanceSession } from '../../protocols/index.ts';
import type { Arrived } from './arrived.ts';
import { forgetArrived } from './arrived.ts';

/** How far something has come that takes its time. `of`: how many there are, 0 where they are not counted. */
export interface Underway {
  readonly stage: OfferStage;
  readonly done: number;
  readonly of: number;
}

/** How often pages hear of a count that goes up: milliseconds. */
const SAY_EVERY = 200;

/**
 * What the worker remembers of issuances and may forget: how far each has come, which is being asked for now, and copies
 * that came and wait for an opener. Whatever must not be lost is in the vault, or in the request.
 */
export class IssuanceDesk {
  readonly held = new HeldArrivals();
  readonly #clock: Clock;
  readonly #changed: () => void;
  readonly #underway = new Map<string, Underway>();
  readonly #asking = new Set<string>();
  #saidAt = -Infinity;

  /** @param changed is called when pages that show what is under way should look again */
  constructor(clock: Clock, changed: () => void) {
    this.#clock = clock;
    this.#changed = changed;
  }

  /** How far a request has come, where something of it is under way. */
  underway(id: string): Underway | undefined {
    return this.#underway.get(id);
  }

  /** Says how far `work` is for as long as it runs, and keeps anybody else from running the same meanwhile. */
  async during<T>(id: string, work: (say: (underway: Underway) => void) => Promise<T>): Promise<T> {
    return this.once(id, async () => {
      try {
        return await work((underway) => this.#say(id, underway));
      } finally {
        this.#underway.delete(id);
      }
    });
  }

  /** @throws SignetError wait when the same is being done already */
  async once<T>(id: string, work: () => Promise<T>): Promise<T> {
    if (this.#asking.has(id)) {
      throw new SignetError('wait', 'The issuer is being asked just now. Wait a moment and look again.');
    }
    this.#asking.add(id);
    try {
      return await work();
    } finally {
      this.#asking.delete(id);
    }
  }

  /** The vault is locked, or is another one: what came and was not stored is gone. */
  forget(): void {
    this.held.clear();
  }

  #say(id: string, underway: Underway): void {
    const isNewStage = this.#underway.get(id)?.stage !== underway.stage;
    this.#underway.set(id, underway);
    if (!isNewStage && this.#clock() - this.#saidAt < SAY_EVERY) return;
    this.#saidAt = this.#clock();
    this.#changed();
  }
}

/** What came, by which token, and could not be stored yet. */
export interface Held {
  readonly arrived: readonly Arrived[];
  readonly session: IssuanceSession;
}

/** What was received and could not be stored yet: kept for another try, in memory alone. */
export class HeldArrivals {
  #held: (Held & { readonly key: string; readonly since: number }) | undefined;

  /** Takes what is held under this key, which is held no more. Anything else that is held is forgotten. */
  take(key: string, now: number): Held | undefined {
    const held = this.#held;
    this.#held = undefined;
    if (held === undefined) return undefined;
    if (held.key === key && now - held.since < REQUEST_LIFETIME) return held;
    forgetArrived(held.arrived);
    return undefined;
  }

  hold(key: string, held: Held, now: number): void {
    this.clear();
    this.#held = { ...held, key, since: now };
  }

  clear(): void {
    forgetArrived(this.#held?.arrived ?? []);
    this.#held = undefined;
  }
}
