import { isUtf8 } from 'node:buffer';
import { readSync, writeSync } from 'node:fs';
import { SignetError } from '../lib/core/index.ts';

const MAX_HOOK_BYTES = 16 * 1024 * 1024;
const WAIT = 10_000;
const NAP = 5;
const INPUT = 0;
const OUTPUT = 1;
const ERRORS = 2;

/**
 * All of standard input as text, read without Node's streams: a hook has nothing else to do, and they take longer to begin
 * than a decision.
 * @throws SignetError bad_request when it is too much, no UTF-8, or nobody writes for ten seconds
 */
export function readInput(): string {
  try {
    return textOf(readStandardInput(MAX_HOOK_BYTES));
  } catch (cause) {
    if (cause instanceof SignetError) throw cause;
    throw new SignetError('bad_request', 'Standard input cannot be read.', { cause });
  }
}

/** As a fatal `TextDecoder` has it, which takes longer to begin. A mark of byte order before the text is none of it. */
function textOf(bytes: Buffer): string {
  if (!isUtf8(bytes)) throw new SignetError('bad_request', 'Standard input is no text.');
  return bytes.toString('utf8').replace(/^\uFEFF/, '');
}

/** @param most bytes @throws SignetError bad_request when there are more */
export function readStandardInput(most = Number.POSITIVE_INFINITY): Buffer {
  const chunks: Buffer[] = [];
  let length = 0;
  for (;;) {
    const chunk = Buffer.allocUnsafe(65_536);
    const read = whenReady(() => readSync(INPUT, chunk));
    if (read === 0) return Buffer.concat(chunks);
    length += read;
    if (length > most) throw new SignetError('bad_request', 'Standard input is too long.');
    chunks.push(chunk.subarray(0, read));
  }
}

/** One line on standard output, before the process can end. */
export function writeLine(line: string): void {
  writeOutput(`${line}\n`);
}

/** On standard output, before the process can end. Nobody who still reads is nobody to tell: that is no error. */
export function writeOutput(text: string): void {
  writeAll(OUTPUT, text);
}

/** On standard error, likewise. */
export function writeError(text: string): void {
  writeAll(ERRORS, text);
}

function writeAll(stream: number, text: string): void {
  const bytes = Buffer.from(text);
  try {
    for (let at = 0; at < bytes.length;) {
      const rest = bytes.subarray(at);
      at += whenReady(() => writeSync(stream, rest));
    }
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EPIPE')) throw error;
  }
}

/** Where the other end left its pipe in the mode that does not wait, we do. */
function whenReady(act: () => number): number {
  for (let waited = 0; ; waited += NAP) {
    try {
      return act();
    } catch (error) {
      const isBusy = error instanceof Error && 'code' in error && error.code === 'EAGAIN';
      if (!isBusy || waited >= WAIT) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, NAP);
    }
  }
}
