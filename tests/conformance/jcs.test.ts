import { readdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { canonicalJson, canonicalJsonBytes } from '../../lib/core/index.ts';
import { collectVectors, describeVectors, readVectorJson, readVectorText, vectorPath } from './vectors.ts';

const files = collectVectors(() => readdirSync(vectorPath('jcs-rfc8785', 'testdata', 'input')));

describeVectors('RFC 8785 canonical JSON', () => {
  test('has vectors', () => {
    expect(files.length).toBeGreaterThan(4);
  });

  test.each(files)('%s is written as the vector says, to the byte', (file) => {
    const value = readVectorJson('jcs-rfc8785', 'testdata', 'input', file);
    expect(canonicalJson(value)).toBe(readVectorText('jcs-rfc8785', 'testdata', 'output', file));
    const hex = readVectorText('jcs-rfc8785', 'testdata', 'outhex', file.replace('.json', '.txt')).replace(/\s/g, '');
    expect(Buffer.from(canonicalJsonBytes(value)).toString('hex')).toBe(hex.toLowerCase());
  });
});
