import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Bytes } from '../../../../lib/core/index.ts';
import { SecretBytes, SignetError, concatBytes, randomBytes, utf8 } from '../../../../lib/core/index.ts';
import { openBackupFile, sealBackupFile } from '../../../../lib/vault/backup/backup-file.ts';
import { CHUNK_LENGTH, ChunkSealer, openChunks } from '../../../../lib/vault/backup/chunk-stream.ts';
import { KDF_FLOOR } from '../../../../lib/vault/keys/password.ts';

const RUNS = Number(process.env['SIGNET_RUNS'] ?? 60);
const PASSPHRASE = 'seven grey herons at dawn';
const HEADER = utf8('header');
const SEALED_CHUNK = CHUNK_LENGTH + 16;

const keyOf = (fill: number) => SecretBytes.take(new Uint8Array(32).fill(fill));

function seal(plaintext: Uint8Array, cuts: readonly number[] = []): Bytes {
  using key = keyOf(1);
  const sealer = new ChunkSealer(key, HEADER);
  let from = 0;
  for (const cut of [...cuts].sort((a, b) => a - b)) {
    sealer.add(plaintext.subarray(from, cut));
    from = Math.max(from, cut);
  }
  sealer.add(plaintext.subarray(from));
  return concatBytes(...sealer.finish());
}

class Refused extends Error {}

function open(sealed: Uint8Array, key = keyOf(1), header = HEADER): Bytes {
  return concatBytes(...openChunks(key, header, sealed, () => new Refused()));
}

/** Lengths around the ends of chunks, where a mistake would be. */
const lengths = [0, 1, CHUNK_LENGTH - 1, CHUNK_LENGTH, CHUNK_LENGTH + 1, 2 * CHUNK_LENGTH, 2 * CHUNK_LENGTH + 7];

describe('a stream of sealed chunks', () => {
  test.each(lengths)('of %i bytes comes back as it was, however it was put in', (length) => {
    const plaintext = randomChunk(length);
    expect(open(seal(plaintext))).toEqual(plaintext);
    expect(open(seal(plaintext, [3, 1000, CHUNK_LENGTH - 2, CHUNK_LENGTH, CHUNK_LENGTH + 5]))).toEqual(plaintext);
  });

  test('comes back whatever is put in, in whatever pieces', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), fc.array(fc.nat(400)), (plaintext, cuts) => {
        expect(open(seal(plaintext, cuts))).toEqual(Uint8Array.from(plaintext));
      }),
      { numRuns: RUNS },
    );
  });

  test.each(lengths)('of %i bytes grows by a tag for each chunk and by nothing else', (length) => {
    expect(seal(randomChunk(length))).toHaveLength(length + 16 * Math.max(1, Math.ceil(length / CHUNK_LENGTH)));
  });

  const three = seal(randomChunk(2 * CHUNK_LENGTH + 100));
  const chunk = (n: number) => three.slice(n * SEALED_CHUNK, (n + 1) * SEALED_CHUNK);

  test.each<[string, Bytes]>([
    ['its last chunk missing', concatBytes(chunk(0), chunk(1))],
    ['all but its first chunk missing', chunk(0)],
    ['its first chunk missing', concatBytes(chunk(1), chunk(2))],
    ['a middle chunk missing', concatBytes(chunk(0), chunk(2))],
    ['two chunks swapped', concatBytes(chunk(1), chunk(0), chunk(2))],
    ['a chunk twice', concatBytes(chunk(0), chunk(1), chunk(1), chunk(2))],
    ['its end twice', concatBytes(three, chunk(2))],
    ['a byte more', concatBytes(three, Uint8Array.of(0))],
    ['a whole chunk of zeros more', concatBytes(three, new Uint8Array(SEALED_CHUNK))],
    ['nothing left', new Uint8Array(0)],
  ])('with %s is refused', (_, broken) => {
    expect(() => open(broken)).toThrow(Refused);
  });

  test('with its end cut off anywhere is refused', () => {
    fc.assert(
      fc.property(fc.nat(three.length - 1), (length) => {
        expect(() => open(three.subarray(0, length))).toThrow(Refused);
      }),
      { numRuns: RUNS },
    );
  });

  test('with any bit flipped is refused', () => {
    const small = seal(utf8('a small vault'));
    for (let bit = 0; bit < small.length * 8; bit++) expect(() => open(flip(small, bit))).toThrow(Refused);
  });

  test('is refused under another key, and another header', () => {
    expect(() => open(three, keyOf(2))).toThrow(Refused);
    expect(() => open(three, keyOf(1), utf8('heades'))).toThrow(Refused);
  });

  test('ended with an empty chunk, which nothing writes, is refused', () => {
    using key = keyOf(1);
    const full = new ChunkSealer(key, HEADER);
    full.add(randomChunk(2 * CHUNK_LENGTH));
    const [first] = full.finish();
    const none = seal(new Uint8Array(0));
    expect(() => open(concatBytes(first ?? none, none))).toThrow(Refused);
  });
});

