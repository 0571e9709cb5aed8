import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Json } from '../../../../lib/core/index.ts';
import { canonicalJson, fromBase64url, toBase64url, utf8 } from '../../../../lib/core/index.ts';
import type { CommittedNumber, Opening } from '../../../../lib/credentials/commitment/index.ts';
import { blindingScalar, commit, committedDay, newBlinding } from '../../../../lib/credentials/commitment/index.ts';
import type { ProofContext, RangeEntry, RangeStatement, StatementToProve } from '../../../../lib/proofs/range/index.ts';
import {
  proofLength,
  proveStatements,
  readRangeEntries,
  verifyStatements,
} from '../../../../lib/proofs/range/index.ts';
import { holdsSecret } from '../../../fixtures/range/privacy-audit.ts';

const RUNS = Number(process.env['SIGNET_RUNS'] ?? 25);

const context: ProofContext = {
  origin: 'https://shop.example',
  nonce: 'MDEyMzQ1Njc4OWFiY2RlZg',
  sdHash: 'kFpZMkpNZ3hXSnpNd2RlZmdoaWprbG1ub3BxcnN0dXY',
};

/** What a wallet holds: numbers, and what opens them. */
const held = new Map<string, { readonly commitment: CommittedNumber; readonly opening: Opening }>();

function hold(name: string, kind: CommittedNumber['kind'], bits: CommittedNumber['bits'], value: bigint): void {
  const blinding = newBlinding();
  held.set(name, { commitment: { kind, bits, point: commit(value, blinding) }, opening: { value, blinding } });
}

hold('birth_date', 'date', 16, committedDay('2001-05-17'));
hold('points', 'integer', 8, 200n);
hold('height', 'integer', 8, 171n);
hold('income', 'integer', 32, 54_000n);

const lookup = (path: readonly string[]): CommittedNumber | undefined =>
  path.length === 1 ? held.get(path[0] ?? '')?.commitment : undefined;

function entry(name: string, statement: RangeStatement): StatementToProve {
  const number = held.get(name);
  if (number === undefined) throw new Error(`there is no ${name}`);
  return { path: [name], statement, ...number };
}

const prove = (...entries: readonly StatementToProve[]): readonly RangeEntry[] => proveStatements({ entries, context });
const asJson = (entries: readonly RangeEntry[]): Json => JSON.parse(JSON.stringify(entries)) as Json;
const verify = (entries: readonly RangeEntry[] | Json, where: ProofContext = context, find = lookup) =>
  verifyStatements(JSON.parse(JSON.stringify(entries)) as Json, find, where);

const bytesOf = (proof: RangeEntry['proof']): readonly Uint8Array[] =>
  typeof proof === 'string' ? [fromBase64url(proof)] : [];

const OVER_21: RangeStatement = { age_at_least: 21, as_of: '2026-11-28' };

describe('statements about committed numbers', () => {
  test('are proven of a date, with one proof of 16 bits', () => {
    const proofs = prove(entry('birth_date', OVER_21));
    expect(proofs.map(({ path, statement, bits }) => ({ path, statement, bits }))).toEqual([
      { path: ['birth_date'], statement: OVER_21, bits: 16 },
    ]);
    expect(fromBase64url(String(proofs[0]?.proof))).toHaveLength(proofLength(16, 1));
    expect(verify(proofs)).toEqual({
      ok: true,
      proven: [{ path: ['birth_date'], statement: OVER_21, bits: 16 }],
    });
  });

  test('of one size share a proof, which is padded, and others have their own', () => {
    const proofs = prove(
      entry('points', { gte: 100, lte: 200 }),
      entry('income', { gte: 30_000 }),
      entry('height', { lte: 171 }),
      entry('birth_date', OVER_21),
    );
    expect(proofs.map(({ proof }) => (typeof proof === 'number' ? proof : fromBase64url(proof).length))).toEqual([
      proofLength(8, 4),
      proofLength(32, 1),
      0,
      proofLength(16, 1),
    ]);
    expect(verify(proofs).ok).toBe(true);
    expect(readRangeEntries(asJson(proofs))).toEqual(proofs);
  });

  test('share no proof beyond four differences', () => {
    const proofs = prove(...[10, 20, 30].map((gte) => entry('points', { gte, lte: 210 })));
    expect(proofs.map(({ proof }) => typeof proof)).toEqual(['string', 'number', 'string']);
    expect(verify(proofs).ok).toBe(true);
  });

  test('hold at their bounds', () => {
    for (const statement of [{ gte: 200 }, { lte: 200 }, { gte: 200, lte: 200 }, { gte: 0 }, { lte: 255 }]) {
      expect(verify(prove(entry('points', statement))).ok).toBe(true);
    }
  });
});

