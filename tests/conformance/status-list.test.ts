import { createHash } from 'node:crypto';
import { inflateSync } from 'node:zlib';
import { expect, it } from 'vitest';
import type { Json } from '../../lib/core/index.ts';
import type { StatusList } from '../../lib/credentials/index.ts';
import { STATUS_LIST_TYPE, parseJws, statusAt, statusValueAt, unpackStatusList } from '../../lib/credentials/index.ts';
import { collectVectors, describeVectors, readVectorJson, readVectorText } from './vectors.ts';

const FOLDER = 'token-status-list';

interface Vector {
  readonly bits: number;
  readonly size: number;
  /** Places and their values; every other place is 0. */
  readonly entries: readonly (readonly [number, number])[];
  readonly json: Json;
}

const vectors = (): readonly Vector[] =>
  (readVectorJson(FOLDER, 'tsl_vectors.json') as { readonly vectors: readonly Vector[] }).vectors;

/** The JSON in an example of the draft, whose long texts are broken into lines. */
const example = (name: string): Json => {
  const text = readVectorText(FOLDER, 'examples', name);
  return JSON.parse(text.slice(text.indexOf('{')).replaceAll(/\n\s*/g, '')) as Json; // as the draft prints it
};

describeVectors('Token Status List, test vectors', () => {
  it('are the four widths', () => {
    expect(vectors().map(({ bits }) => bits)).toEqual([1, 2, 4, 8]);
  });

  it.each(collectVectors(vectors))('of $bits bits: each place has its value, and all others none', async (vector) => {
    const list = await unpackStatusList(vector.json);
    expect(list.bits).toBe(vector.bits);
    expect(list.bytes).toHaveLength((vector.size * vector.bits) / 8);
    for (const [place, value] of vector.entries) expect([place, statusValueAt(list, place)]).toEqual([place, value]);
    expect(valuesIn(list)).toBe(vector.entries.filter(([, value]) => value !== 0).length);
    expect(() => statusValueAt(list, vector.size)).toThrow(expect.objectContaining({ field: 'idx' }));
    expect(statusValueAt(list, vector.size - 1)).toBe(0);
  });

  it.each(collectVectors(vectors))('of $bits bits: the bytes are those another inflater finds', async ({ json }) => {
    const { lst } = json as { readonly lst: string };
    const digest = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
    const expected = inflateSync(Buffer.from(lst, 'base64url'));
    expect(digest((await unpackStatusList(json)).bytes)).toBe(digest(expected));
  });
});

/** How many places hold something. */
function valuesIn({ bits, bytes }: StatusList): number {
  let count = 0;
  for (const byte of bytes) {
    for (let rest = byte; rest > 0; rest >>= bits) if ((rest & ((1 << bits) - 1)) !== 0) count += 1;
  }
  return count;
}

describeVectors('Token Status List, examples', () => {
  it('of one bit has the values that the text shows', async () => {
    const list = await unpackStatusList(example('status_list_encoding_json.md'));
    const values = Array.from({ length: 16 }, (_, place) => statusValueAt(list, place));
    expect(values).toEqual([1, 0, 0, 1, 1, 1, 0, 1, 1, 1, 0, 0, 0, 1, 0, 1]);
  });

  it('of two bits has the values that the text shows', async () => {
    const list = await unpackStatusList(example('status_list_encoding2_json.md'));
    const values = Array.from({ length: 12 }, (_, place) => statusValueAt(list, place));
    expect(values).toEqual([1, 2, 0, 3, 0, 1, 0, 1, 1, 2, 3, 3]);
  });

  it.each(['1_long', '2_long', '4', '8'])('printed in the draft (%s) are the vectors', async (name) => {
    const printed = await unpackStatusList(example(`status_list_encoding${name}_json.md`));
    const vector = vectors().find(({ bits }) => bits === printed.bits);
    expect(printed).toEqual(await unpackStatusList(vector?.json));
  });

  it('of a token is one of our media type, whose list can be read', async () => {
    const text = readVectorText(FOLDER, 'examples', 'status_list_jwt_raw.md').replaceAll(/\s/g, '');
    const { header, payload } = parseJws(text, 'status_list');
    expect(header['typ']).toBe(STATUS_LIST_TYPE);
    expect(payload['sub']).toBe('https://example.com/statuslists/1');
    const list = await unpackStatusList(payload['status_list']);
    expect([0, 1, 2].map((place) => statusAt(list, place))).toEqual(['invalid', 'valid', 'valid']);
  });
});