describe('a backup file', () => {
  const frames = [utf8('manifest'), new Uint8Array(0), randomChunk(70_000), utf8('record')];
  let file: Bytes;

  beforeAll(async () => {
    file = await make(frames);
  });

  test('gives back the frames it was made of, as often as they are asked for', async () => {
    using opened = await openBackupFile(PASSPHRASE, file);
    expect([...opened.frames()]).toEqual(frames);
    expect([...opened.frames()]).toEqual(frames);
  });

  test('opens with the passphrase as another keyboard writes it', async () => {
    const composed = await make(frames, 'caf\u00e9 au lait for two');
    using opened = await openBackupFile('cafe\u0301 au lait for two', composed);
    expect([...opened.frames()]).toHaveLength(4);
  });

  test('of the same content is another file each time', async () => {
    expect(await make(frames)).not.toEqual(file);
  });

  test('does not open with another passphrase, and says that it may be damage too', async () => {
    const refusal = await refusalOf(file, `${PASSPHRASE}.`);
    expect(refusal).toMatchObject({ reason: 'backup_refused', field: 'passphrase' });
    expect(refusal.message).toMatch(/passphrase.*or the file is damaged/);
    expect(await refusalOf(flip(file, 60 * 8), PASSPHRASE)).toMatchObject({ message: refusal.message });
  });

  test('whose passphrase was right and whose end is damaged says that it is damaged', async () => {
    for (const broken of [file.slice(0, -1), flip(file, file.length * 8 - 1), concatBytes(file, file)]) {
      expect(await refusalOf(broken, PASSPHRASE)).toMatchObject({ reason: 'backup_refused', field: 'file' });
    }
  });

  test.each<[string, (file: Bytes) => Bytes]>([
    ['nothing', () => new Uint8Array(0)],
    ['something else', () => utf8('%PDF-1.7 and so on and so on and so on')],
    ['its magic alone', (whole) => whole.slice(0, 14)],
    ['its prelude alone', (whole) => whole.slice(0, 37)],
    ['an older version, that never was', (whole) => at(whole, 14, 0)],
    ['a newer version', (whole) => at(whole, 14, 2)],
    ['a cheaper password cost: memory', (whole) => at(whole, 16, 1)],
    ['a cheaper password cost: passes', (whole) => at(whole, 19, 1)],
    ['a cost that would hang this machine', (whole) => at(whole, 18, 0xff)],
    ['no lanes', (whole) => at(whole, 20, 0)],
  ])('made into %s is refused as a file', async (_, change) => {
    expect(await refusalOf(change(file), PASSPHRASE)).toMatchObject({ reason: 'backup_refused', field: 'file' });
  });

  test('of a newer version says to update, before any passphrase is tried', async () => {
    expect((await refusalOf(at(file, 14, 2), 'whatever it is')).message).toMatch(/newer Signet.*update/i);
  });

  test.each([19, 21, 36])('with byte %i of its cost or salt changed does not open', async (byte) => {
    expect(await refusalOf(flip(file, byte * 8), PASSPHRASE)).toMatchObject({ reason: 'backup_refused' });
  });

  test('is made under a passphrase as strong as a password alone', async () => {
    for (const weak of ['', 'short', '123456789', '\uD800 and nine more']) {
      await expect(make(frames, weak)).rejects.toMatchObject({ reason: 'bad_request', field: 'passphrase' });
    }
  });

  test('is not made of more than it may hold', async () => {
    await expect(make([new Uint8Array(3 * 1024 * 1024)])).rejects.toMatchObject({
      reason: 'bad_request',
      field: 'file',
    });
  });
});

const make = (frames: readonly Uint8Array[], passphrase = PASSPHRASE): Promise<Bytes> =>
  sealBackupFile(passphrase, KDF_FLOOR, (add) => {
    for (const frame of frames) add(frame);
  });

async function refusalOf(file: Bytes, passphrase: string): Promise<SignetError> {
  try {
    using opened = await openBackupFile(passphrase, file);
    Array.from(opened.frames());
  } catch (error) {
    return SignetError.from(error);
  }
  throw new Error('it opened');
}

function randomChunk(length: number): Bytes {
  const bytes = new Uint8Array(length);
  for (let i = 0; i < length; i += 65_536) bytes.set(randomBytes(Math.min(65_536, length - i)), i);
  return bytes;
}

function flip(bytes: Bytes, bit: number): Bytes {
  const flipped = bytes.slice();
  flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
  return flipped;
}

function at(bytes: Bytes, index: number, value: number): Bytes {
  const changed = bytes.slice();
  changed[index] = value;
  return changed;
}
