import { expect, it } from 'vitest';
import type { BudgetChain } from '../../lib/capabilities/budget/index.ts';
import { checkUnit, leadsTo, nextLink, nothingSpent } from '../../lib/capabilities/budget/index.ts';
import type { Bytes } from '../../lib/core/index.ts';
import { fromHex, toBase64url, toHex, utf8 } from '../../lib/core/index.ts';
import { hashLeaf, includes } from '../../lib/core/merkle/index.ts';
import { bareHash, bareIncludes } from '../fixtures/capabilities/bare-merkle.ts';
import { collectVectors, describeVectors, readVectorJson } from './vectors.ts';

interface ChainVectors {
  readonly seed_hex: string;
  readonly chain: readonly string[];
  readonly chain_length: number;
  readonly commitment: string;
  readonly cases: readonly {
    readonly name: string;
    readonly index: number;
    readonly preimage: string;
    readonly expected: boolean;
  }[];
}

interface MerkleVectors {
  readonly leaves: readonly string[];
  readonly root: string;
  readonly cases: readonly {
    readonly name: string;
    readonly leaf: string;
    readonly expected: boolean;
    readonly proof: readonly { readonly hash: string; readonly position: 'left' | 'right' }[];
  }[];
}

const chains = (): ChainVectors => readVectorJson('spl', 'hashchain_vectors.json') as ChainVectors;
const trees = (): MerkleVectors => readVectorJson('spl', 'merkle_vectors.json') as MerkleVectors;
const chainCases = collectVectors(() => chains().cases);
const treeCases = collectVectors(() => trees().cases);

/** Their chain as terms of ours: their index counts from the seed, ours from the commitment. */
const terms = (): BudgetChain => ({
  ...{ commitment: toBase64url(fromHex(chains().commitment)), length: chains().chain_length },
  ...{ unit: 1, currency: 'USD' },
});

describeVectors('the hash chain of the published policy language', () => {
  it('has the published values', () => {
    const { seed_hex, chain, chain_length } = chains();
    let link: Bytes = fromHex(seed_hex);
    const found = [toHex(link)];
    for (let n = 0; n < chain_length; n++) found.push(toHex((link = nextLink(link))));
    expect(found).toEqual(chain);
  });

  it.each(chainCases)('$name: leads to the commitment, or does not, as published', ({ index, preimage, expected }) => {
    const { chain_length, commitment } = chains();
    expect(leadsTo(fromHex(preimage), chain_length - index, fromHex(commitment))).toBe(expected);
  });

  it.each(chainCases)('$name: pays where it spends something', ({ index, preimage, expected }) => {
    const spent = chains().chain_length - index;
    const check = checkUnit(terms(), nothingSpent(terms()), { index: spent, link: fromHex(preimage) });
    // The commitment is published: whoever shows it has spent nothing, and pays nothing.
    expect(check.ok).toBe(expected && spent > 0);
  });

  it('ends at its seed: their verifiers take the commitment for any index beyond', () => {
    const { commitment, chain_length } = chains();
    for (const index of [chain_length + 1, chain_length + 1000]) {
      expect(leadsTo(fromHex(commitment), chain_length - index, fromHex(commitment))).toBe(false);
      const unit = { index, link: fromHex(commitment) };
      expect(checkUnit(terms(), nothingSpent(terms()), unit)).toEqual({ ok: false, reason: 'out_of_range' });
    }
  });
});

describeVectors('the Merkle tree of the published policy language', () => {
  it.each(treeCases)('$name: is as published by hashes without prefixes', ({ leaf, proof, expected }) => {
    const steps = proof.map(({ hash, position }) => ({ hash: fromHex(hash), position }));
    expect(bareIncludes(utf8(leaf), steps, fromHex(trees().root))).toBe(expected);
  });

  it.each(treeCases)('$name: is no proof for a clause, whose tree has prefixes', ({ leaf, proof }) => {
    const [root, size] = [fromHex(trees().root), trees().leaves.length];
    const hashes = proof.map(({ hash }) => fromHex(hash));
    for (let index = 0; index < size; index++) {
      expect(includes({ leaf: hashLeaf(utf8(leaf)), index, size, root }, hashes)).toBe(false);
    }
  });

  it('takes a node for a leaf, which is why clauses have a tree of their own', () => {
    const [a, b, c, d] = trees().leaves.map((leaf) => bareHash(utf8(leaf)));
    if (!a || !b || !c || !d) throw new Error('there are four leaves');
    const proof = [{ hash: bareHash(c, d), position: 'right' }] as const;
    expect(bareIncludes(Buffer.concat([a, b]), proof, fromHex(trees().root))).toBe(true);
  });
});
