const ESCAPES: Readonly<Record<string, string>> = {
  ...{ n: '\n', t: '\t', r: '\r', a: '\x07', b: '\b', e: '\x1b', E: '\x1b', f: '\f', v: '\v' },
  ...{ '\\': '\\', "'": "'", '"': '"', '?': '?' },
};

/** What the escapes of `$'…'` may be, beyond one letter. */
const NUMBERED = /^(?:x([0-9a-fA-F]{1,2})|u([0-9a-fA-F]{1,4})|U([0-9a-fA-F]{1,8})|([0-7]{1,3}))/;

/**
 * The inside of bash's `$'…'`.
 * @param from after the opening quote
 * @returns the text, and how long it stands in the script with its closing quote
 */
export function decodeAnsi(script: string, from: number): { readonly text: string; readonly length: number } {
  let text = '';
  let at = from;
  while (at < script.length && script[at] !== "'") {
    if (script[at] === '\\') {
      const escape = decodeEscape(script.slice(at + 1, at + 10));
      text += escape.text;
      at += 1 + escape.length;
    } else {
      text += script[at] ?? '';
      at += 1;
    }
  }
  return { text, length: at + 1 - from };
}

function decodeEscape(rest: string): { readonly text: string; readonly length: number } {
  const [all, hex, short, long, octal] = NUMBERED.exec(rest) ?? [];
  if (all !== undefined) {
    const digits = hex ?? short ?? long;
    const code = digits === undefined ? Number.parseInt(octal ?? '', 8) & 0xff : Number.parseInt(digits, 16);
    return { text: code <= 0x10ffff ? String.fromCodePoint(code) : '', length: all.length };
  }
  const letter = rest.slice(0, 1);
  return { text: ESCAPES[letter] ?? `\\${letter}`, length: Math.max(1, letter.length) };
}
