import { execFile } from 'node:child_process';
import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const LIB = resolve(import.meta.dirname, '../../../lib');
const run = promisify(execFile);

interface Example {
  /** The file it stands in, relative to lib. */
  readonly file: string;
  readonly line: number;
  readonly code: string;
}

/** The code of every `@example` in a file's docstrings: up to the next tag, or the end of the docstring. */
function examplesIn(file: string, source: string): readonly Example[] {
  return [...source.matchAll(/\/\*\*[\s\S]*?\*\//g)].flatMap(({ 0: docstring, index }) =>
    docstring
      .replace(/\s*\*\/$/, '')
      .split(/^\s*\* @/m)
      .filter((tag) => tag.startsWith('example\n'))
      .map((tag) => ({
        file,
        line: source.slice(0, index).split('\n').length,
        code: tag
          .split('\n')
          .slice(1)
          .map((line) => line.replace(/^\s*\* ?/, ''))
          .join('\n'),
      })),
  );
}

/** `expression; // value` must be true; everything else is run as it stands. */
const withAssertions = (code: string): string =>
  code
    .split('\n')
    .map((line) => line.replace(/^(?!const |let |using )(.+); \/\/ (.+)$/, 'assert.deepEqual($1, $2);'))
    .join('\n');

/** A program that imports what the example's file exports, or what a service imports, and runs the example. */
async function programOf({ file, code }: Example): Promise<string> {
  const home = file.startsWith('sdk/') ? 'sdk/index.ts' : file;
  const url = pathToFileURL(join(LIB, home)).href;
  const exported = Object.keys((await import(/* @vite-ignore */ url)) as object); // a module is an object
  const used = exported.filter((name) => new RegExp(`\\b${name}\\b`).test(code));
  return [
    `import assert from 'node:assert/strict';`,
    `import { ${used.join(', ')} } from ${JSON.stringify(url)};`,
    withAssertions(code),
  ].join('\n');
}

const files = (await readdir(LIB, { recursive: true })).filter((file) => file.endsWith('.ts')).sort();
const examples = (
  await Promise.all(files.map(async (file) => examplesIn(file, await readFile(join(LIB, file), 'utf8'))))
).flat();

describe('examples in docstrings', () => {
  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'signet-examples-'));
  });

  afterAll(async () => {
    await rm(folder, { recursive: true });
  });

  it('are there for everything the SDK gives a service to call', () => {
    const documented = new Set(examples.map(({ file }) => file));
    const called = [
      'verify',
      'check-authority',
      'parse-credential',
      'get-provider',
      'request-capability',
      'prove-holder',
      'sign-receipt',
      'parse-capability',
      'create-request',
      'verify-response',
      'ask-wallets',
    ];
    for (const name of called) expect(documented).toContain(`sdk/${name}.ts`);
  });

  it.each(examples)('$file:$line runs and says what it shows', async (example) => {
    const program = join(folder, `${example.file.replaceAll('/', '-')}-${example.line}.ts`);
    await writeFile(program, await programOf(example));
    expect((await run(process.execPath, [program])).stdout).toBe('');
  });

  it('that say something wrong are noticed', async () => {
    const program = join(folder, 'wrong.ts');
    await writeFile(
      program,
      await programOf({ file: 'core/encoding.ts', line: 0, code: "toHex(new Uint8Array([1])); // '02'" }),
    );
    await expect(run(process.execPath, [program])).rejects.toThrow('AssertionError');
  });
});
