import * as v from 'valibot';
import type { Bytes } from '../../core/index.ts';
import { SignetError, canonicalJsonBytes, fromUtf8, parseJson } from '../../core/index.ts';
import { damaged } from '../damage.ts';

const NameSchema = v.pipe(v.string(), v.regex(/^[a-z0-9_-]{1,32}$/i));
const MarkSchema = v.object({ shape: NameSchema, colour: NameSchema });

/** A small picture the person chose: shown beside every unlock field, readable by no page (design §3, rule 5). */
export interface Mark {
  /** Letters, digits, `-` and `_`, at most 32. */
  readonly shape: string;
  readonly colour: string;
}

/** @throws SignetError bad_request, field `mark` */
export function encodeMark({ shape, colour }: Mark): Bytes {
  if (!v.is(MarkSchema, { shape, colour })) throw new SignetError('bad_request', 'This is no mark.', { field: 'mark' });
  return canonicalJsonBytes({ shape, colour });
}

/** @throws SignetError vault_damaged */
export function decodeMark(bytes: Bytes): Mark {
  const parsed = v.safeParse(MarkSchema, parseJson(fromUtf8(bytes), 'mark', { maxLength: 200, maxDepth: 1 }));
  if (!parsed.success) throw damaged('The vault’s mark cannot be read.');
  return parsed.output;
}
