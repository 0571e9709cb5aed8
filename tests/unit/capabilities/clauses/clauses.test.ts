import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ClauseCommitment, ClauseOpening } from '../../../../lib/capabilities/clauses/index.ts';
import { ClauseTree, formatOpened, parseOpened, verifyClauses } from '../../../../lib/capabilities/clauses/index.ts';
import type { Bytes } from '../../../../lib/core/index.ts';
import {
  canonicalJson,
  concatBytes,
  fromBase64url,
  randomBytes,
  toBase64url,
  utf8,
} from '../../../../lib/core/index.ts';
import { hashLeaf, hashNode, includes } from '../../../../lib/core/merkle/index.ts';
import { bareHash, bareIncludes } from '../../../fixtures/capabilities/bare-merkle.ts';
import { anyPermission, permissionOf } from '../../../fixtures/capabilities/permissions.ts';

const numRuns = Number(process.env['SIGNET_RUNS'] ?? 20);

const bent = (bytes: Bytes, at: number): Bytes => bytes.map((byte, i) => (i === at % bytes.length ? byte ^ 1 : byte));
const committedTo = (root: Bytes, leaves: number): ClauseCommitment => ({ merkle_root: toBase64url(root), leaves });
const bentRoot = ({ merkle_root, leaves }: ClauseCommitment, at: number): ClauseCommitment =>
  committedTo(bent(fromBase64url(merkle_root), at), leaves);
const reasonOf = (commitment: ClauseCommitment, opened: readonly ClauseOpening[]): string => {
  const check = verifyClauses(commitment, opened);
  return check.ok ? 'ok' : check.reason;
};

async function opened(count = 3): Promise<{ readonly tree: ClauseTree; readonly clauses: readonly ClauseOpening[] }> {
  const permissions = Array.from({ length: count }, (_, i) => permissionOf({ amount: 100 * (i + 1) }));
  const tree = ClauseTree.of(permissions);
  return { tree, clauses: await tree.openAll() };
}

const first = async (): Promise<{ readonly commitment: ClauseCommitment; readonly clause: ClauseOpening }> => {
  const { tree } = await opened();
  return { commitment: tree.commitment, clause: await tree.openLeaf(0) };
};

describe('a tree of clauses', () => {
  test('opens each of its clauses, and each holds', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(anyPermission, { minLength: 1, maxLength: 40 }), async (permissions) => {
        const tree = ClauseTree.of(permissions);
        const check = verifyClauses(tree.commitment, await tree.openAll());
        expect(check).toEqual({ ok: true, permissions });
        expect(Math.log2(tree.commitment.leaves) % 1).toBe(0);
      }),
      { numRuns },
    );
  });

  test('takes from one to 256 clauses', async () => {
    const most = ClauseTree.of(Array.from({ length: 256 }, () => permissionOf()));
    expect(most.commitment.leaves).toBe(256);
    expect(reasonOf(most.commitment, await most.openAll())).toBe('ok');
    for (const count of [0, 257]) {
      expect(() => ClauseTree.of(Array.from({ length: count }, () => permissionOf()))).toThrow(
        expect.objectContaining({ reason: 'bad_request', field: 'permissions' }) as Error,
      );
    }
  });

  test('does not tell by its size whether there are one or eight clauses', () => {
    expect(ClauseTree.of([permissionOf()]).commitment.leaves).toBe(8);
    expect(ClauseTree.of(Array.from({ length: 8 }, () => permissionOf())).commitment.leaves).toBe(8);
    expect(ClauseTree.of(Array.from({ length: 9 }, () => permissionOf())).commitment.leaves).toBe(16);
  });

  test('puts a single clause anywhere, so that its place tells nothing of how many there are', async () => {
    const places = new Set<number>();
    for (let n = 0; n < 200; n++) places.add((await ClauseTree.of([permissionOf()]).openLeaf(0)).place);
    expect([...places].sort()).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  });

  test('shows siblings that look alike whether they are clauses or padding', async () => {
    const ones = async (count: number): Promise<number> => {
      let sum = 0;
      for (let n = 0; n < 100; n++) {
        const { clauses } = await opened(count);
        const [sibling] = clauses[0]?.proof ?? [];
        for (const byte of sibling ?? []) sum += byte.toString(2).replaceAll('0', '').length;
      }
      return sum / (100 * 256);
    };
    for (const count of [1, 8]) expect(Math.abs((await ones(count)) - 0.5)).toBeLessThan(0.02);
  });

  test('has another root each time, so that equal permissions cannot be linked', () => {
    const roots = [1, 2].map(() => ClauseTree.of([permissionOf()]).commitment.merkle_root);
    expect(roots[0]).not.toBe(roots[1]);
  });

  test('opens no clause that it does not have', async () => {
    const { tree } = await opened();
    for (const index of [3, -1, 0.5, Number.NaN]) {
      await expect(tree.openLeaf(index)).rejects.toMatchObject({ reason: 'not_found' });
    }
  });

  test('refuses an amount with a fraction before it commits to anything', () => {
    expect(() => ClauseTree.of([permissionOf(), permissionOf({ amount: 0.1 + 0.2 })])).toThrow(
      expect.objectContaining({ field: 'amount' }) as Error,
    );
  });

  test('keeps what it committed to, whatever is done to what it handed out', async () => {
    const { tree } = await opened();
    const handed = await tree.openLeaf(0);
    handed.leaf.fill(0);
    for (const hash of handed.proof) hash.fill(0);
    expect(reasonOf(tree.commitment, await tree.openAll())).toBe('ok');
  });
});

