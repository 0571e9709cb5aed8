import * as v from 'valibot';
import { SignetError, fromBase64url } from '../../core/index.ts';
import type { WireOpening } from '../../credentials/index.ts';
import { read } from './reading.ts';

const MAX_NUMBER = 1n << 64n;
const MAX_OPENINGS = 16;

const decimal = v.pipe(
  v.string('must be text'),
  v.regex(/^(?:0|[1-9]\d{0,19})$/, 'must be a decimal number'),
  v.check((text) => BigInt(text) < MAX_NUMBER, 'must be below 2^64'),
);

const scalar = v.pipe(
  v.string('must be text'),
  v.length(43, 'must be 32 bytes in base64url'),
  v.check(isBase64url, 'must be 32 bytes in base64url'),
);

function isBase64url(text: string): boolean {
  try {
    return fromBase64url(text).length === 32;
  } catch {
    return false; // another alphabet, or loose bits
  }
}

const name = v.pipe(
  v.string(),
  v.maxLength(100, 'must be at most 100 characters'),
  v.regex(/^.+_commitment$/, 'must be called a commitment'),
  v.check((text) => text.isWellFormed(), 'must be well-formed Unicode'),
);

const Openings = v.array(
  v.pipe(
    v.record(name, v.strictObject({ value: decimal, blinding: scalar })),
    v.check((openings) => Object.keys(openings).length <= MAX_OPENINGS, `must be at most ${MAX_OPENINGS}`),
  ),
  'must be a list',
);

/**
 * The openings of committed numbers beside the credentials of a response: `signet_openings`, one object for each
 * credential, in the same order. Our own extension of OpenID4VCI, so nothing in it is passed over.
 * @param value absent where the issuer sends none
 * @param count of the credentials that came
 * @returns as many as credentials; empty objects where there are none
 * @throws SignetError issuer_refused naming the field, never with a value
 */
export function readOpenings(value: unknown, count: number): readonly Readonly<Record<string, WireOpening>>[] {
  if (value === undefined) return Array.from({ length: count }, () => ({}));
  const field = 'credential response.signet_openings';
  const openings = read(Openings, value, field, 'issuer_refused');
  if (openings.length === count) return openings;
  throw new SignetError('issuer_refused', 'The issuer sent openings of another number of credentials than it sent.', {
    field,
  });
}
