import * as v from 'valibot';
import type { Bytes } from '../../core/index.ts';
import {
  SecretBytes,
  canonicalJsonBytes,
  concatBytes,
  fromBase64url,
  randomBytes,
  toBase64url,
  utf8,
} from '../../core/index.ts';
import type { Address } from '../blind-db/address.ts';
import { damaged } from '../damage.ts';
import { deriveCompartmentKey, deriveRecordKey } from '../keys/key-tree.ts';
import { recordId } from '../blind-db/record-id.ts';
import { openBox, openKeyBox, sealBox } from '../keys/sealed-box.ts';
import type { VaultReader, VaultTx } from '../blind-db/vault-tx.ts';
import { parseRecord } from '../blind-db/parse-record.ts';

export const COMPARTMENT_NAMES = ['health', 'payment', 'private'] as const;

/** Tier 3 lies in compartments, each under a random key of its own (design §4). */
export type CompartmentName = (typeof COMPARTMENT_NAMES)[number];

const WRAP_LABEL = utf8('signet-compartment-wrap');
const RECORD_LABEL = utf8('signet-compartment-record');
const STEP = 256;
const LENGTH_PREFIX = 4;

const RecordSchema = v.strictObject({
  v: v.literal(1),
  id: v.pipe(v.string(), v.regex(/^[A-Za-z0-9_-]{22}$/)),
  madeAt: v.number(),
  wrap: v.string(),
});

/** What the vault keeps of a compartment: sealed at Tier 1, yet useless without the root. */
export interface StoredCompartment {
  readonly name: CompartmentName;
  /** 16 random bytes, base64url: a compartment erased and made again is another one. */
  readonly id: string;
  /** Milliseconds since the epoch. */
  readonly madeAt: number;
  /** The compartment's key, wrapped by a key of the root. */
  readonly wrap: Bytes;
}

/** A random id for a new compartment: 16 bytes, base64url. */
export const newCompartmentId = (): string => toBase64url(randomBytes(16));

/** Where the wrapped key of a compartment lies. */
export const compartmentAddress = (name: CompartmentName): Address => ({ label: `sys/compartment/${name}`, index: 0 });

/** What the labels of everything that belongs to a compartment begin with: erasing it deletes all of that. */
export const compartmentPrefix = (name: CompartmentName) => `data/compartment/${name}/` as const;

/** The name of a compartment in the key tree and in the log. */
export const compartmentId = ({ name, id }: Pick<StoredCompartment, 'name' | 'id'>): string => `${name}.${id}`;

/** @throws SignetError vault_damaged */
export async function readCompartment(
  vault: VaultReader,
  name: CompartmentName,
): Promise<StoredCompartment | undefined> {
  const bytes = await vault.get(compartmentAddress(name), 1);
  if (bytes === undefined) return undefined;
  const { id, madeAt, wrap } = parseRecord(
    RecordSchema,
    bytes,
    'A compartment cannot be read: a newer Signet wrote it.',
  );
  return { name, id, madeAt, wrap: fromBase64url(wrap) };
}

const wrapData = (stored: Pick<StoredCompartment, 'name' | 'id'>): Bytes =>
  concatBytes(WRAP_LABEL, utf8(compartmentId(stored)));

/**
 * An opened compartment: seals and opens its records for as long as the grant lasts that it came from. The row around
 * a box is sealed again like any other; what is in the box has no other key than this one.
 */
export class Compartment implements Disposable {
  readonly name: CompartmentName;
  /** 16 random bytes, base64url. */
  readonly id: string;
  readonly #key: SecretBytes;
  readonly #addressing: SecretBytes;

  private constructor({ name, id }: Pick<StoredCompartment, 'name' | 'id'>, key: SecretBytes, addressing: SecretBytes) {
    this.name = name;
    this.id = id;
    this.#key = key;
    this.#addressing = addressing;
  }

  /** Makes a compartment: a fresh key, whose wrap the transaction stores. */
  static make(root: SecretBytes, tx: VaultTx, { name, id, madeAt }: Omit<StoredCompartment, 'wrap'>): Compartment {
    const key = SecretBytes.take(randomBytes(32));
    using wrapKey = deriveCompartmentKey(root, compartmentId({ name, id }));
    const wrap = sealBox(wrapKey, wrapData({ name, id }), key.expose());
    tx.put(compartmentAddress(name), 1, canonicalJsonBytes({ v: 1, id, madeAt, wrap: toBase64url(wrap) }));
    return new Compartment({ name, id }, key, tx.keys.addressing);
  }

  /** @throws SignetError vault_damaged when this root does not open it */
  static open(root: SecretBytes, vault: VaultReader, stored: StoredCompartment): Compartment {
    using wrapKey = deriveCompartmentKey(root, compartmentId(stored));
    const key = openKeyBox(wrapKey, wrapData(stored), stored.wrap);
    if (key === undefined) throw damaged('A compartment does not open with the words of this vault.');
    return new Compartment(stored, key, vault.keys.addressing);
  }

  /**
   * The box to put at Tier 3 under this address: padded in steps of 256 bytes, so that a running session, which sees
   * the box, learns little of its length.
   * @throws SignetError locked once the grant is over
   */
  seal(address: Address, plaintext: Uint8Array): Bytes {
    const id = recordId(this.#addressing, address);
    using key = deriveRecordKey(this.#key, id);
    using padded = SecretBytes.take(inSteps(plaintext));
    return sealBox(key, concatBytes(RECORD_LABEL, id), padded.expose());
  }

  /**
   * What was sealed into a box under this address.
   * @throws SignetError `vault_damaged` when it is of another compartment or address, `locked` once the grant is over
   */
  open(address: Address, box: Uint8Array): Bytes {
    const id = recordId(this.#addressing, address);
    using key = deriveRecordKey(this.#key, id);
    const padded = openBox(key, concatBytes(RECORD_LABEL, id), box);
    if (padded === undefined) throw damaged('A record does not open with the key of its compartment.');
    using secret = SecretBytes.take(padded);
    return outOfSteps(secret.expose());
  }

  [Symbol.dispose](): void {
    this.#key.dispose();
  }
}

/** le32(length) ‖ bytes ‖ zeros. */
function inSteps(bytes: Uint8Array): Bytes {
  const padded = new Uint8Array(Math.ceil((LENGTH_PREFIX + bytes.length) / STEP) * STEP);
  new DataView(padded.buffer).setUint32(0, bytes.length, true);
  padded.set(bytes, LENGTH_PREFIX);
  return padded;
}

/** Authenticated, so only `inSteps` wrote it. */
function outOfSteps(padded: Bytes): Bytes {
  const length = new DataView(padded.buffer, padded.byteOffset).getUint32(0, true);
  return padded.slice(LENGTH_PREFIX, LENGTH_PREFIX + length);
}
