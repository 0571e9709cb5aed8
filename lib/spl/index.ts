/**
 * The Safe Policy Language with one strict meaning: what the published text leaves open, or its implementations let
 * pass, denies. README.md beside this file has the meaning of each construct and where others differ.
 */
export type { CompiledPolicy } from './compile.ts';
export { compilePolicy } from './compile.ts';
export type { Decision, DenyReason } from './decision.ts';
export { explainDecision } from './decision.ts';
export type { Expression, ListExpression, Literal, SymbolExpression } from './expression.ts';
export type { SplHost } from './facts.ts';
export type { FaultKind } from './fault.ts';
export { formatPolicy } from './format.ts';
export { MAX_COST, MAX_DEPTH, MAX_SOURCE_BYTES } from './limits.ts';
export { parsePolicy } from './parse.ts';
export type { Place } from './place.ts';
export { PolicyError } from './place.ts';
export { quoteString } from './quote-string.ts';
export type { SplList, SplRecord, SplValue } from './value.ts';