describe('an opened clause is refused', () => {
  test('with any byte of its leaf, its proof or the root changed', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(), fc.nat(2), async (at, which) => {
        const { commitment, clause } = await first();
        expect(reasonOf(commitment, [{ ...clause, leaf: bent(clause.leaf, at) }])).toBe('not_included');
        expect(reasonOf(bentRoot(commitment, at), [clause])).toBe('not_included');
        const proof = clause.proof.map((hash, i) => (i === which ? bent(hash, at) : hash));
        expect(reasonOf(commitment, [{ ...clause, proof }])).toBe('not_included');
      }),
      { numRuns },
    );
  });

  test('in another place, and where there is none', async () => {
    const { commitment, clause } = await first();
    const other = (clause.place + 1) % commitment.leaves;
    expect(reasonOf(commitment, [{ ...clause, place: other }])).toBe('not_included');
    for (const place of [-1, commitment.leaves, 0.5, Number.NaN, Infinity, 2 ** 32 + clause.place]) {
      expect(reasonOf(commitment, [{ ...clause, place }])).toBe('bad_proof');
    }
  });

  test('with a proof that is too short, too long or not of hashes', async () => {
    const { commitment, clause } = await first();
    const [sibling = new Uint8Array(), ...rest] = clause.proof;
    for (const proof of [
      [],
      rest,
      [...clause.proof, sibling],
      [sibling.slice(1), ...rest],
      [new Uint8Array(33), ...rest],
    ]) {
      expect(reasonOf(commitment, [{ ...clause, proof }])).toBe('bad_proof');
    }
  });

  test('under the commitment of another token', async () => {
    const [one, other] = [await first(), await first()];
    expect(reasonOf(other.commitment, [one.clause])).toBe('not_included');
  });

  test('when it is shown twice, or when too many are', async () => {
    const { commitment, clause } = await first();
    expect(reasonOf(commitment, [clause, clause])).toBe('twice');
    expect(
      reasonOf(
        commitment,
        Array.from({ length: 257 }, (_, place) => ({ ...clause, place })),
      ),
    ).toBe('too_many');
  });

  test('and takes the sound ones with it', async () => {
    const { tree, clauses } = await opened();
    const [a, b] = clauses;
    if (a === undefined || b === undefined) throw new Error('there are three');
    expect(reasonOf(tree.commitment, [a, { ...b, leaf: a.leaf }])).toBe('not_included');
  });

  test('when the token committed to what is no permission', () => {
    for (const text of ['{}', 'not JSON', canonicalJson({ v: 1, salt: 'AAAAAAAAAAAAAAAAAAAAAA', permission: {} })]) {
      const leaf = utf8(text);
      const commitment = committedTo(hashNode(hashLeaf(leaf), hashLeaf(leaf)), 2);
      expect(reasonOf(commitment, [{ leaf, place: 0, proof: [hashLeaf(leaf)] }])).toBe('bad_leaf');
    }
  });

  test('when it is over 8 kB, without being read', () => {
    const leaf = new Uint8Array(8193).fill(0x20);
    const commitment = committedTo(hashLeaf(leaf), 1);
    expect(reasonOf(commitment, [{ leaf, place: 0, proof: [] }])).toBe('bad_leaf');
  });

  test.each([0, 3, 512, -8, 8.5, Number.NaN, Infinity, 2 ** -1, '8', null])(
    'where the tree has the size %j',
    async (size) => {
      const { commitment, clause } = await first();
      const leaves = size as number; // what untyped callers pass
      expect(reasonOf({ ...commitment, leaves }, [clause])).toBe('bad_commitment');
    },
  );

  test('where the root is no hash', async () => {
    const { commitment, clause } = await first();
    const { merkle_root } = commitment;
    for (const other of [
      '',
      merkle_root.slice(1),
      `${merkle_root}A`,
      `${merkle_root.slice(0, -1)}=`,
      null,
      7,
      [merkle_root],
    ]) {
      const root = other as string; // what untyped callers pass
      expect(reasonOf({ ...commitment, merkle_root: root }, [clause])).toBe('bad_commitment');
    }
  });
});

