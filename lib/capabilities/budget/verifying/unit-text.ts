import { assertField, fromBase64url, toBase64url } from '../../../core/index.ts';
import { LINK_LENGTH } from './chain-link.ts';
import type { Unit } from './check-unit.ts';
import { MAX_BUDGET_LENGTH } from './terms.ts';

/** 32 bytes in canonical base64url, a dot, and a number without leading zeros. */
const UNIT = /^([A-Za-z0-9_-]{42}[AEIMQUYcgkosw048])\.([1-9]\d{0,4})$/;

/**
 * A unit as text, which a wallet hands out and a merchant takes: base64url of its link, a dot, its index in decimal.
 * Whoever has the text has every unit up to it.
 * @throws SignetError bad_request, naming `unit`, for what is no place in any budget
 */
export function formatUnit({ index, link }: Unit): string {
  assertUnit(isUnitIndex(index) && link.length === LINK_LENGTH);
  return `${toBase64url(link)}.${index}`;
}

/**
 * A unit, from the one spelling that `formatUnit` gives it. Whether it is one of a budget, `checkUnit` says.
 * @throws SignetError bad_request, naming `unit`
 */
export function parseUnit(text: string): Unit {
  const [, link, digits] = (typeof text === 'string' && UNIT.exec(text)) || [];
  const index = Number(digits);
  assertUnit(link !== undefined && isUnitIndex(index));
  return { index, link: fromBase64url(link) };
}

const isUnitIndex = (index: number): boolean => Number.isSafeInteger(index) && index >= 1 && index <= MAX_BUDGET_LENGTH;

function assertUnit(condition: boolean): asserts condition {
  assertField(condition, 'unit', 'This is no unit of a budget.');
}
