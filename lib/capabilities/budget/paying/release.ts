import { SignetError, assertField } from '../../../core/index.ts';
import type { Unit } from '../verifying/index.ts';
import type { PayerChain } from './payer-chain.ts';
import type { SpentIndexStore } from './spent-index.ts';

/** Others may be spending from the same budget: how often one of them may be quicker. */
const MAX_TRIES = 1000;

export interface Release {
  /** Which budget: the `jti` of its token. */
  readonly budget: string;
  readonly chain: PayerChain;
  readonly store: SpentIndexStore;
  /** How many units to release, at least 1. */
  readonly units: number;
}

/**
 * Spends units: stores how far the budget is spent, and only then lets the value out. When the worker dies in between,
 * those units are spent and nobody has them; never are they released twice.
 * @throws SignetError `consumed` when fewer are left; `bad_request` for a count that is none; `internal` when the store
 *   went back; `changed` when others kept being quicker; whatever the store throws. Nothing is released then.
 */
export async function releaseUnits({ budget, chain, store, units }: Release): Promise<Unit> {
  assertField(Number.isSafeInteger(units) && units >= 1, 'units', 'Units are released in whole numbers.');
  let seen = 0;
  for (let tries = 0; tries < MAX_TRIES; tries++) {
    const from = await store.read(budget);
    assertForward(seen, from, chain);
    seen = from;
    const index = from + units;
    if (index > chain.length)
      throw new SignetError('consumed', 'The budget has too little left. Nothing was released.');
    if (await store.advance(budget, from, index)) return { index, link: chain.linkAt(index) };
  }
  throw new SignetError('changed', 'This budget is being spent elsewhere. Nothing was released.');
}

function assertForward(seen: number, now: number, { length }: PayerChain): void {
  if (Number.isSafeInteger(now) && now >= seen && now <= length) return;
  throw new SignetError('internal', 'What is stored of this budget went back. Nothing was released.');
}
