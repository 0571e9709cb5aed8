/** Where the parenthesis closes that was opened before `from`: quotes are passed over. The end, where none does. */
export function closingOf(text: string, from: number): number {
  let depth = 1;
  for (let i = from; i < text.length; i++) {
    const char = text[i];
    if (char === '\\') i += 1;
    else if (char === "'" || char === '"') i = endOfQuote(text, char, i + 1);
    else if (char === '(') depth += 1;
    else if (char === ')' && --depth === 0) return i;
  }
  return text.length;
}

function endOfQuote(text: string, quote: string, from: number): number {
  for (let i = from; i < text.length; i++) {
    if (text[i] === '\\' && quote === '"') i += 1;
    else if (text[i] === quote) return i;
  }
  return text.length;
}
