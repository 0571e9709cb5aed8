import { foldText } from '../fold.ts';
import type { Pattern } from '../regex/index.ts';
import { literal, literalInAnyCase } from '../regex/index.ts';

const EDGE: Pattern = { kind: 'at', place: 'word_edge' };

/**
 * A text to look for. One that begins with a letter and ends with a space, such as 'rm ', means a word: it is not found
 * at the end of another ("farm x").
 */
export function exactText(text: string): Pattern {
  return /^\w.*\s$/s.test(text) ? { kind: 'sequence', parts: [EDGE, literal(text)] } : literal(text);
}

/** The same in the other ways that texts are looked at: folded, and with its operators apart as shells split them. */
export function wideText(text: string): Pattern {
  const folded = foldText(text);
  const apart = folded.replace(/ *([;&|<>()]+) */g, ' $1 ').replace(/^ /, folded.startsWith(' ') ? ' ' : '');
  const forms = new Set([text, folded, folded.endsWith(' ') ? apart : apart.trimEnd()]);
  return { kind: 'choice', branches: [...forms].map(exactText) };
}

/** A whole word, in any case. */
export const wordPattern = (word: string): Pattern => ({
  kind: 'sequence',
  parts: [EDGE, literalInAnyCase(word), EDGE],
});
