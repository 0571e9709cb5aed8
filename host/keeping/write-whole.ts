import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** Writes a file whole or not at all: beside it first, then put in its place. @param mode its owner's alone by default */
export function writeWhole(file: string, text: string, mode = 0o600): void {
  const beside = `${file}.${crypto.randomUUID()}.tmp`;
  try {
    const descriptor = openSync(beside, 'wx', mode);
    try {
      writeFileSync(descriptor, text); // all of it, or an error: a full disk takes a part
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
    renameSync(beside, file);
    syncFolder(dirname(file));
  } catch (error) {
    rmSync(beside, { force: true });
    throw error;
  }
}

/** A new name is on the disk once its folder is. Windows does not open folders, and keeps names by itself. */
function syncFolder(path: string): void {
  if (process.platform === 'win32') return;
  const descriptor = openSync(path, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
