import { argon2idAsync } from '@noble/hashes/argon2.js';
import type { Bytes } from '../../core/index.ts';
import { SecretBytes, assertField, randomBytes, utf8 } from '../../core/index.ts';

/** Argon2id (RFC 9106) cost and salt. */
export interface KdfParameters {
  /** KiB. */
  readonly m: number;
  readonly t: number;
  readonly p: number;
  /** At least 16 bytes. */
  readonly salt: Bytes;
}

export type KdfCost = Omit<KdfParameters, 'salt'>;

/** The least a vault may ask of a guesser: 19 MiB, two passes. */
export const KDF_FLOOR: KdfCost = { m: 19 * 1024, t: 2, p: 1 };

/** The most a vault may ask of this machine: above it a planted header could hang it. */
export const KDF_CEILING: KdfCost = { m: 1024 * 1024, t: 10, p: 4 };

/** Whether a cost lies between floor and ceiling. */
export const isBearableCost = ({ m, t, p }: KdfCost): boolean =>
  within(m, KDF_FLOOR.m, KDF_CEILING.m) &&
  within(t, KDF_FLOOR.t, KDF_CEILING.t) &&
  within(p, KDF_FLOOR.p, KDF_CEILING.p);

const within = (value: number, least: number, most: number): boolean =>
  Number.isInteger(value) && value >= least && value <= most;

/** Parameters for a new password: a fresh salt. */
export const newKdfParameters = (cost: KdfCost = KDF_FLOOR): KdfParameters => ({ ...cost, salt: randomBytes(16) });

/** How long an unlock may take a guesser, and the person, on the machine a password is chosen on: milliseconds. */
const UNLOCK_TARGET = 500;

/**
 * The cost for a new password on this machine: as many passes over 19 MiB as fit in half a second, never fewer than
 * two. A fast machine so gets a stronger wrap than the floor.
 * @param stopwatch milliseconds, monotonic
 */
export async function calibratedCost(stopwatch: () => number = () => performance.now()): Promise<KdfCost> {
  const started = stopwatch();
  (await stretchPassword('a password to measure with', newKdfParameters()))[Symbol.dispose]();
  const perPass = (stopwatch() - started) / KDF_FLOOR.t;
  const passes = Math.floor(UNLOCK_TARGET / Math.max(perPass, 1));
  return { ...KDF_FLOOR, t: Math.min(Math.max(passes, KDF_FLOOR.t), KDF_CEILING.t) };
}

const MIN_LENGTH = 10;
const MAX_LENGTH = 1_000;

/** @throws SignetError bad_request, field `password`, when a new password is too short, or none a keyboard writes */
export function assertNewPassword(password: string): void {
  assertTypeable(password);
  const length = Array.from(password.normalize('NFKC')).length;
  assertField(length >= MIN_LENGTH, 'password', `A password needs at least ${MIN_LENGTH} characters.`);
}

function assertTypeable(password: string): void {
  assertField(password.length <= MAX_LENGTH && password.isWellFormed(), 'password', 'This password cannot be used.');
}

/** What a password stretches to. */
export interface StretchedPassword extends Disposable {
  /** Wraps the entropy of the phrase. 32 bytes. */
  readonly wrapKey: SecretBytes;
  /** P of design §4: goes into the key that wraps Tier 2's. 32 bytes. */
  readonly p: SecretBytes;
}

/**
 * Stretches a password (taken in NFKC, as UTF-8) with Argon2id to 64 bytes. Takes about half a second.
 * @throws SignetError bad_request, field `password`, for what no keyboard writes
 */
export async function stretchPassword(password: string, parameters: KdfParameters): Promise<StretchedPassword> {
  assertTypeable(password);
  using secret = SecretBytes.take(utf8(password.normalize('NFKC')));
  const { m, t, p, salt } = parameters;
  const out = await argon2idAsync(secret.expose(), salt, { m, t, p, dkLen: 64, maxmem: 2 ** 31 });
  const wrapKey = SecretBytes.take(out.slice(0, 32));
  const rest = SecretBytes.take(out.slice(32));
  out.fill(0);
  return { wrapKey, p: rest, [Symbol.dispose]: () => [wrapKey, rest].forEach((key) => key.dispose()) };
}
