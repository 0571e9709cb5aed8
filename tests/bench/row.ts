/** One measured figure, as `--json` writes it. */
export interface Row {
  readonly suite: string;
  readonly name: string;
  readonly unit: 'ms' | 'us' | 'bytes' | 'count' | 'times';
  /** Samples. */
  readonly n: number;
  readonly p50: number;
  readonly p75: number;
  /** Only of a hundred samples and more. */
  readonly p99?: number;
  /** p75 of what it is compared with; `name` says with what. */
  readonly baseline?: number;
  /** p75 over baseline. */
  readonly ratio?: number;
  /** The most that p75 may be; absent where a figure is only told. */
  readonly target?: number;
  readonly met?: boolean;
}

export interface Suite {
  readonly name: string;
  /** Throws when the bench could not run. An unmet target is not a failure. */
  run(): Promise<readonly Row[]>;
}

export interface Measured {
  readonly suite: string;
  readonly name: string;
  readonly unit: Row['unit'];
  readonly samples: readonly number[];
  readonly baseline?: readonly number[];
  /** In the unit of the samples. */
  readonly target?: number;
}

/** A row of what was measured; the target is met when three of four samples are within it. */
export function toRow({ suite, name, unit, samples, baseline, target }: Measured): Row {
  const p75 = percentile(samples, 75);
  const compared = baseline === undefined ? undefined : percentile(baseline, 75);
  return {
    suite,
    name,
    unit,
    n: samples.length,
    p50: round(percentile(samples, 50)),
    p75: round(p75),
    ...(samples.length >= 100 ? { p99: round(percentile(samples, 99)) } : {}),
    ...(compared === undefined ? {} : { baseline: round(compared) }),
    ...(compared === undefined || compared === 0 ? {} : { ratio: round(p75 / compared) }),
    ...(target === undefined ? {} : { target: round(target), met: p75 <= target }),
  };
}

/**
 * A row of what something adds: each percentile with it, less the same percentile without it. Subtracting sample by
 * sample would count the noise of both.
 */
export function toAddedRow({
  baseline,
  ...measured
}: Measured & { readonly baseline: readonly number[]; readonly target: number }): Row {
  const added = (percent: number): number =>
    round(percentile(measured.samples, percent) - percentile(baseline, percent));
  const row = toRow(measured);
  return {
    ...row,
    p50: added(50),
    p75: added(75),
    ...(row.p99 === undefined ? {} : { p99: added(99) }),
    baseline: round(percentile(baseline, 75)),
    met: added(75) <= measured.target,
  };
}

/** The smallest sample that at least `percent` of all samples do not exceed. */
export function percentile(samples: readonly number[], percent: number): number {
  const sorted = [...samples].sort((a, b) => a - b);
  const value = sorted[Math.max(0, Math.ceil((percent / 100) * sorted.length) - 1)];
  if (value === undefined) throw new Error('There are no samples.');
  return value;
}

function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}
