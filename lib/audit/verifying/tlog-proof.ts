import type { Bytes } from '../../core/index.ts';
import { toBase64 } from '../../core/index.ts';
import { HASH_LENGTH } from '../../core/merkle/index.ts';
import { malformed, parseBase64, parseDecimal } from './text-form.ts';

const FORM = 'c2sp.org/tlog-proof@v1';
const MAX_HASHES = 63;

/** A proof that an entry is in a log (C2SP tlog-proof), as it is written: nothing in it is checked. */
export interface TlogProof {
  /** Data of the application's, which the proof does not authenticate. */
  readonly extra: Bytes | undefined;
  readonly index: number;
  /** From the leaf's sibling up to the root's child. */
  readonly hashes: readonly Bytes[];
  /** Text of the checkpoint, verbatim. */
  readonly checkpoint: string;
}

export function formatTlogProof({ extra, index, hashes, checkpoint }: TlogProof): string {
  const extraLine = extra === undefined ? [] : [`extra ${toBase64(extra)}`];
  return [FORM, ...extraLine, `index ${index}`, ...hashes.map(toBase64), '', checkpoint].join('\n');
}

/** @throws SignetError bad_request when the text is not of that form */
export function parseTlogProof(text: string): TlogProof {
  const blank = text.indexOf('\n\n');
  if (blank < 0) throw malformed('The proof has no checkpoint.');
  const [form, ...lines] = text.slice(0, blank).split('\n');
  if (form !== FORM) throw malformed(`The first line is not ${FORM}.`);
  const extra = afterWord('extra', lines[0]);
  const [index, ...hashes] = extra === undefined ? lines : lines.slice(1);
  const digits = afterWord('index', index);
  if (digits === undefined) throw malformed('The proof has no index.');
  if (hashes.length > MAX_HASHES) throw malformed('The proof has more hashes than a tree has levels.');
  return {
    extra: extra === undefined ? undefined : parseBase64(extra),
    index: parseDecimal(digits),
    hashes: hashes.map((hash) => parseBase64(hash, HASH_LENGTH)),
    checkpoint: text.slice(blank + 2),
  };
}

const afterWord = (word: string, line: string | undefined): string | undefined =>
  line?.startsWith(`${word} `) === true ? line.slice(word.length + 1) : undefined;
