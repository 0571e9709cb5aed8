/** Where something stands in a text: from, inclusive, to, exclusive; UTF-16 units. */
export type Place = readonly [number, number];

const SPACE = /\s/;

/**
 * Where the value that a field's name leads to stands in a JSON text, so that a person can be shown it.
 * @param field as errors name it: `rule.when[2].value`; its first word is the text as a whole
 * @returns the nearest value around it where it is not there; undefined where the text is no JSON
 */
export function placeOf(text: string, field: string): Place | undefined {
  try {
    JSON.parse(text);
  } catch {
    return undefined;
  }
  const steps = [...field.replace(/^[^.[]*/, '').matchAll(/\.([^.[]+)|\[(\d+)\]/g)].map(
    ([, name, index]) => name ?? Number(index),
  );
  let place = valueAt(text, 0);
  for (const step of steps) {
    const inside = partOf(text, place, step);
    if (inside === undefined) break;
    place = inside;
  }
  return place;
}

/** The part of an object or list that a step leads to. */
function partOf(text: string, [start]: Place, step: string | number): Place | undefined {
  const isObject = text[start] === '{';
  if (!isObject && text[start] !== '[') return undefined;
  let at = skipSpace(text, start + 1);
  for (let index = 0; text[at] !== '}' && text[at] !== ']'; index++) {
    let name: string | number = index;
    if (isObject) {
      const [from, to] = valueAt(text, at);
      name = JSON.parse(text.slice(from, to)) as string; // the name of a member is a string in JSON
      at = text.indexOf(':', to) + 1;
    }
    const value = valueAt(text, at);
    if (name === step) return value;
    at = skipSpace(text, value[1]);
    if (text[at] === ',') at = skipSpace(text, at + 1);
  }
  return undefined;
}

/** The value that begins at or after `at`, in a text that is JSON. */
function valueAt(text: string, at: number): Place {
  const start = skipSpace(text, at);
  let depth = 0;
  for (let i = start; i < text.length; i++) {
    const c = text[i] ?? '';
    if (c === '"') i = endOfString(text, i);
    else if (c === '{' || c === '[') depth++;
    else if (c === '}' || c === ']') {
      if (depth === 0) return [start, i];
      depth--;
    } else if (depth === 0 && (c === ',' || SPACE.test(c))) return [start, i];
    if (depth === 0 && (c === '"' || c === '}' || c === ']')) return [start, i + 1];
  }
  return [start, text.length];
}

/** Where the quote that ends a string stands. */
function endOfString(text: string, start: number): number {
  for (let i = start + 1; i < text.length; i++) {
    if (text[i] === '\\') i++;
    else if (text[i] === '"') return i;
  }
  return text.length;
}

function skipSpace(text: string, at: number): number {
  let i = at;
  while (i < text.length && SPACE.test(text[i] ?? '')) i++;
  return i;
}
