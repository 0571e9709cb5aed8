import { describe, expect, test } from 'vitest';
import type { Finding } from '../../../fixtures/statistics/attack.ts';
import type { Pairs } from '../../../fixtures/statistics/auc.ts';
import { comparePairs, estimateAuc, studentQuantile, turned } from '../../../fixtures/statistics/auc.ts';
import { trainBoostedTrees } from '../../../fixtures/statistics/boosted-trees.ts';
import { trainLogisticRegression } from '../../../fixtures/statistics/logistic-regression.ts';
import { QUESTIONS } from '../../../fixtures/statistics/questions.ts';
import type { Look } from '../../../fixtures/statistics/second-look.ts';
import { isOver, lookTwice } from '../../../fixtures/statistics/second-look.ts';
import { SeededRandom } from '../../../fixtures/seeded-random.ts';
import type { Scorer } from '../../../fixtures/statistics/table.ts';
import { FeatureTable } from '../../../fixtures/statistics/table.ts';

/** Rows of `features` normal numbers; `classOf` says from them what each row is. */
function synthetic(
  seed: number,
  rows: number,
  features: number,
  shape: (row: number[], isOne: boolean, random: SeededRandom) => number[],
) {
  const random = new SeededRandom(seed);
  const names = Array.from({ length: features }, (_, i) => `x${i}`);
  const table = new FeatureTable(names, rows);
  const classes = new Uint8Array(rows);
  for (let row = 0; row < rows; row++) {
    classes[row] = row % 2;
    const plain = names.map(() => random.normal());
    for (const [feature, x] of shape(plain, row % 2 === 1, random).entries()) table.column(feature)[row] = x;
  }
  return { table, classes };
}

const shifted = (by: number) => (row: number[], isOne: boolean) => row.map((x, i) => (i === 0 && isOne ? x + by : x));

/** Class 1 where the signs of two features agree: no feature alone, and no line, tells. */
const agreeing = ([a = 0, b = 0, ...rest]: number[], isOne: boolean): number[] => [
  a,
  isOne === a * b > 0 ? b : -b,
  ...rest,
];

type Train = (table: FeatureTable, classes: Uint8Array) => Scorer;

function heldOut(train: Train, rows: number, shape: Parameters<typeof synthetic>[3]): number {
  const learnt = synthetic(1, rows, 6, shape);
  const held = synthetic(2, rows, 6, shape);
  const { higher, total } = comparePairs(train(learnt.table, learnt.classes)(held.table), held.classes);
  return higher / total;
}

describe('the area under the curve', () => {
  test('is the share of pairs in the right order, a tie counting half', () => {
    expect(comparePairs([1, 2, 3, 4], [0, 0, 1, 1])).toEqual({ higher: 4, total: 4 });
    expect(comparePairs([4, 3, 2, 1], [0, 0, 1, 1])).toEqual({ higher: 0, total: 4 });
    expect(comparePairs([7, 7, 7, 7], [0, 1, 1, 0])).toEqual({ higher: 2, total: 4 });
    expect(comparePairs([1, 2, 2, 3], [0, 1, 0, 1])).toEqual({ higher: 3.5, total: 4 });
  });

  test('leaves rows out that the question is not about', () => {
    expect(comparePairs([1, 9, 2, 3], [0, 255, 1, 255])).toEqual({ higher: 1, total: 1 });
  });

  test('agrees with counting every pair', () => {
    const random = new SeededRandom(3);
    const scores = Array.from({ length: 200 }, () => random.integer(0, 30));
    const classes = scores.map(() => random.integer(0, 2));
    let higher = 0;
    for (const [i, a] of scores.entries()) {
      for (const [j, b] of scores.entries()) {
        if (classes[i] === 1 && classes[j] === 0) higher += a > b ? 1 : a === b ? 0.5 : 0;
      }
    }
    expect(comparePairs(scores, classes).higher).toBe(higher);
  });

  test('of a shift by one standard deviation is 0.760, and the interval over vaults holds it', () => {
    const vaults: Pairs[] = [];
    for (let vault = 0; vault < 40; vault++) {
      const { table, classes } = synthetic(100 + vault, 200, 1, shifted(1));
      vaults.push(comparePairs(table.column(0), classes));
    }
    const { auc, low, high } = estimateAuc(vaults);
    expect(auc).toBeCloseTo(0.76, 1);
    expect(low).toBeLessThan(0.7602);
    expect(high).toBeGreaterThan(0.7602);
    expect(high - low).toBeLessThan(0.04);
  });

  test('has an interval that holds the truth about 95 times of 100 (1,000 sets of eight vaults)', () => {
    const random = new SeededRandom(11);
    let held = 0;
    for (let set = 0; set < 1000; set++) {
      const vaults = Array.from({ length: 8 }, () => {
        const scores = Array.from({ length: 40 }, () => random.next());
        return comparePairs(
          scores,
          scores.map((_, i) => i % 2),
        );
      });
      const { low, high } = estimateAuc(vaults);
      if (low <= 0.5 && 0.5 <= high) held += 1;
    }
    expect(held).toBeGreaterThan(925);
    expect(held).toBeLessThan(975);
  });

  test('does not count one vault’s rows as many witnesses: rows that go together widen the interval', () => {
    const random = new SeededRandom(5);
    const width = (together: boolean): number => {
      const vaults = Array.from({ length: 30 }, () => {
        const moved = together ? 0.5 * random.normal() : 0;
        const scores = Array.from({ length: 100 }, (_, i) => random.normal() + (i % 2 === 1 ? moved : 0));
        return comparePairs(
          scores,
          scores.map((_, i) => i % 2),
        );
      });
      const { low, high } = estimateAuc(vaults);
      return high - low;
    };
    expect(width(true)).toBeGreaterThan(1.5 * width(false));
  });

  test('says nothing from one vault alone', () => {
    expect(estimateAuc([{ higher: 9, total: 10 }])).toMatchObject({ low: 0, high: 1 });
  });

  test('counts a feature that is always wrong as one that is always right', () => {
    expect(turned({ auc: 0.25, low: 0.125, high: 0.375 })).toEqual({ auc: 0.75, low: 0.625, high: 0.875 });
  });

  test('uses Student’s quantiles', () => {
    for (const [degrees, quantile] of [
      [1, 12.706],
      [4, 2.776],
      [5, 2.571],
      [10, 2.228],
      [30, 2.042],
      [199, 1.972],
    ] as const) {
      expect(studentQuantile(degrees)).toBeCloseTo(quantile, 2);
    }
  });
});

