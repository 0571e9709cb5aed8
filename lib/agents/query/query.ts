/** A label, as the person or an issuer wrote it; compared by the claim's name in rules. */
interface About {
  readonly label: string;
}

/**
 * What can be asked of the vault, and nothing else: each has one conclusion, and none gives a value.
 * `has`: whether something of this name is there. `equals`: whether it is this. `at_least`, `at_most`, `between`: on which
 * side of a whole number it is, ends included. `age_at_least`: whether a date of birth is so many years ago. `count`: how
 * many of this name there are. `category`: what sort of data it is; with whole numbers, rising: below which of them it is;
 * with texts: which of them it is, by its place.
 */
export type Query =
  | (About & { readonly op: 'has' })
  | (About & { readonly op: 'count' })
  | (About & { readonly op: 'equals'; readonly value: string | number | boolean })
  | (About & { readonly op: 'at_least' | 'at_most'; readonly bound: number })
  | (About & { readonly op: 'between'; readonly from: number; readonly to: number })
  | (About & { readonly op: 'age_at_least'; readonly years: number })
  | (About & { readonly op: 'category'; readonly among: readonly number[] | readonly string[] });

export type QueryOp = Query['op'];