describe('a leaf and a node', () => {
  /** What an attacker would have the person commit to: as a leaf it says nothing, as a node it has a leaf below. */
  const wanted = utf8('{"the permission":"that was never given"}');
  const beside = utf8('anything');
  const others = Array.from({ length: 3 }, (_, i) => utf8(`other ${i}`));

  test('are one to a verifier without prefixes, which takes a leaf for a node', () => {
    const crafted = concatBytes(bareHash(wanted), bareHash(beside));
    const [a, b, c, d] = [crafted, ...others].map((leaf) => bareHash(leaf));
    if (!a || !b || !c || !d) throw new Error('there are four');
    const root = bareHash(bareHash(a, b), bareHash(c, d));
    const proof = [
      { hash: bareHash(beside), position: 'right' },
      { hash: b, position: 'right' },
      { hash: bareHash(c, d), position: 'right' },
    ] as const;
    expect(bareIncludes(wanted, proof, root)).toBe(true);
  });

  test('are two here: a leaf is not taken for a node, whatever size the tree is said to have', () => {
    const crafted = concatBytes(hashLeaf(wanted), hashLeaf(beside));
    const [a, b, c, d] = [crafted, ...others].map(hashLeaf);
    if (!a || !b || !c || !d) throw new Error('there are four');
    const root = hashNode(hashNode(a, b), hashNode(c, d));
    expect(includes({ leaf: a, index: 0, size: 4, root }, [b, hashNode(c, d)])).toBe(true);
    const proof = [hashLeaf(beside), b, hashNode(c, d)];
    expect(includes({ leaf: hashLeaf(wanted), index: 0, size: 8, root }, proof)).toBe(false);
    expect(reasonOf(committedTo(root, 4), [{ leaf: wanted, place: 0, proof }])).toBe('bad_proof');
    expect(reasonOf(committedTo(root, 8), [{ leaf: wanted, place: 0, proof }])).toBe('not_included');
  });

  test('are one to a verifier without prefixes, which takes a node for a leaf', () => {
    const [a, b, c, d] = [beside, ...others].map((leaf) => bareHash(leaf));
    if (!a || !b || !c || !d) throw new Error('there are four');
    const root = bareHash(bareHash(a, b), bareHash(c, d));
    expect(bareIncludes(concatBytes(a, b), [{ hash: bareHash(c, d), position: 'right' }], root)).toBe(true);
  });

  test('are two here: a node is not taken for a leaf', async () => {
    const { tree, clauses } = await opened(8);
    const inOrder = [...clauses].sort((a, b) => a.place - b.place).map(({ leaf }) => hashLeaf(leaf));
    const [a, b] = inOrder;
    const proof = clauses.find(({ place }) => place === 0)?.proof.slice(1) ?? [];
    if (!a || !b) throw new Error('there are eight');
    const leaf = concatBytes(a, b);
    expect(reasonOf(tree.commitment, [{ leaf, place: 0, proof }])).toBe('bad_proof');
    expect(reasonOf({ ...tree.commitment, leaves: 4 }, [{ leaf, place: 0, proof }])).toBe('not_included');
  });
});

