import { isJsonObject } from '../../core/index.ts';
import { malformed, parseAny } from './text-form.ts';
import { parseTlogProof } from './tlog-proof.ts';

/**
 * The checkpoint in a text that is one, or ends in one: an export, or a proof. Nothing is checked but the form.
 * @throws SignetError bad_request when there is none
 */
export function checkpointIn(text: string): string {
  if (text.startsWith('c2sp.org/tlog-proof@')) return parseTlogProof(text).checkpoint;
  if (!text.startsWith('{')) return text;
  const end = parseAny(text.trimEnd().split('\n').at(-1) ?? '');
  if (!isJsonObject(end) || typeof end['checkpoint'] !== 'string') throw malformed('It has no checkpoint at its end.');
  return end['checkpoint'];
}
