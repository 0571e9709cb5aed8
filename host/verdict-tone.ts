import type { Tone } from './terminal.ts';

/** How a verdict or a rule's action is shown, beside its word. */
export function toneOf(verdict: string): Tone {
  if (verdict === 'ALLOW') return 'good';
  return verdict === 'DENY' ? 'bad' : 'warn';
}
