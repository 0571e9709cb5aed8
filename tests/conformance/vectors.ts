import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe } from 'vitest';

const candidates = [process.env.SIGNET_VECTORS, resolve(import.meta.dirname, '../../../shared/vectors')];

/** The folder of shared test vectors, or undefined on a machine that has none. */
export const vectorsFolder = candidates.find((folder) => folder !== undefined && existsSync(folder));

if (vectorsFolder === undefined) {
  process.stdout.write('No test vectors found (set SIGNET_VECTORS): conformance tests are skipped.\n');
}

/** `describe` where the vectors are present; elsewhere the block is skipped. */
export const describeVectors = describe.skipIf(vectorsFolder === undefined);

/** Path of a file or folder among the vectors. */
export const vectorPath = (...path: readonly string[]): string => join(vectorsFolder ?? '', ...path);

/** Text of a vector file. Call it inside a `describeVectors` test. */
export const readVectorText = (...path: readonly string[]): string => readFileSync(vectorPath(...path), 'utf8');

/** Parsed JSON of a vector file, in the shape its reader expects. Call it inside a `describeVectors` test. */
export const readVectorJson = (...path: readonly string[]): unknown => JSON.parse(readVectorText(...path)) as unknown;

/** What `read` finds among the vectors, for the table of a `test.each`; nothing where there are no vectors. */
export const collectVectors = <T>(read: () => readonly T[]): readonly T[] =>
  vectorsFolder === undefined ? [] : read();
