import { readFile } from 'node:fs/promises';
import { buffer } from 'node:stream/consumers';
import { SignetError } from '../lib/core/index.ts';

/** A file as text. */
export interface FileText {
  readonly text: string;
  /** Whether its bytes are UTF-8: where they are not, the text has a replacement character. */
  readonly isUtf8: boolean;
}

/** @param file a path, or `-` for standard input @throws SignetError not_found when it cannot be read */
export async function readText(file: string): Promise<FileText> {
  const bytes = await readBytes(file);
  // A byte order mark is a byte like any other: keep it, so that it is seen.
  const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
  return { text, isUtf8: Buffer.from(text).equals(bytes) };
}

async function readBytes(file: string): Promise<Buffer> {
  try {
    return file === '-' ? await buffer(process.stdin) : await readFile(file);
  } catch (cause) {
    throw new SignetError('not_found', `${file} cannot be read.`, { cause });
  }
}
