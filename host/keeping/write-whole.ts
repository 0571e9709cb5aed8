import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';

/** Writes a file whole or not at all: beside it first, then put in its place. @param mode its owner's alone by default */
export function writeWhole(file: string, text: string, mode = 0o600): void {
  const beside = `${file}.${crypto.randomUUID()}.tmp`;
  try {
    const descriptor = openSync(beside, 'wx', mode);
    try {
      writeSync(descriptor, text);
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
    renameSync(beside, file);
  } catch (error) {
    rmSync(beside, { force: true });
    throw error;
  }
}
