const MAX_WORDS = 64;
const MAX_LENGTH = 100_000;

/**
 * `{rm,-rf,/}` and `a{b,c}` as the words that bash makes of them; a word without such braces is itself. Where they
 * multiply beyond what is followed, what there is so far.
 */
export function expandBraces(word: string): readonly string[] {
  if (!word.includes('{')) return [word];
  let words: readonly string[] = [word];
  while (words.length <= MAX_WORDS && words.length * word.length <= MAX_LENGTH) {
    const next = words.flatMap(expandOne);
    if (next.length === words.length) return words;
    words = next;
  }
  return words;
}

function expandOne(word: string): readonly string[] {
  const braces = findInnermost(word);
  if (braces === undefined) return [word];
  const [before, after] = [word.slice(0, braces.open), word.slice(braces.close + 1)];
  return word
    .slice(braces.open + 1, braces.close)
    .split(',')
    .map((part) => `${before}${part}${after}`);
}

/** The first pair of braces that holds a comma and no other pair. */
function findInnermost(word: string): { readonly open: number; readonly close: number } | undefined {
  let open = -1;
  let hasComma = false;
  for (let i = 0; i < word.length; i++) {
    const char = word[i];
    if (char === '{') {
      open = word[i - 1] === '$' ? -1 : i;
      hasComma = false;
    } else if (char === ',') hasComma = true;
    else if (char === '}') {
      if (open >= 0 && hasComma) return { open, close: i };
      open = -1;
    }
  }
  return undefined;
}
