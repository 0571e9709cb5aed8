import { shake256 } from '@noble/hashes/sha3.js';
import { concatBytes, utf8 } from '../../core/index.ts';
import type { RistrettoPoint } from '../../credentials/commitment/index.ts';
import { BLINDING_BASE, VALUE_BASE, derivePoint } from '../../credentials/commitment/index.ts';
import type { OddMultiples } from './multiscalar.ts';
import { MOST_MULTIPLES, oddMultiples } from './multiscalar.ts';

/** Proofs over more values than this are rare: their generators keep small tables, so that they cost no 50 MB. */
const USUAL_PARTIES = 4;
const FEW_MULTIPLES = 8;
const MAX_BITS = 64;

/** The bases of one proof, by position: value j's bit i stands at j·bits + i. */
export interface ProofBases {
  readonly G: readonly OddMultiples[];
  readonly H: readonly OddMultiples[];
}

/** Generators of one kind for one value of an aggregated proof, and their tables as far as they were needed. */
class Chain {
  readonly #bytes: Uint8Array;
  readonly #multiples: number;
  readonly #tables: OddMultiples[] = [];

  /** @param kind G or H. @param party which value of the proof, from 0 */
  constructor(kind: 'G' | 'H', party: number) {
    const label = concatBytes(utf8(`GeneratorsChain${kind}`), Uint8Array.of(party, 0, 0, 0));
    this.#multiples = party < USUAL_PARTIES ? MOST_MULTIPLES : FEW_MULTIPLES;
    this.#bytes = shake256(label, { dkLen: 64 * MAX_BITS });
  }

  first(bits: number): readonly OddMultiples[] {
    while (this.#tables.length < bits) {
      this.#tables.push(oddMultiples(this.#point(this.#tables.length), this.#multiples));
    }
    return this.#tables.slice(0, bits);
  }

  #point(i: number): RistrettoPoint {
    return derivePoint(this.#bytes.subarray(64 * i, 64 * (i + 1)));
  }
}

/**
 * The generators of dalek's `BulletproofGens`, each hashed to the curve and tabled when it is first needed. They are
 * constants: that they are not computed at the start of every page nobody can tell but by the clock.
 */
class Generators {
  readonly #chains = { G: [] as Chain[], H: [] as Chain[] };
  #pedersen: { readonly value: OddMultiples; readonly blinding: OddMultiples } | undefined;

  /** @param bits of each value. @param parties values in the proof */
  bases(bits: number, parties: number): ProofBases {
    return { G: this.#tables('G', bits, parties), H: this.#tables('H', bits, parties) };
  }

  /** Tables of B and B̃. */
  get pedersen(): { readonly value: OddMultiples; readonly blinding: OddMultiples } {
    this.#pedersen ??= {
      value: oddMultiples(VALUE_BASE, MOST_MULTIPLES),
      blinding: oddMultiples(BLINDING_BASE, MOST_MULTIPLES),
    };
    return this.#pedersen;
  }

  #tables(kind: 'G' | 'H', bits: number, parties: number): readonly OddMultiples[] {
    const chains = this.#chains[kind];
    while (chains.length < parties) chains.push(new Chain(kind, chains.length));
    return chains.slice(0, parties).flatMap((chain) => chain.first(bits));
  }
}

export const GENERATORS = new Generators();