describe('nothing is proven', () => {
  const drawn: number[] = [];
  const random = (length: number) => {
    drawn.push(length);
    return new Uint8Array(length);
  };
  const refused = (entries: readonly StatementToProve[], reason: string, field: string): void => {
    expect(() => proveStatements({ entries, context, random })).toThrow(expect.objectContaining({ reason, field }));
    expect(drawn).toEqual([]);
  };
  const fine = entry('birth_date', OVER_21);

  test.each<[string, RangeStatement]>([
    ['points', { gte: 201 }],
    ['points', { lte: 199 }],
    ['points', { gte: 100, lte: 199 }],
    ['birth_date', { age_at_least: 26, as_of: '2026-11-28' }],
    ['birth_date', { age_at_least: 25, as_of: '2026-05-16' }],
  ])('of %s that is not true: %o', (name, statement) => {
    refused([fine, entry(name, statement)], 'denied', 'entries[1]');
  });

  test('that cannot be proven of such a number', () => {
    refused([entry('points', OVER_21)], 'unsupported', 'entries[0]');
    refused([entry('points', { lte: 256 })], 'unsupported', 'entries[0]');
  });

  test('with an opening that does not open the commitment', () => {
    const other = held.get('height');
    if (other === undefined) throw new Error('there is no height');
    refused([fine, { ...entry('points', { gte: 1 }), opening: other.opening }], 'credential_refused', 'entries[1]');
    const { opening } = entry('points', { gte: 1 });
    refused(
      [{ ...entry('points', { gte: 1 }), opening: { ...opening, value: 201n } }],
      'credential_refused',
      'entries[0]',
    );
  });

  test('where nothing is asked, or too much', () => {
    refused([], 'bad_request', 'entries');
    refused(new Array<StatementToProve>(17).fill(fine), 'bad_request', 'entries');
  });
});

