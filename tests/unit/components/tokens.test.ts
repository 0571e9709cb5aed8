import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const css = readFileSync(new URL('../../../components/tokens.css', import.meta.url), 'utf8');
const tokens = new Map(
  [...css.matchAll(/--([a-z-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)/g)].map(([, name, light, dark]) => [
    name,
    { light, dark },
  ]),
);

/** Relative luminance and contrast ratio: WCAG 2.2. */
function luminance(hex: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5]
    .map((at) => Number.parseInt(hex.slice(at, at + 2), 16) / 255)
    .map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(a: string, b: string, theme: 'light' | 'dark'): number {
  const [x, y] = [a, b].map((name) => luminance(tokens.get(name)?.[theme] ?? '')).sort((m, n) => n - m);
  return ((x ?? Number.NaN) + 0.05) / ((y ?? Number.NaN) + 0.05);
}

/** Text on its ground, as the consent window sets it: AAA. */
const TEXT: readonly (readonly [string, string])[] = [
  ...['paper', 'paper-raised', 'paper-sunk'].flatMap((ground): [string, string][] => [
    ['ink', ground],
    ['ink-soft', ground],
  ]),
  ['on-wax', 'wax'],
  ['on-wax', 'wax-deep'],
  ['safe', 'paper'],
  ['warn', 'paper'],
  ['warn', 'paper-raised'],
  ['harm', 'paper'],
  ['ink', 'warn-tint'],
  ['ink', 'harm-tint'],
  ['ink', 'safe-tint'],
  ['ink', 'wax-tint'],
];

describe.each(['light', 'dark'] as const)('in %s', (theme) => {
  it.each(TEXT)('%s on %s is text of at least 7:1', (text, ground) => {
    expect(contrast(text, ground, theme)).toBeGreaterThanOrEqual(7);
  });

  it.each(['wax', 'line-strong', 'seal'])('%s stands out from the paper by at least 3:1', (name) => {
    expect(contrast(name, 'paper', theme)).toBeGreaterThanOrEqual(3);
  });
});
