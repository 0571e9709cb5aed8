export type { RecordEntry } from './entry.ts';
export type { Position } from './node.ts';
export { POSITION_LENGTH, START } from './node.ts';
export type { Commit, RecordChange, RootNews, TableChange } from './record-table.ts';
export { RecordTable, schemaOf } from './record-table.ts';
export type { RootFacts } from './root.ts';
export { MAX_LOG_STATE, ROOT_KEY } from './root.ts';
export { compareBytes } from './entry.ts';