describe('range proofs', () => {
  let proofs: readonly RangeEntry[] = [];
  let others: readonly RangeEntry[] = [];

  beforeAll(() => {
    proofs = prove(entry('birth_date', OVER_21), entry('points', { gte: 100 }), entry('height', { lte: 180 }));
    others = prove(entry('birth_date', { ...OVER_21, age_at_least: 18 }), entry('points', { gte: 100 }));
  });

  test('hold where they were made for', () => {
    expect(verify(proofs).ok).toBe(true);
  });

  test('tell neither the numbers nor what opens them', () => {
    const told = [utf8(canonicalJson(proofs)), ...proofs.flatMap(({ proof }) => bytesOf(proof))];
    for (const { opening } of held.values()) {
      const secret = { value: opening.value, blinding: blindingScalar(opening.blinding) };
      for (const bytes of told) expect(holdsSecret(secret, bytes)).toBe(false);
    }
  });

  test('moved to another presentation, origin or nonce fail', () => {
    const changed = fc.oneof(
      fc.record({ origin: fc.webUrl() }),
      fc.record({ nonce: fc.base64String() }),
      fc.record({ sdHash: fc.base64String() }),
      fc.constantFrom<Partial<ProofContext>>(
        { origin: 'https://shop.example.' },
        { origin: 'http://shop.example' },
        { nonce: '' },
        { nonce: context.sdHash, sdHash: context.nonce },
        { origin: `${context.origin}${context.nonce}`, nonce: '' },
      ),
    );
    fc.assert(
      fc.property(changed, (change) => {
        const where = { ...context, ...change };
        fc.pre(canonicalJson(where) !== canonicalJson(context));
        expect(verify(proofs, where)).toMatchObject({ ok: false, entry: 0 });
      }),
      { numRuns: RUNS },
    );
  });

  test('with another statement, path or size fail, and the entry is named', () => {
    const alterations: readonly (readonly [number, Partial<RangeEntry>, number])[] = [
      [0, { statement: { age_at_least: 18, as_of: '2026-11-28' } }, 0],
      [0, { statement: { age_at_least: 21, as_of: '2026-11-29' } }, 0],
      [1, { statement: { gte: 99 } }, 1],
      [1, { statement: { gte: 101 } }, 1],
      [1, { statement: { lte: 100 } }, 1],
      [1, { statement: { gte: 100, lte: 255 } }, 1],
      [2, { statement: { lte: 181 } }, 1],
      [1, { path: ['height'] }, 1],
      [2, { path: ['points'] }, 1],
      [1, { path: ['nowhere'] }, 1],
      [2, { path: ['height', 'cm'] }, 2],
      [0, { bits: 32 }, 0],
      [1, { statement: OVER_21 }, 1],
      [1, { statement: { gte: 256 } }, 1],
    ];
    for (const [at, change, fault] of alterations) {
      const altered = proofs.map((one, i) => (i === at ? { ...one, ...change } : one));
      expect(verify(altered), JSON.stringify(change)).toMatchObject({ ok: false, entry: fault });
    }
  });

  test('of another presentation cannot be put in, left out or reordered', () => {
    const [first, second, third] = proofs;
    const [other] = others;
    if (first === undefined || second === undefined || third === undefined || other === undefined) throw new Error();
    expect(verify([{ ...first, proof: other.proof }, second, third]).ok).toBe(false);
    expect(verify([first, second]).ok).toBe(false);
    expect(verify([second, { ...third, proof: 0 }, first]).ok).toBe(true);
    expect(
      verify([
        { ...third, proof: second.proof },
        { ...second, proof: 0 },
      ]).ok,
    ).toBe(false);
  });

  test('about another commitment fail', () => {
    const blinding = newBlinding();
    const point = commit(held.get('points')?.opening.value ?? 0n, blinding);
    const find = (path: readonly string[]): CommittedNumber | undefined =>
      path[0] === 'points' ? { kind: 'integer', bits: 8, point } : lookup(path);
    expect(verify(proofs, context, find)).toMatchObject({ ok: false, entry: 1 });
  });

  test('with any character altered fail', () => {
    const [first] = proofs;
    if (typeof first?.proof !== 'string') throw new Error('there is no proof');
    const bytes = fromBase64url(first.proof);
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), (at, mask) => {
        const altered = bytes.slice();
        altered[at] = (altered[at] ?? 0) ^ mask;
        expect(verify([{ ...first, proof: toBase64url(altered) }])).toMatchObject({ ok: false, entry: 0 });
      }),
      { numRuns: RUNS },
    );
  });

  test('are read strictly', () => {
    const [first, second, third] = proofs.map((one): Readonly<Record<keyof RangeEntry, Json>> => ({
      ...one,
      path: [...one.path],
      statement: { ...one.statement },
    }));
    if (first === undefined || second === undefined || third === undefined) throw new Error();
    if (typeof first.proof !== 'string') throw new Error('there is no proof');
    const wrong: readonly (readonly [Json | undefined, number | undefined])[] = [
      [undefined, undefined],
      [null, undefined],
      [[], undefined],
      [first, undefined],
      [new Array<Json>(17).fill(first), undefined],
      [[first, 7], 1],
      [[{ ...first, more: 1 }], 0],
      [[{ path: first.path, statement: first.statement, bits: 16 }], 0],
      [[{ ...first, path: 'birth_date' }], 0],
      [[{ ...first, path: [] }], 0],
      [[{ ...first, path: ['birth_date', 0] }], 0],
      [[{ ...first, path: new Array<string>(9).fill('a') }], 0],
      [[{ ...first, path: ['a'.repeat(257)] }], 0],
      [[{ ...first, path: ['\ud800'] }], 0],
      [[{ ...first, bits: 24 }], 0],
      [[{ ...first, bits: '16' }], 0],
      [[{ ...first, statement: { gte: 1, more: 1 } }], 0],
      [[{ ...first, proof: 0 }], 0],
      [[first, { ...second, proof: 0 }], 1],
      [[first, second, { ...third, proof: 2 }], 2],
      [[first, second, { ...third, proof: -1 }], 2],
      [[first, second, { ...third, proof: 1.5 }], 2],
      [[first, second, third, { ...third, proof: 2 }], 3],
      [[{ ...first, proof: null }], 0],
      [[{ ...first, proof: '' }], 0],
      [[{ ...first, proof: `${first.proof}=` }], 0],
      [[{ ...first, proof: 'A'.repeat(100_000) }], 0],
    ];
    for (const [json, fault] of wrong) {
      const verdict = verifyStatements(json, lookup, context);
      expect(verdict, JSON.stringify([json]).slice(0, 200)).toMatchObject({ ok: false });
      expect('entry' in verdict ? verdict.entry : undefined, JSON.stringify([json]).slice(0, 200)).toBe(fault);
    }
  });

  test('can say anything without making the verifier throw', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (json) => {
        expect(verifyStatements(json as Json, lookup, context).ok).toBe(false); // fast-check's JSON is JSON
      }),
      { numRuns: 4 * RUNS },
    );
  });
});

test('what a person proves by statements is true, whatever the numbers', () => {
  fc.assert(
    fc.property(fc.nat(255), fc.nat(255), fc.constantFrom('gte', 'lte'), (value, bound, side) => {
      hold('any', 'integer', 8, BigInt(value));
      const statement: RangeStatement = side === 'gte' ? { gte: bound } : { lte: bound };
      const isTrue = side === 'gte' ? value >= bound : value <= bound;
      if (isTrue) expect(verify(prove(entry('any', statement))).ok).toBe(true);
      else expect(() => prove(entry('any', statement))).toThrow(expect.objectContaining({ reason: 'denied' }));
    }),
    { numRuns: Math.min(RUNS, 200) },
  );
});