describe.each([
  ['logistic regression', trainLogisticRegression],
  ['boosted trees', trainBoostedTrees],
] as const)('%s', (_, train) => {
  test('finds nothing where there is nothing', () => {
    expect(Math.abs(heldOut(train, 4000, (row) => row) - 0.5)).toBeLessThan(0.04);
  });

  test('finds a shift in one of six features, nearly as well as the feature itself does (0.760)', () => {
    const auc = heldOut(train, 4000, shifted(1));
    expect(auc).toBeGreaterThan(0.73);
    expect(auc).toBeLessThan(0.79);
  });

  test('finds a weak shift too (0.583)', () => {
    const auc = heldOut(train, 8000, shifted(0.3));
    expect(auc).toBeGreaterThan(0.55);
    expect(auc).toBeLessThan(0.62);
  });

  test('is not led astray by a feature that never changes', () => {
    const flat = (row: number[], isOne: boolean) => shifted(1)(row, isOne).map((x, i) => (i === 3 ? 7 : x));
    expect(heldOut(train, 4000, flat)).toBeGreaterThan(0.73);
  });
});

describe('boosted trees', () => {
  test('find what only two features together tell, which no line can', () => {
    expect(heldOut(trainBoostedTrees, 4000, agreeing)).toBeGreaterThan(0.9);
    expect(Math.abs(heldOut(trainLogisticRegression, 4000, agreeing) - 0.5)).toBeLessThan(0.05);
  });
});

describe('a second look', () => {
  const questions = QUESTIONS.slice(0, 3);
  const [chance, leak, plain] = questions.map(({ name }) => name);
  const found = (question = '', high: number): Finding => ({
    question,
    knowledge: 'one copy',
    classifier: 'size',
    estimate: { auc: high - 0.02, low: high - 0.04, high },
  });
  /** Each look answers with what it is given for its turn, and says what it was asked. */
  const looks = (...turns: readonly (readonly Finding[])[]) => {
    const asked: { questions: readonly string[]; times: number }[] = [];
    const look: Look = (about, times) => {
      asked.push({ questions: about.map(({ name }) => name), times });
      return Promise.resolve(turns[asked.length - 1] ?? []);
    };
    return { asked, look };
  };

  test('is taken of what the first suspects alone, at twice as many vaults', async () => {
    const { asked, look } = looks([found(chance, 0.56), found(leak, 0.7), found(plain, 0.54)]);
    await lookTwice(questions, look);
    expect(asked).toEqual([
      { questions: [chance, leak, plain], times: 1 },
      { questions: [chance, leak], times: 2 },
    ]);
  });

  test('clears what chance had lifted, and confirms what the rows show', async () => {
    const second = [found(chance, 0.53), found(leak, 0.68)];
    const { look } = looks([found(chance, 0.56), found(leak, 0.7), found(plain, 0.54)], second);
    const findings = await lookTwice(questions, look);
    expect(findings).toEqual([found(plain, 0.54), ...second]);
    expect(findings.filter(isOver).map(({ question }) => question)).toEqual([leak]);
  });

  test('counts all that it says of a question, not of the classifier alone that raised the suspicion', async () => {
    const other = { ...found(chance, 0.57), classifier: 'boosted trees' };
    const { look } = looks([found(chance, 0.56), { ...other, estimate: found(chance, 0.52).estimate }], [other]);
    expect((await lookTwice(questions, look)).filter(isOver)).toEqual([other]);
  });

  test('is not taken where nothing is suspected; an interval that is no number is suspect', async () => {
    const calm = looks([found(chance, 0.55), found(leak, 0.54)]);
    await lookTwice(questions, calm.look);
    expect(calm.asked).toHaveLength(1);
    expect(isOver(found(chance, Number.NaN))).toBe(true);
  });
});
