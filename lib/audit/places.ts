import type { Address } from '../vault/index.ts';

/** Entries that one record holds: eight of the usual length fit one row. */
export const SEGMENT = 8;

/** Entries between two signed checkpoints, and under one summary. */
export const BLOCK = 256;

/** How many summaries of one level the next sums up. */
export const FAN = 16;

/** The levels of summaries, from the block up. `exponent`: a summary is of 2^exponent entries. */
export const LEVELS = [
  { label: 'sys/audit/block', exponent: 8 },
  { label: 'sys/audit/chapter', exponent: 12 },
  { label: 'sys/audit/volume', exponent: 16 },
] as const satisfies readonly { label: Address['label']; exponent: number }[];

export type Level = (typeof LEVELS)[number];

export const BLOCKS: Level = LEVELS[0];

/** How many entries a summary of a level is of. */
export const spanOf = ({ exponent }: Level): number => 2 ** exponent;

export const segmentAddress = (segment: number): Address => ({ label: 'sys/audit/segment', index: segment });

export const summaryAddress = ({ label }: Level, index: number): Address => ({ label, index });

/** The checkpoint that was signed last, but for those of blocks. */
export const CHECKPOINT: Address = { label: 'sys/audit/checkpoint', index: 0 };

/** What is left of entries that were pruned. */
export const PRUNED: Address = { label: 'sys/audit/pruned', index: 0 };

/** Where a log of schema 1 kept its end, and its entries one by one. */
export const V1_HEAD: Address = { label: 'sys/audit/head', index: 0 };
export const v1EntryAddress = (seq: number): Address => ({ label: 'sys/audit/entry', index: seq });

/** Keys of the vaults that the log lived in before. */
export const KEYS: Address = { label: 'sys/audit/keys', index: 0 };
