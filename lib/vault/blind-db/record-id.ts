import { sha256 } from '@noble/hashes/sha2.js';
import type { Bytes, SecretBytes } from '../../core/index.ts';
import { concatBytes, le64, utf8 } from '../../core/index.ts';
import type { Address } from './address.ts';

/**
 * An address, blinded: SHA-256(addressing key ‖ label ‖ le64(index)), 32 bytes (design §4). Of a record's name it is
 * what the table is keyed by; of `sys/row` and a number, the key that the row of this number is stored under. Without
 * the addressing key nobody can tell what a row is or which rows belong together.
 */
export const recordId = (addressing: SecretBytes, { label, index }: Address): Bytes =>
  sha256(concatBytes(addressing.expose(), utf8(label), le64(index)));
