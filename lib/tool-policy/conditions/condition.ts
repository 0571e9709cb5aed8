import type { Decimal } from '../decimal.ts';
import type { Pattern } from '../regex/index.ts';

/** A condition of a rule, read. */
export type Condition =
  | { readonly is: 'constant'; readonly value: boolean }
  | { readonly is: 'not'; readonly of: Condition }
  | { readonly is: 'or'; readonly of: readonly Condition[] }
  /** One of the texts stands somewhere in the input. */
  | { readonly is: 'contains'; readonly texts: readonly string[] }
  | { readonly is: 'contains_word'; readonly word: string }
  | { readonly is: 'equals'; readonly field: string; readonly value: string }
  | { readonly is: 'more' | 'less'; readonly field: string; readonly than: Decimal }
  | { readonly is: 'field_contains'; readonly field: string; readonly text: string }
  | { readonly is: 'matches'; readonly field: string; readonly pattern: Pattern }
  | { readonly is: 'credential'; readonly name: string }
  | { readonly is: 'spent'; readonly category: string; readonly limit: Decimal }
  | { readonly is: 'would_spend'; readonly category: string; readonly field: string; readonly limit: Decimal }
  | { readonly is: 'recent'; readonly terms: readonly string[]; readonly within: number };
