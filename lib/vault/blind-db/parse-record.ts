import * as v from 'valibot';
import { fromUtf8 } from '../../core/index.ts';
import { damaged } from '../damage.ts';

/**
 * What a record holds whose bytes are JSON. The vault has authenticated them, so that they are of another shape means
 * that a newer Signet wrote them.
 * @param what the sentence for people when they are
 * @throws SignetError vault_damaged
 */
export function parseRecord<T>(schema: v.GenericSchema<unknown, T>, bytes: Uint8Array, what: string): T {
  const parsed = v.safeParse(schema, JSON.parse(fromUtf8(bytes)));
  if (!parsed.success) throw damaged(what);
  return parsed.output;
}
