import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import type { ClauseOpening, Permission } from '../../../lib/capabilities/index.ts';
import {
  ClauseTree,
  formatOpened,
  narrowToken,
  parseOpened,
  readChain,
  signingKeyJwk,
} from '../../../lib/capabilities/index.ts';
import type { Bytes } from '../../../lib/core/index.ts';
import { concatBytes } from '../../../lib/core/index.ts';
import { hashLeaf, hashNode } from '../../../lib/core/merkle/index.ts';
import { AGENT, NOW, OTHER_SHOP, SHOP, issue, issueExactly, keyNumber } from '../../fixtures/capabilities.ts';
import { buy, newLedger, proofFor, reasonsOf } from '../../fixtures/capabilities/buy.ts';

const numRuns = Number(process.env['SIGNET_RUNS'] ?? 40);
const HELPER = keyNumber(3);

const here: Permission = { audience: SHOP, action: 'purchase', amount: 2000, currency: 'USD' };

interface Hidden {
  readonly token: string;
  /** Each clause by itself, as it goes beside the token. */
  readonly texts: readonly string[];
  readonly openings: readonly ClauseOpening[];
}

/** A one-time token that hides these clauses and nothing else. */
async function hiding(clauses: readonly Permission[], terms: object = {}): Promise<Hidden> {
  const tree = ClauseTree.of(clauses);
  const token = await issueExactly({
    ...{ unit: 'minor', one_time: true, purpose: 'Gifts' },
    ...tree.commitment,
    ...terms,
  });
  const openings = await tree.openAll();
  return { token, openings, texts: openings.map((one) => formatOpened([one])) };
}

let hidden: Hidden;

beforeAll(async () => {
  hidden = await hiding([
    here,
    { ...here, audience: OTHER_SHOP, amount: 5000 },
    { ...here, action: 'refund' },
    { ...here, policy: '(<= (get req "amount") 999)' },
  ]);
});

/** A purchase of 10.00 with one of the clauses shown. */
const show = (clause: unknown, { token } = hidden, setting: object = {}) =>
  buy(token, { clause: clause as string, ...setting }); // what untyped callers pass

describe('hidden clauses', () => {
  test('allow what the one that is opened says, which is counted', async () => {
    const ledger = newLedger();
    expect(await show(hidden.texts[0], hidden, { ledger })).toMatchObject({ allowed: true, remaining: '0.00' });
    expect(ledger.uses).toMatchObject([{ jti: readChain(hidden.token).root.claims.jti, limit: 2000, oneTime: true }]);
    expect(reasonsOf(await show(hidden.texts[0], hidden, { ledger }))).toEqual(['used']);
  });

  test('allow nothing where none is opened', async () => {
    expect(reasonsOf(await buy(hidden.token))).toEqual(['hidden_clauses']);
  });

  test.each<[string, number, string]>([
    ['that names another origin', 1, 'wrong_audience'],
    ['for another action', 2, 'wrong_action'],
    ['whose policy denies', 3, 'policy_denied'],
  ])('allow nothing by one %s', async (_, index, reason) => {
    expect(reasonsOf(await show(hidden.texts[index]))).toEqual([reason]);
  });

  test('allow no more than the one that is opened, whatever another says', async () => {
    const setting = { amount: '20.01', signed: { amount: 2001 } };
    expect(reasonsOf(await show(hidden.texts[0], hidden, setting))).toEqual(['over_amount']);
  });

  test('allow nothing for money by one that moves none, nor in another currency', async () => {
    const free = await hiding([
      { audience: SHOP, action: 'purchase' },
      { ...here, currency: 'EUR' },
    ]);
    expect(reasonsOf(await show(free.texts[0], free))).toEqual(['over_amount']);
    expect(reasonsOf(await show(free.texts[1], free))).toEqual(['wrong_currency']);
  });

  test('allow nothing by a clause of another token, though it says the same', async () => {
    const other = await hiding([here]);
    expect(reasonsOf(await show(other.texts[0]))).toEqual(['wrong_clause']);
    expect(reasonsOf(await show(hidden.texts[0], other))).toEqual(['wrong_clause']);
  });

  test('allow nothing by one that is shown in another place', async () => {
    const { leaf, place, proof } = hidden.openings[0] ?? { leaf: new Uint8Array(), place: 0, proof: [] };
    for (const other of [(place + 1) % 8, place ^ 1]) {
      expect(reasonsOf(await show(formatOpened([{ leaf, place: other, proof }])))).toEqual(['wrong_clause']);
    }
  });

  test('are opened one by one: whoever shows more is refused, and whoever shows an empty list', async () => {
    expect(reasonsOf(await show(formatOpened(hidden.openings)))).toEqual(['malformed_clause']);
    expect(reasonsOf(await show(formatOpened(hidden.openings.slice(0, 2))))).toEqual(['malformed_clause']);
    expect(reasonsOf(await show('[]'))).toEqual(['malformed_clause']);
  });

  test.each([[''], ['{}'], ['null'], ['['.repeat(5000)], [null], [7], [{}], [[]]])(
    'allow nothing by %j',
    async (clause) => {
      expect(reasonsOf(await show(clause))).toEqual(['malformed_clause']);
    },
  );

  test('are restricted by what stands in the clear', async () => {
    const restricted = await hiding([here], { permissions: ['refund'] });
    expect(reasonsOf(await show(restricted.texts[0], restricted))).toEqual(['wrong_action']);
  });

  test('bind a token that was narrowed as they bind its root', async () => {
    const child = await narrowToken(hidden.token, { holder: signingKeyJwk(HELPER), lifetime: 300 }, AGENT, NOW);
    const narrowed = { ...hidden, token: child };
    expect((await show(hidden.texts[0], narrowed, { holder: HELPER })).allowed).toBe(true);
    expect(reasonsOf(await show(hidden.texts[1], narrowed, { holder: HELPER }))).toEqual(['wrong_audience']);
    expect(reasonsOf(await buy(child, { holder: HELPER }))).toEqual(['hidden_clauses']);
  });

  test('shown with a token that hides none are refused', async () => {
    const plain = { ...hidden, token: await issue() };
    for (const clause of [hidden.texts[0], '[]', null]) {
      expect(reasonsOf(await show(clause, plain))).toEqual(['wrong_clause']);
    }
  });
});

