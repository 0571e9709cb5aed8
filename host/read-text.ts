import { readFileSync } from 'node:fs';
import { SignetError } from '../lib/core/index.ts';
import { readStandardInput } from './standard-streams.ts';

/** A file as text. */
export interface FileText {
  readonly text: string;
  /** Whether its bytes are UTF-8: where they are not, the text has a replacement character. */
  readonly isUtf8: boolean;
}

/** @param file a path, or `-` for standard input @throws SignetError not_found when it cannot be read */
export function readText(file: string): FileText {
  const bytes = readBytes(file);
  // A byte order mark is a byte like any other: keep it, so that it is seen.
  const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
  return { text, isUtf8: Buffer.from(text).equals(bytes) };
}

function readBytes(file: string): Buffer {
  try {
    return file === '-' ? readStandardInput() : readFileSync(file);
  } catch (cause) {
    throw new SignetError('not_found', `${file} cannot be read.`, { cause });
  }
}
