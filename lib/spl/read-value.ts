import type { Expression } from './expression.ts';
import type { Facts } from './facts.ts';
import { Fault } from './fault.ts';
import { MAX_DEPTH } from './limits.ts';
import { nameOf } from './name-of.ts';
import { type Found, isRecord, type SplList, typeInWords } from './value.ts';

const WANTED = 'a yes or no, a whole number, text or a list of these';

/**
 * A value that came from outside as one of the language, lists looked through to the end.
 * @param raw what stands in a request or among the variables
 * @throws Fault for null, for numbers that are not whole and for whatever JSON cannot say
 */
export function readValue(raw: unknown, expression: Expression, facts: Facts): Found {
  if (typeof raw === 'string' || typeof raw === 'boolean') return raw;
  if (typeof raw === 'number' && Number.isSafeInteger(raw)) return raw;
  if (Array.isArray(raw)) return readList(raw, expression, facts, 1);
  if (isRecord(raw)) return raw;
  if (raw === undefined || raw === null) throw missing(expression);
  throw new Fault(
    'wrong_type',
    `${nameOf(expression)} is ${typeInWords(raw)}, and must be ${WANTED}`,
    expression.place,
  );
}

/** What a field that is not there, or is null, comes to. */
export function missing(expression: Expression): Fault {
  const [, record] = expression.kind === 'list' ? expression.items : [];
  const isOfRequest = record?.kind === 'symbol' && record.name === 'req';
  const message = `${isOfRequest ? 'the request has no' : 'there is no'} ${nameOf(expression)}`;
  return new Fault('missing', message, expression.place);
}

function readList(list: readonly unknown[], expression: Expression, facts: Facts, depth: number): SplList {
  if (depth > MAX_DEPTH) {
    throw new Fault('too_much_work', `${nameOf(expression)} is nested deeper than ${MAX_DEPTH}`, expression.place);
  }
  for (const item of list) {
    facts.spend(1, expression);
    if (Array.isArray(item)) readList(item, expression, facts, depth + 1);
    else if (!isScalar(item)) {
      const message = `${nameOf(expression)} holds ${typeInWords(item)}, and must be a list of ${WANTED}`;
      throw new Fault('wrong_type', message, expression.place);
    }
  }
  return list as SplList; // the loop saw every element of it
}

const isScalar = (item: unknown): boolean =>
  typeof item === 'string' || typeof item === 'boolean' || Number.isSafeInteger(item);
