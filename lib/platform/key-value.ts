import type { KeyValue } from '../vault/index.ts';

export declare function localKeyValue(): KeyValue;
export declare function sessionKeyValue(): KeyValue;
