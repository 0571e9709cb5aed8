const BASE = 36;
const T_MIN = 1;
const T_MAX = 26;
const SKEW = 38;
const DAMP = 700;
const INITIAL_BIAS = 72;
const INITIAL_N = 128;
const MAX_CODE_POINT = 0x10ffff;

/**
 * The text behind the part of a domain label that follows `xn--` (RFC 3492 §6.2).
 * @param encoded lower-case ASCII
 * @returns null when it is not punycode
 */
export function decodePunycode(encoded: string): string | null {
  const delimiter = encoded.lastIndexOf('-');
  const output = delimiter > 0 ? Array.from(encoded.slice(0, delimiter), (c) => c.charCodeAt(0)) : [];
  let rest = delimiter > 0 ? encoded.slice(delimiter + 1) : encoded;
  let n = INITIAL_N;
  let i = 0;
  let bias = INITIAL_BIAS;
  while (rest !== '') {
    const start = i;
    const read = readInteger(rest, bias);
    if (read === null) return null;
    i += read.value;
    rest = rest.slice(read.length);
    const length = output.length + 1;
    bias = adapt(i - start, length, start === 0);
    n += Math.floor(i / length);
    i %= length;
    if (n > MAX_CODE_POINT) return null;
    output.splice(i++, 0, n);
  }
  return String.fromCodePoint(...output);
}

/** A generalized variable-length integer (RFC 3492 §3.3). */
function readInteger(text: string, bias: number): { value: number; length: number } | null {
  let value = 0;
  let weight = 1;
  for (let length = 1; length <= text.length; length++) {
    const digit = digitOf(text.charCodeAt(length - 1));
    if (digit === null) return null;
    value += digit * weight;
    if (!Number.isSafeInteger(value)) return null;
    const threshold = Math.min(Math.max(BASE * length - bias, T_MIN), T_MAX);
    if (digit < threshold) return { value, length };
    weight *= BASE - threshold;
  }
  return null;
}

function digitOf(code: number): number | null {
  if (code >= 97 && code <= 122) return code - 97;
  if (code >= 48 && code <= 57) return code - 48 + 26;
  return null;
}

/** Bias adaptation (RFC 3492 §6.1). */
function adapt(delta: number, length: number, first: boolean): number {
  let scaled = first ? Math.floor(delta / DAMP) : delta >> 1;
  scaled += Math.floor(scaled / length);
  let k = 0;
  for (; scaled > ((BASE - T_MIN) * T_MAX) >> 1; k += BASE) scaled = Math.floor(scaled / (BASE - T_MIN));
  return k + Math.floor(((BASE - T_MIN + 1) * scaled) / (scaled + SKEW));
}
