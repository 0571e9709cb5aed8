import { GROUP_ORDER, reduceWide, type RandomSource } from '../../credentials/commitment/index.ts';

/** A number as the scalar it is in the group's order. */
export const scalarOf = (number: bigint): bigint => {
  const rest = number % GROUP_ORDER;
  return rest < 0n ? rest + GROUP_ORDER : rest;
};

export const times = (a: bigint, b: bigint): bigint => (a * b) % GROUP_ORDER;

/** A uniform scalar. */
export function randomScalar(random: RandomSource): bigint {
  const wide = random(64);
  const scalar = reduceWide(wide);
  wide.fill(0);
  return scalar;
}

/** 1, base, base², … */
export function powers(base: bigint, count: number): bigint[] {
  const found: bigint[] = [];
  for (let power = 1n; found.length < count; power = times(power, base)) found.push(power);
  return found;
}

export const sum = (scalars: readonly bigint[]): bigint =>
  scalars.reduce((total, scalar) => total + scalar, 0n) % GROUP_ORDER;

/** Σ a[i]·b[i], for lists of one length. */
export function innerProduct(a: readonly bigint[], b: readonly bigint[]): bigint {
  let total = 0n;
  for (const [i, scalar] of a.entries()) total += scalar * (b[i] ?? 0n);
  return total % GROUP_ORDER;
}
