import type { Alias, Document, Node } from 'yaml';
import { Lexer, LineCounter, isAlias, isMap, isScalar, isSeq, parseDocument } from 'yaml';
import type { Json } from '../../core/index.ts';
import { SignetError } from '../../core/index.ts';

/** Where something stands, from 1. */
export interface TextPlace {
  readonly line: number;
  readonly column: number;
}

export type Path = readonly (string | number)[];

/** YAML that was read, with the places of what is in it. */
export interface YamlText {
  readonly value: Json;
  /** With comments, to be changed and written again. */
  readonly tree: Document.Parsed;
  /** Where the value at a path stands; of what is not there, the nearest around it. */
  placeOf(path: Path): TextPlace;
}

const MAX_BYTES = 512 * 1024;
const MAX_DEPTH = 24;
const MAX_ALIASES = 100;
const MAX_NODES = 100_000;

/**
 * Reads one YAML 1.2 document (core schema): maps with texts as keys, each once; no merge keys, no tags of its own.
 * Aliases are few, and what they unfold to is counted.
 * @throws SignetError bad_request naming line and column
 */
export function readYaml(text: string): YamlText {
  if (text.length > MAX_BYTES) throw refuse(`The file is longer than ${MAX_BYTES} characters.`);
  assertBearable(text);
  const lines = new LineCounter();
  const tree = parse(text, lines);
  const placeAt = (offset: number): TextPlace => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  const [problem] = [...tree.errors, ...tree.warnings];
  if (problem !== undefined) throw refuse(sentence(problem.message), placeAt(problem.pos[0]));
  const value = new PlainReader(tree, placeAt).read();
  return { value, tree, placeOf: (path) => placeAt(nearest(tree, path)) };
}

function refuse(message: string, place?: TextPlace): SignetError {
  const where = place === undefined ? '' : `line ${place.line}, column ${place.column}: `;
  return new SignetError('bad_request', `${where}${message}`);
}

const sentence = (text: string): string => (text.endsWith('.') ? text : `${text}.`);

function parse(text: string, lineCounter: LineCounter): Document.Parsed {
  try {
    const options = { lineCounter, prettyErrors: false, schema: 'core', version: '1.2', uniqueKeys: true } as const;
    return parseDocument(text, { ...options, merge: false, stringKeys: true });
  } catch (cause) {
    throw new SignetError('bad_request', 'The file cannot be read as YAML.', { cause });
  }
}

/** Looks at the tokens alone: the library takes long over documents that are deep, and these are no policies. */
function assertBearable(text: string): void {
  let flow = 0;
  let run = 0;
  let aliases = 0;
  for (const token of new Lexer().lex(text)) {
    const char = token[0];
    if (token === '[' || token === '{') flow += 1;
    else if (token === ']' || token === '}') flow -= 1;
    run = token === '-' || token === '?' || token === ':' ? run + 1 : token.trim() === '' && char !== '\n' ? run : 0;
    if ((char === '*' || char === '&') && ++aliases > MAX_ALIASES) {
      throw refuse(`The file has more than ${MAX_ALIASES} anchors and aliases.`);
    }
    if (flow > MAX_DEPTH || run > MAX_DEPTH) throw refuse(`The file is nested deeper than ${MAX_DEPTH}.`);
  }
}

/** The offset of the value at a path, or of the nearest around it that is there. */
function nearest(tree: Document.Parsed, path: Path): number {
  for (let length = path.length; length >= 0; length--) {
    const node = tree.getIn(path.slice(0, length), true) as Node | undefined; // with `true` the library gives nodes
    if (node?.range) return node.range[0];
  }
  return 0;
}

class PlainReader {
  readonly #tree: Document.Parsed;
  readonly #placeAt: (offset: number) => TextPlace;
  #nodes = 0;
  #followed = 0;

  constructor(tree: Document.Parsed, placeAt: (offset: number) => TextPlace) {
    this.#tree = tree;
    this.#placeAt = placeAt;
  }

  read(): Json {
    return this.#read(this.#tree.contents, 0);
  }

  #refuse(node: Node | null, message: string): SignetError {
    return refuse(message, this.#placeAt(node?.range?.[0] ?? 0));
  }

  #read(node: Node | null | undefined, depth: number): Json {
    if (node === null || node === undefined) return null;
    if (++this.#nodes > MAX_NODES) throw this.#refuse(node, `The file has more than ${MAX_NODES} values.`);
    if (depth > MAX_DEPTH) throw this.#refuse(node, `The file is nested deeper than ${MAX_DEPTH}.`);
    if (isAlias(node)) return this.#follow(node, depth);
    if (isScalar(node)) return this.#scalar(node, node.value);
    if (isSeq(node)) return node.items.map((item) => this.#read(item as Node, depth + 1)); // parsed: items are nodes
    if (isMap(node)) return this.#members(node.items as readonly Pairing[], depth); // likewise
    throw this.#refuse(node, 'This is no value of a policy.');
  }

  /** Looking up an alias reads the document from its start. */
  #follow(alias: Alias, depth: number): Json {
    if (++this.#followed > MAX_ALIASES) throw this.#refuse(alias, `Aliases unfold to more than ${MAX_ALIASES} values.`);
    return this.#read(alias.resolve(this.#tree), depth + 1);
  }

  #scalar(node: Node, value: unknown): Json {
    if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
    if (typeof value === 'number' && Number.isFinite(value)) return value;
    throw this.#refuse(node, 'This is no value of a policy.');
  }

  #members(pairs: readonly Pairing[], depth: number): Json {
    const members: [string, Json][] = [];
    for (const { key, value } of pairs) {
      const name = isScalar(key) ? key.value : undefined;
      if (typeof name !== 'string') throw this.#refuse(key, 'A key must be a text.');
      if (name === '<<') throw this.#refuse(key, 'Merge keys (<<) are not taken.');
      members.push([name, this.#read(value, depth + 1)]);
    }
    return Object.fromEntries(members);
  }
}

interface Pairing {
  readonly key: Node;
  readonly value: Node | null;
}
