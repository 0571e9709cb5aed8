import { readdir, readFile, stat } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { deflateRawSync } from 'node:zlib';
import { BUILT_EXTENSION } from '../../tools/browser/launch.ts';
import { type Row, type Suite, toRow } from './row.ts';

/** Zip's own bytes for each file beside its name, which stands twice, and at the end. */
const ZIP_ENTRY = 30 + 46;
const ZIP_END = 22;

const PROVER = /^(?:offscreen|prover)|prover/;
/** The bundler names chunks as it likes; only a list of common passwords has this in it. */
const COMMON_PASSWORD = 'qwertyuiop';

/** What a person downloads, and what every page pays for. */
export const size: Suite = {
  name: 'size',
  async run() {
    const files = await filesIn(BUILT_EXTENSION);
    const dictionary = files.filter(({ content }) => content.includes(COMMON_PASSWORD));
    const rest = files.filter((file) => !dictionary.includes(file) && !PROVER.test(file.path));
    if (dictionary.length === 0) throw new Error(`No password dictionary in ${BUILT_EXTENSION}.`);
    return [
      // 3,000 for window.signet, and 1,000 for the Digital Credentials API on the browser's own functions.
      row('provider.js, minified', await bytesOf('provider.js'), 4_000),
      row('relay.js, minified', await bytesOf('relay.js'), 2_000),
      row('package without prover and dictionary, zipped', zipped(rest), 400_000),
      row('password dictionary, zipped', zipped(dictionary), 220_000),
    ];
  },
};

interface BuiltFile {
  readonly path: string;
  readonly content: Buffer;
}

function row(name: string, bytes: number, target: number): Row {
  return toRow({ suite: 'size', name, unit: 'bytes', samples: [bytes], target });
}

async function bytesOf(path: string): Promise<number> {
  return (await stat(join(BUILT_EXTENSION, path))).size;
}

async function filesIn(folder: string): Promise<BuiltFile[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return Promise.all(paths.map(async (path) => ({ path: relative(folder, path), content: await readFile(path) })));
}

function zipped(files: readonly BuiltFile[]): number {
  return files.reduce(
    (sum, { path, content }) =>
      sum + deflateRawSync(content, { level: 9 }).length + ZIP_ENTRY + 2 * Buffer.byteLength(path),
    ZIP_END,
  );
}