describe('opened clauses beside a token', () => {
  test('are written and read back', async () => {
    const { clauses } = await opened();
    expect(parseOpened(formatOpened(clauses))).toEqual(clauses);
    expect(parseOpened('[]')).toEqual([]);
  });

  test('have one spelling', async () => {
    const { clauses } = await opened(1);
    const text = formatOpened(clauses);
    for (const other of [
      ` ${text}`,
      text.replace('"leaf"', '"more":1,"leaf"'),
      text.replace('{"leaf"', '{"leaf":"","leaf"'),
      text.replace('"place":', '"place":0'),
      text.replace(/"proof":\["/, '"proof":["='),
      text.replace('[{', '{').replace('}]', '}'),
      text.slice(0, -1),
      `${text.slice(0, -1)},null]`,
      text.replace(/"proof":.*\]\}/, '"proof":"none"}'),
      text.replace(/"place":\d/, '"place":"0"'),
      text.replace(/"place":\d/, '"place":256'),
      text.replace(/"leaf":"/, '"leaf":"!'),
      '"text"',
      '',
    ]) {
      expect(() => parseOpened(other)).toThrow(expect.objectContaining({ reason: 'bad_request' }) as Error);
    }
  });

  test('are bounded in length, in number and in depth before anything looks at them', () => {
    for (const text of [`["${'a'.repeat(262_144)}"]`, `[${'[],'.repeat(256)}[]]`, '['.repeat(100_000)]) {
      expect(() => parseOpened(text)).toThrow(expect.objectContaining({ field: 'clauses' }) as Error);
    }
  });
});

describe('whatever comes', () => {
  const text = fc.oneof(
    fc.string({ maxLength: 2000, unit: 'binary' }),
    fc.json({ maxDepth: 6 }),
    fc
      .array(fc.constantFrom('[', ']', '{', '}', '"', ',', ':', '\\', '"leaf"', '"proof"', '"place"', '1', 'e', '-'))
      .map((parts) => parts.join('')),
  );

  test('the reader of clauses answers with clauses or with its error', () => {
    fc.assert(
      fc.property(text, (some) => {
        try {
          expect(formatOpened(parseOpened(some))).toBe(some);
        } catch (error) {
          expect(error).toMatchObject({ reason: 'bad_request' });
        }
      }),
      { numRuns: numRuns * 50 },
    );
  });

  test('the verifier refuses clauses that nobody committed to, and throws nothing', async () => {
    const { tree, clauses } = await opened(8);
    const some = fc.constantFrom(...clauses);
    const hash = fc.oneof(
      fc.uint8Array({ maxLength: 40 }),
      fc.constantFrom(...clauses.flatMap(({ proof }) => proof)),
      fc.constantFrom<unknown>(null, 'text', undefined, 7),
    );
    const clause = fc.record({
      leaf: fc.oneof(
        fc.uint8Array({ maxLength: 9000 }),
        some.map(({ leaf }) => leaf),
      ),
      place: fc.oneof(fc.double(), fc.integer({ min: -2, max: 9 })),
      proof: fc.oneof(
        fc.array(hash, { maxLength: 12 }),
        some.map(({ proof }) => proof),
      ),
    }) as fc.Arbitrary<ClauseOpening>;
    const honest = new Set(clauses.map((one) => formatOpened([one])));
    fc.assert(
      fc.property(fc.array(clause, { minLength: 1, maxLength: 5 }), (tried) => {
        const check = verifyClauses(tree.commitment, tried);
        if (check.ok) for (const one of tried) expect(honest).toContain(formatOpened([one]));
        else expect(check.detail).not.toBe('');
      }),
      { numRuns: numRuns * 50 },
    );
  });

  test('the verifier takes a hostile root of random bytes for nothing more than a root', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 8 }), fc.nat(255), (level, place) => {
        const size = 2 ** level;
        const proof = Array.from({ length: level }, () => randomBytes(32));
        const leaf = utf8('{}');
        expect(reasonOf(committedTo(randomBytes(32), size), [{ leaf, place: place % size, proof }])).toBe(
          'not_included',
        );
      }),
      { numRuns },
    );
  });
});
