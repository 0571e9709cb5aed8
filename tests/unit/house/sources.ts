import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));

export interface Import {
  /** What stands in the quotes. */
  readonly specifier: string;
  /** For a relative one: the file it names, from the root of the repository, with slashes. */
  readonly file?: string;
  /** Vanishes in the build. */
  readonly typeOnly: boolean;
}

export interface Source {
  /** From the root of the repository, with slashes. */
  readonly path: string;
  readonly text: string;
  /** The text without its comments. */
  readonly code: string;
  /** The code with every quoted string emptied. */
  readonly bare: string;
  readonly imports: readonly Import[];
}

/** The absolute path of a file, by its path from the root of the repository. */
export const rootPath = (path: string): string => join(ROOT, path);

/** The path from the root of the repository, with slashes, of an absolute one. */
export const pathInRepository = (path: string): string =>
  normalize(path).startsWith(ROOT) ? normalize(path).slice(ROOT.length).split(sep).join('/') : path;

/** Every TypeScript file below these folders. */
export function sourcesIn(...folders: readonly string[]): Source[] {
  return folders.flatMap((folder) => filesIn(folder, /\.tsx?$/)).map(readSource);
}

/** Every file below a folder whose name fits; an absent folder has none. */
export function filesIn(folder: string, name: RegExp): string[] {
  let entries;
  try {
    entries = readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true });
  } catch {
    return [];
  }
  return entries
    .filter((entry) => entry.isFile() && name.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name).slice(ROOT.length).split(sep).join('/'))
    .sort();
}

/** The text of a file, by its path from the root of the repository. */
export function textOf(path: string): string {
  return readFileSync(join(ROOT, path), 'utf8');
}

/** The folder of lib that a file belongs to; undefined for files elsewhere. */
export function libFolder(path: string): string | undefined {
  return /^lib\/([^/]+)\//.exec(path)?.[1];
}

function readSource(path: string): Source {
  const text = textOf(path);
  const code = withoutComments(text);
  const bare = code.replace(/'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"/g, "''");
  return { path, text, code, bare, imports: importsOf(path, code) };
}

/** Strings are matched first, so that `https://` in one is not taken for a comment. */
function withoutComments(text: string): string {
  const token = /'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"|`(?:[^`\\]|\\.)*`|\/\*[^]*?\*\/|\/\/[^\n]*/g;
  return text.replace(token, (found) => (found.startsWith('/') ? '' : found));
}

function importsOf(path: string, code: string): Import[] {
  const statement = /(?:^|[\n;])\s*(?:import|export)\s+(type\s+)?(?:[\w*{}\s,$]+?\s+from\s+)?['"]([^'"]+)['"]/g;
  const dynamic = /\bimport\(\s*['"]([^'"]+)['"]\s*\)/g;
  const found = [
    ...[...code.matchAll(statement)].map((match) => ({ specifier: match[2] ?? '', typeOnly: match[1] !== undefined })),
    ...[...code.matchAll(dynamic)].map((match) => ({ specifier: match[1] ?? '', typeOnly: false })),
  ];
  return found.map((one) =>
    one.specifier.startsWith('.')
      ? {
          ...one,
          file: normalize(join(dirname(path), one.specifier))
            .split(sep)
            .join('/'),
        }
      : one,
  );
}
