export { Matcher } from './matcher.ts';
export { parsePattern } from './parse.ts';
export type { Pattern } from './pattern.ts';
export { isInNothing, literal, literalInAnyCase } from './pattern.ts';
