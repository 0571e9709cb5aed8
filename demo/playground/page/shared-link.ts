import * as v from 'valibot';
import { fromBase64url, toBase64url, utf8 } from '../../../lib/core/index.ts';
import type { Draft } from './draft.ts';
import { LONGEST } from './draft.ts';

const PREFIX = '#try=';
/** Four texts, none of which may be longer than the longest, as base64url. */
const LONGEST_LINK = 4 * LONGEST;

const text = v.pipe(v.string(), v.maxLength(LONGEST));
const draft = v.strictObject({
  policy: text,
  call: v.strictObject({ tool: text, as: v.picklist(['command', 'path', 'json']), text }),
  before: text,
  spent: text,
});

/** A fragment that brings all fields along; a browser sends it to nobody. */
export const linkTo = (shared: Draft): string => PREFIX + toBase64url(utf8(JSON.stringify(shared)));

/** @returns undefined where the fragment is none of these; `unreadable` where it is one and cannot be read */
export function draftIn(fragment: string): Draft | 'unreadable' | undefined {
  if (!fragment.startsWith(PREFIX)) return undefined;
  if (fragment.length > LONGEST_LINK) return 'unreadable';
  try {
    const json = new TextDecoder('utf-8', { fatal: true }).decode(fromBase64url(fragment.slice(PREFIX.length)));
    const read = v.safeParse(draft, JSON.parse(json));
    return read.success ? read.output : 'unreadable';
  } catch {
    return 'unreadable';
  }
}
