import type { Bytes } from '../../../core/index.ts';
import {
  SecretBytes,
  SignetError,
  assertField,
  equalBytes,
  fromBase64url,
  randomBytes,
  toBase64url,
} from '../../../core/index.ts';
import type { BudgetChain } from '../verifying/index.ts';
import { LINK_LENGTH, MAX_BUDGET_LENGTH, nextLink } from '../verifying/index.ts';

/** Every so many values one is kept. */
const SPACING = 256;

/** What a person puts into a budget: all of it but the commitment, which the seed gives. */
export type NewBudget = Omit<BudgetChain, 'commitment'>;

/**
 * The payer's side of a hash chain. Whoever has a value has every unit up to it, so nothing of the chain leaves but
 * through `linkAt`, and all that is kept is secret: the seed, one value of every 256, and the 256 at hand.
 */
export class PayerChain {
  readonly #length: number;
  /** Values 0 (the seed), 256, 512 and so on, one after the other. */
  readonly #kept: SecretBytes;
  /** The values from `#at` on to the next that is kept. */
  #stretch: SecretBytes | undefined;
  #at = -1;

  private constructor(length: number, kept: SecretBytes) {
    this.#length = length;
    this.#kept = kept;
  }

  /**
   * A chain of a random seed.
   * @returns the terms to be signed, as a token's `budget_chain`; the seed to be sealed away, which the caller disposes of; and the chain
   * @throws SignetError bad_request for a length that no budget has
   */
  static create({ unit, currency, length }: NewBudget): {
    readonly terms: BudgetChain;
    readonly seed: SecretBytes;
    readonly chain: PayerChain;
  } {
    const seed = SecretBytes.take(randomBytes(LINK_LENGTH));
    const { chain, commitment } = PayerChain.#grow(seed, length);
    return { terms: { commitment: toBase64url(commitment), unit, currency, length }, seed, chain };
  }

  /**
   * The chain of a seed once more: one hash for each unit of the budget.
   * @param seed 32 bytes; copied, and still the caller's to dispose of
   * @throws SignetError internal when the seed is not the one of these terms
   */
  static open(seed: SecretBytes, terms: BudgetChain): PayerChain {
    const { chain, commitment } = PayerChain.#grow(seed, terms.length);
    if (equalBytes(commitment, fromBase64url(terms.commitment))) return chain;
    chain.dispose();
    throw new SignetError('internal', 'This seed is not the one of this budget. Nothing was released.');
  }

  static #grow(seed: SecretBytes, length: number): { readonly chain: PayerChain; readonly commitment: Bytes } {
    const isLength = Number.isSafeInteger(length) && length >= 1 && length <= MAX_BUDGET_LENGTH;
    assertField(isLength, 'length', `A budget has from 1 to ${MAX_BUDGET_LENGTH} units.`);
    assertField(seed.length === LINK_LENGTH, 'seed', 'A seed has 32 bytes.');
    const kept = new Uint8Array((Math.floor(length / SPACING) + 1) * LINK_LENGTH);
    kept.set(seed.expose());
    let link = kept.slice(0, LINK_LENGTH);
    for (let at = 1; at <= length; at++) {
      link = replaceByNext(link);
      if (at % SPACING === 0) kept.set(link, (at / SPACING) * LINK_LENGTH);
    }
    return { chain: new PayerChain(length, SecretBytes.take(kept)), commitment: link };
  }

  /** How many units there are. */
  get length(): number {
    return this.#length;
  }

  /**
   * The value that spends every unit up to `index`. To release it is to spend them: store the index first.
   * @param index from 1 to `length`
   * @throws SignetError bad_request outside that range; locked once disposed
   */
  linkAt(index: number): Bytes {
    const isIndex = Number.isSafeInteger(index) && index >= 1 && index <= this.#length;
    assertField(isIndex, 'index', `This budget has the units 1 to ${this.#length}.`);
    const place = this.#length - index;
    const first = place - (place % SPACING);
    const start = (place - first) * LINK_LENGTH;
    return this.#stretchFrom(first).slice(start, start + LINK_LENGTH);
  }

  /** Forgets the chain. Harmless when repeated. */
  dispose(): void {
    this.#kept.dispose();
    this.#stretch?.dispose();
    this.#stretch = undefined;
  }

  [Symbol.dispose](): void {
    this.dispose();
  }

  #stretchFrom(first: number): Bytes {
    const kept = this.#kept.expose();
    if (this.#stretch !== undefined && this.#at === first) return this.#stretch.expose();
    const values = new Uint8Array(Math.min(SPACING, this.#length - first + 1) * LINK_LENGTH);
    let link = kept.slice((first / SPACING) * LINK_LENGTH, (first / SPACING + 1) * LINK_LENGTH);
    for (let start = 0; start < values.length; start += LINK_LENGTH) {
      values.set(link, start);
      link = replaceByNext(link);
    }
    link.fill(0);
    this.#stretch?.dispose();
    this.#stretch = SecretBytes.take(values);
    this.#at = first;
    return values;
  }
}

/** The value after this one, which is zeroed: each was money. */
function replaceByNext(link: Bytes): Bytes {
  const next = nextLink(link);
  link.fill(0);
  return next;
}