describe('a leaf and a node of hidden clauses', () => {
  const inOrder = (): readonly ClauseOpening[] => [...hidden.openings].sort((a, b) => a.place - b.place);

  test('are two: the hashes of two leaves, shown as a leaf one level up, are none', async () => {
    const [first] = inOrder();
    if (first === undefined) throw new Error('there are four');
    const [sibling = new Uint8Array(), ...above] = first.proof;
    const pair = first.place % 2 === 0 ? [hashLeaf(first.leaf), sibling] : [sibling, hashLeaf(first.leaf)];
    const opened = { leaf: concatBytes(...pair), place: first.place >> 1, proof: above };
    expect(reasonsOf(await show(formatOpened([opened])))).toEqual(['wrong_clause']);
  });

  test('are two: a leaf that looks like a node has nothing below it', async () => {
    // Whoever writes the clauses themselves gets a text of two hashes committed to, and shows a clause under it.
    const wanted = hidden.openings[0]?.leaf ?? new Uint8Array();
    const beside = hashLeaf(new Uint8Array(9));
    const crafted = concatBytes(hashLeaf(wanted), beside);
    const leaves = [crafted, ...Array.from({ length: 7 }, (_, i) => new Uint8Array(i))].map((leaf) => hashLeaf(leaf));
    const { root, path } = treeOver(leaves);
    const terms = { unit: 'minor', one_time: true, purpose: 'Gifts', merkle_root: root, leaves: 8 } as const;
    const token = await issueExactly(terms);
    for (const proof of [
      [beside, ...path],
      [beside, ...path.slice(1)],
    ]) {
      const clause = formatOpened([{ leaf: wanted, place: 0, proof }]);
      expect(reasonsOf(await show(clause, { ...hidden, token }))).toEqual(['wrong_clause']);
    }
  });
});

describe('whatever is shown as a clause', () => {
  test('is refused, unless it is one of this token for this use, and nothing throws', async () => {
    const good = hidden.texts[0] ?? '';
    const proof = await proofFor(hidden.token, {});
    const bent = fc
      .tuple(fc.nat(good.length), fc.nat(2), fc.string({ unit: 'binary', maxLength: 2 }))
      .map(([at, cut, put]) => good.slice(0, at) + put + good.slice(at + cut));
    const parts = fc
      .record({
        leaf: fc.constantFrom(...hidden.openings.map(({ leaf }) => leaf)),
        place: fc.nat(8),
        proof: fc.constantFrom(...hidden.openings.map((one) => one.proof)),
      })
      .map((one) => formatOpened([one]));
    const honest = new Map(hidden.texts.map((text, index) => [text, index]));
    await fc.assert(
      fc.asyncProperty(fc.oneof(bent, parts, fc.string({ unit: 'binary' }), fc.anything()), async (clause) => {
        const { allowed } = await show(clause, hidden, { seen: { proof } });
        expect(allowed).toBe(typeof clause === 'string' && honest.get(clause) === 0);
      }),
      { numRuns },
    );
  }, 600_000);

  test('is written in one way alone', () => {
    for (const text of hidden.texts) expect(formatOpened(parseOpened(text))).toBe(text);
  });
});

/** The root over a power of two of hashes, and the path up from the first of them. */
function treeOver(hashes: readonly Bytes[]): { readonly root: string; readonly path: readonly Bytes[] } {
  const path: Bytes[] = [];
  let level = hashes;
  while (level.length > 1) {
    path.push(level[1] ?? new Uint8Array());
    level = level.flatMap((left, i) => (i % 2 === 0 ? [hashNode(left, level[i + 1] ?? new Uint8Array())] : []));
  }
  return { root: Buffer.from(level[0] ?? []).toString('base64url'), path };
}
