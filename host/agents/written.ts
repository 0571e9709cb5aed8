import { chmodSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, rmdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import * as v from 'valibot';
import { SignetError } from '../../lib/core/index.ts';
import { writeWhole } from '../keeping/write-whole.ts';

const Record = v.strictObject({
  v: v.literal(1),
  files: v.array(v.strictObject({ path: v.string(), sha256: v.string() })),
  folders: v.array(v.string()),
});
type Record = v.InferOutput<typeof Record>;

const NOTHING: Record = { v: 1, files: [], folders: [] };

/** What was taken back, and what was left because it is no longer as it was written. */
export interface TakenBack {
  readonly removed: readonly string[];
  readonly left: readonly string[];
}

/** Everything that was written outside, by a list beside it: so that exactly that can be taken back. */
export class Written {
  readonly #file: string;

  /** @param folder of the list; it is made when needed */
  constructor(folder: string) {
    this.#file = join(folder, 'installed.json');
  }

  /** The files that were written, with whether each is still as it was. */
  files(): readonly { readonly path: string; readonly isAsWritten: boolean }[] {
    return this.#read().files.map(({ path, sha256 }) => ({ path, isAsWritten: digestOf(path) === sha256 }));
  }

  /** Writes a file whole, and its folders where there are none. What it is comes on the list first. */
  write(path: string, text: string, mode: number): void {
    const record = this.#read();
    const made = missing(dirname(path));
    const others = record.files.filter((file) => file.path !== path);
    const folders = [...new Set([...record.folders, ...made])];
    makeFolders(dirname(this.#file));
    this.#keep({ v: 1, files: [...others, { path, sha256: digest(utf8ToBytes(text)) }], folders });
    makeFolders(dirname(path));
    writeWhole(path, text, mode);
    chmodSync(path, mode); // whatever the umask
  }

  /** Removes what was written and is still as it was, and folders that were made for it and are empty. */
  takeBack(): TakenBack {
    const { files, folders } = this.#read();
    const there = files.filter(({ path }) => existsSync(path));
    const own = there.filter(({ path, sha256 }) => digestOf(path) === sha256).map(({ path }) => path);
    for (const path of own) rmSync(path);
    rmSync(this.#file, { force: true });
    for (const folder of [...folders, dirname(this.#file)].sort(deepestFirst)) removeEmpty(folder);
    return { removed: own, left: there.map(({ path }) => path).filter((path) => !own.includes(path)) };
  }

  #read(): Record {
    if (!existsSync(this.#file)) return NOTHING;
    try {
      return v.parse(Record, JSON.parse(readFileSync(this.#file, 'utf8')));
    } catch (cause) {
      throw new SignetError('storage_failed', `${this.#file}, the list of what was installed, is damaged.`, { cause });
    }
  }

  #keep(record: Record): void {
    writeWhole(this.#file, `${JSON.stringify(record, undefined, 2)}\n`);
  }
}

const deepestFirst = (one: string, other: string): number => other.length - one.length;

/** A folder and those above it that are not there yet. */
function missing(folder: string): readonly string[] {
  return existsSync(folder) ? [] : [folder, ...missing(dirname(folder))];
}

const makeFolders = (folder: string): void => void mkdirSync(folder, { recursive: true, mode: 0o700 });

function removeEmpty(folder: string): void {
  if (existsSync(folder) && readdirSync(folder).length === 0) rmdirSync(folder);
}

const digest = (bytes: Uint8Array): string => bytesToHex(sha256(bytes));

function digestOf(path: string): string | undefined {
  try {
    return digest(readFileSync(path));
  } catch {
    return undefined;
  }
}
