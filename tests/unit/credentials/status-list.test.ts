import { randomBytes } from 'node:crypto';
import { constants, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Json } from '../../../lib/core/index.ts';
import { SignetError, toBase64url } from '../../../lib/core/index.ts';
import type { StatusBits } from '../../../lib/credentials/index.ts';
import {
  MAX_STATUS_LIST_BYTES,
  readStatusReference,
  statusAt,
  statusValueAt,
  unpackStatusList,
} from '../../../lib/credentials/index.ts';
import { LIST_URI, pack, statusClaim, statusList } from '../../fixtures/credentials/status-list.ts';

const RUNS = Number(process.env['SIGNET_RUNS'] ?? 100);

const refusal = async (value: unknown): Promise<string | undefined> => {
  const thrown: unknown = await unpackStatusList(value as Json).then(
    () => undefined,
    (error: unknown) => error,
  );
  if (!(thrown instanceof SignetError)) throw new Error('the list was taken', { cause: thrown });
  expect(thrown.reason).toBe('bad_request');
  return thrown.field;
};

const bytesOf = (bytes: Uint8Array): string => toBase64url(new Uint8Array(bytes));

describe('a status list', () => {
  it('has the lowest bits of each byte first, as the examples of the draft have', async () => {
    const one = await unpackStatusList({ bits: 1, lst: pack(Uint8Array.of(0xb9, 0xa3)) });
    expect(Array.from({ length: 16 }, (_, i) => statusValueAt(one, i)).join('')).toBe('1001110111000101');
    const two = await unpackStatusList({ bits: 2, lst: pack(Uint8Array.of(0xc9, 0x44, 0xf9)) });
    expect(Array.from({ length: 12 }, (_, i) => statusValueAt(two, i)).join('')).toBe('120301011233');
  });

  it('gives each place what was put there, at every width', async () => {
    const widths = fc.constantFrom<StatusBits>(1, 2, 4, 8);
    await fc.assert(
      fc.asyncProperty(widths, fc.uint8Array({ minLength: 1, maxLength: 300 }), async (bits, values) => {
        const put = Object.fromEntries([...values].map((value, i) => [i, value & (2 ** bits - 1)]));
        const list = await unpackStatusList(statusList(bits, values.length, put));
        for (const [place, value] of Object.entries(put)) expect(statusValueAt(list, Number(place))).toBe(value);
      }),
      { numRuns: RUNS },
    );
  });

  it('calls 0, 1 and 2 by their names, and everything else unknown', async () => {
    const list = await unpackStatusList(statusList(4, 16, { 1: 1, 2: 2, 3: 3, 4: 15 }));
    expect([0, 1, 2, 3, 4].map((place) => statusAt(list, place))).toEqual([
      ...['valid', 'invalid', 'suspended', 'unknown', 'unknown'],
    ]);
  });

  it.each([16, -1, 1.5, NaN, Infinity, 2 ** 53])('says nothing of place %s beyond its end', async (place) => {
    const list = await unpackStatusList(statusList(1, 16));
    expect(() => statusValueAt(list, place)).toThrow(expect.objectContaining({ field: 'idx' }));
  });

  it('that is empty has no place at all', async () => {
    const list = await unpackStatusList({ bits: 8, lst: pack(new Uint8Array()) });
    expect(() => statusValueAt(list, 0)).toThrow(SignetError);
  });

  it.each([3, 0, 5, 16, -1, 1.5, '1', null, undefined])('with statuses of %s bits is refused', async (bits) => {
    expect(await refusal({ ...statusList(1, 8), bits })).toBe('bits');
  });

  const whole = deflateSync(randomBytes(500));
  it.each<[string, unknown]>([
    ['no text', 7],
    ['nothing', ''],
    ['not base64url', '+/+/'],
    ['padded', `${pack(new Uint8Array(8))}==`],
    ['gzip', bytesOf(gzipSync(new Uint8Array(8)))],
    ['DEFLATE without its ZLIB frame', bytesOf(deflateRawSync(new Uint8Array(8)))],
    ['not packed', bytesOf(new Uint8Array(8))],
    ['cut off in its data', bytesOf(whole.subarray(0, 250))],
    ['cut off in its checksum', bytesOf(whole.subarray(0, -1))],
    ['of another checksum', bytesOf(Buffer.concat([whole.subarray(0, -1), Uint8Array.of((whole.at(-1) ?? 0) ^ 1)]))],
    ['followed by a byte', bytesOf(Buffer.concat([whole, Uint8Array.of(0)]))],
    ['followed by another list', bytesOf(Buffer.concat([whole, whole]))],
    ['followed by much more', bytesOf(Buffer.concat([whole, randomBytes(5000)]))],
  ])('that is %s is refused', async (_, lst) => {
    expect(await refusal({ bits: 1, lst })).toBe('lst');
  });

  it.each([undefined, null, [], 'list', 7])('that is %j is none', async (value) => {
    expect(await refusal(value)).toBe('status_list');
  });

  it('of exactly the longest length is taken, and not one byte more', async () => {
    const list = await unpackStatusList({ bits: 1, lst: pack(new Uint8Array(MAX_STATUS_LIST_BYTES)) });
    expect(statusAt(list, MAX_STATUS_LIST_BYTES * 8 - 1)).toBe('valid');
    expect(await refusal({ bits: 1, lst: pack(new Uint8Array(MAX_STATUS_LIST_BYTES + 1)) })).toBe('lst');
  });

  it('that would swell to a quarter of a gigabyte is given up early', async () => {
    // 4 MiB of zeros, over and over without their ends: the stream is broken, which nobody gets to see.
    const part = deflateRawSync(new Uint8Array(4 * 1024 * 1024), { finishFlush: constants.Z_SYNC_FLUSH });
    const bomb = Buffer.concat([Uint8Array.of(0x78, 0x9c), ...Array<Buffer>(64).fill(part)]);
    const thrown: unknown = await unpackStatusList({ bits: 1, lst: bytesOf(bomb) }).catch((error: unknown) => error);
    expect(thrown).toMatchObject({ reason: 'bad_request', field: 'lst', message: 'The status list is too long.' });
  });

  it('is unpacked or refused, whatever is packed', async () => {
    const lst = fc.oneof(
      fc.string(),
      fc.uint8Array().map(bytesOf),
      fc.uint8Array().map((bytes) => bytesOf(Uint8Array.of(0x78, 0x9c, ...bytes))),
    );
    await fc.assert(
      fc.asyncProperty(lst, async (text) => {
        expect(await refusal({ bits: 1, lst: text })).toBe('lst');
      }),
      { numRuns: RUNS },
    );
  });

  it('with one byte changed is another list or none, and never one of another checksum', async () => {
    const packed = deflateSync(Buffer.from('status list status list'));
    await fc.assert(
      fc.asyncProperty(fc.nat({ max: packed.length - 1 }), fc.integer({ min: 1, max: 255 }), async (at, flip) => {
        const changed = Buffer.from(packed);
        changed[at] = (changed[at] ?? 0) ^ flip;
        const list = await unpackStatusList({ bits: 1, lst: bytesOf(changed) }).catch(() => undefined);
        if (list !== undefined) expect(Buffer.from(list.bytes).toString()).toBe('status list status list');
      }),
      { numRuns: RUNS },
    );
  });
});

