/** What the language computes with: yes or no, whole numbers, texts, and lists of these. */
export type SplValue = boolean | number | string | SplList;
export type SplList = readonly SplValue[];

/** A request, the variables, or a record within them: only `get` takes one. Its members are not yet looked at. */
export type SplRecord = Readonly<Record<string, unknown>>;

/** What an expression can come to. */
export type Found = SplValue | SplRecord;

export const isList = (value: Found | undefined): value is SplList => Array.isArray(value);

export const isRecord = (value: unknown): value is SplRecord =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Amounts and counts: whole, in minor units, never negative. */
export const isQuantity = (value: unknown): value is number => Number.isSafeInteger(value) && Number(value) >= 0;

/** The type of anything in words for people; never the value. */
export function typeInWords(value: unknown): string {
  if (value === undefined || value === null) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  switch (typeof value) {
    case 'boolean':
      return 'a yes or no';
    case 'string':
      return 'text';
    case 'object':
      return 'a record';
    case 'number':
      if (!Number.isSafeInteger(value)) return 'a number that is not whole';
      return value < 0 ? 'a negative number' : 'a number';
    default:
      return 'no value of JSON';
  }
}
