import type { Row } from './row.ts';

const HEAD = ['suite', 'name', 'n', 'p50', 'p75', 'p99', 'baseline', 'ratio', 'target', ''] as const;

/** The rows as a table for people. */
export function toTable(rows: readonly Row[]): string {
  const cells = rows.map((row) => [
    row.suite,
    row.name,
    String(row.n),
    withUnit(row.p50, row.unit),
    withUnit(row.p75, row.unit),
    withUnit(row.p99, row.unit),
    withUnit(row.baseline, row.unit),
    row.ratio === undefined ? '' : `${row.ratio.toFixed(2)}x`,
    withUnit(row.target, row.unit),
    verdictOf(row),
  ]);
  const table = [[...HEAD], ...cells];
  const widths = HEAD.map((_, column) => Math.max(...table.map((line) => (line[column] ?? '').length)));
  return table
    .map((line) => line.map((cell, column) => align(cell, widths[column] ?? 0, column)).join('  '))
    .join('\n');
}

function verdictOf({ met }: Row): string {
  if (met === undefined) return 'told';
  return met ? 'met' : 'MISSED';
}

function align(cell: string, width: number, column: number): string {
  return column < 2 ? cell.padEnd(width) : cell.padStart(width);
}

function withUnit(value: number | undefined, unit: Row['unit']): string {
  if (value === undefined) return '';
  if (unit === 'count') return String(value);
  if (unit === 'times') return `${value.toFixed(2)}x`;
  return unit === 'bytes' ? `${value} B` : `${value.toFixed(value < 10 ? 2 : 1)} ${unit === 'us' ? 'µs' : unit}`;
}