describe('a place in a status list', () => {
  it('is read as the credential spells it', () => {
    expect(readStatusReference(statusClaim(7) as never)).toEqual({ uri: LIST_URI, index: 7 });
    const local = 'http://127.0.0.1:8080/list?a=b';
    expect(readStatusReference(statusClaim(0, local) as never).uri).toBe(local);
  });

  it.each<[string, object]>([
    ['no status', {}],
    ['a status that is text', { status: 'revoked' }],
    ['a status by other means', { status: { other_list: { idx: 0, uri: LIST_URI } } }],
    ['a list that is none', { status: { status_list: [0, LIST_URI] } }],
    ['no index', { status: { status_list: { uri: LIST_URI } } }],
    ['a negative index', statusClaim(-1)],
    ['a broken index', statusClaim(1.5)],
    ['an index in text', statusClaim('1')],
    ['an index beyond every list', statusClaim(2 ** 60)],
    ['no address', { status: { status_list: { idx: 0 } } }],
    ['an address that is none', statusClaim(0, 'list')],
    ['an address that anybody on the way can read', statusClaim(0, 'http://issuer.example/list')],
    ['an address with a password', statusClaim(0, 'https://a:b@issuer.example/list')],
    ['an address of another kind', statusClaim(0, 'data:application/statuslist+jwt,')],
  ])('is refused: %s', (_, payload) => {
    expect(() => readStatusReference(payload as never)).toThrow(
      expect.objectContaining({ reason: 'bad_request', field: 'status' }),
    );
  });
});
