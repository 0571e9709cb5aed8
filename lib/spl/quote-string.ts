import { assertField } from '../core/index.ts';

/**
 * A text as a string of the language, quotes included. For placing a domain or a purpose in a policy: whatever the text
 * holds, it stays one string.
 * @throws SignetError bad_request for half of a surrogate pair, which UTF-8 cannot say
 */
export function quoteString(text: string): string {
  assertField(text.isWellFormed(), 'policy', 'The text holds half of a character.');
  return JSON.stringify(text); // the escapes of the language are JSON's
}
