import type { Place } from './place.ts';

/** A policy as it was read: a tree whose every node knows its place in the source. */
export type Expression = Literal | SymbolExpression | ListExpression;

export type Literal =
  | { readonly kind: 'boolean'; readonly value: boolean; readonly place: Place }
  /** A whole number within ±(2^53 − 1). */
  | { readonly kind: 'number'; readonly value: number; readonly place: Place }
  /** Well-formed text, its escapes resolved. */
  | { readonly kind: 'string'; readonly value: string; readonly place: Place };

/** The name of a variable or of an operator. */
export interface SymbolExpression {
  readonly kind: 'symbol';
  readonly name: string;
  readonly place: Place;
}

/** An operator and what it is applied to. */
export interface ListExpression {
  readonly kind: 'list';
  readonly items: readonly Expression[];
  readonly place: Place;
}
