import type { StorageBackend } from '../vault/index.ts';

export declare function indexedDbBackend(name?: string): StorageBackend;
