import * as v from 'valibot';
import { parseOrigin } from '../../core/index.ts';
import { isHost } from './host.ts';
import { parseField } from './parse-field.ts';
import type { ReadOptions } from './read-options.ts';

/** Text that canonical JSON can say. */
export const text = (maxLength: number) =>
  v.pipe(
    v.string(),
    v.maxLength(maxLength, `is longer than ${maxLength} characters`),
    v.check((value) => value.isWellFormed(), 'holds a lone surrogate'),
  );

export const filledText = (maxLength: number) => v.pipe(text(maxLength), v.minLength(1, 'is empty'));

export const whole = v.pipe(
  v.number('must be a whole number'),
  v.safeInteger('must be a whole number of at most 2^53 - 1'),
);

/** Milliseconds since the epoch. */
export const instant = v.pipe(whole, v.minValue(0, 'is before 1970'));

/** A hundred years, so that milliseconds stay exact. */
const MAX_SECONDS = 100 * 366 * 86_400;

export const seconds = v.pipe(
  whole,
  v.minValue(1, 'must be at least a second'),
  v.maxValue(MAX_SECONDS, 'is more than a hundred years'),
);

export const positive = v.pipe(whole, v.minValue(1, 'must be at least 1'));
export const minorUnits = v.pipe(whole, v.minValue(0, 'must not be negative'));
export const currency = v.pipe(v.string(), v.regex(/^[A-Z]{3}$/, 'must be the three letters of a currency'));

/** Names as `claimKey` gives them: one in another spelling would never be met. */
export const claimName = v.pipe(
  filledText(200),
  v.check(isClaimName, 'must be a claim’s name: lower case, its steps joined by dots, without spaces or hyphens'),
);

function isClaimName(name: string): boolean {
  if (name !== name.toLowerCase() || /[\s*-]/.test(name)) return false;
  return name.split('.').every((step) => step !== '');
}

const MAX_CLAIMS = 64;

export const claimNames = v.pipe(
  v.array(claimName),
  v.minLength(1, 'names no claim'),
  v.maxLength(MAX_CLAIMS, `names more than ${MAX_CLAIMS} claims`),
  v.check((names) => new Set(names).size === names.length, 'names a claim twice'),
);

const host = v.pipe(v.string(), v.check(isHost, 'must be a host as browsers write it: lower case, no port, no path'));

/** A host that stands for itself alone. @throws SignetError bad_request naming `field` */
export const readHost = (value: unknown, field: string): string => parseField(host, value, field);

/** A host that stands for those below it too. @throws SignetError bad_request naming `field` */
export function readDomain(value: unknown, field: string, { isPublicSuffix }: ReadOptions): string {
  const operated = v.check(
    (name: string) => isPublicSuffix?.(name) !== true,
    'is a public suffix: its sites are of many operators',
  );
  return parseField(v.pipe(host, operated), value, field);
}

/** @throws SignetError bad_request naming `field` */
export const readSite = (value: unknown, field: string): string =>
  parseOrigin(parseField(filledText(300), value, field), field);
