/** The closed grammar in which an agent asks for conclusions. */
export type { Query, QueryOp } from './query.ts';
export { parseQuery } from './parse-query.ts';
