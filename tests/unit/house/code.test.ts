import { describe, expect, test } from 'vitest';
import { libFolder, type Source, sourcesIn } from './sources.ts';

const lib = sourcesIn('lib');
const shipped = sourcesIn('lib', 'entrypoints', 'components');

const where = (sources: readonly Source[], pattern: RegExp): string[] =>
  sources.filter(({ bare }) => pattern.test(bare)).map(({ path }) => path);

describe('what ships', () => {
  test('takes randomness from the browser alone', () => {
    expect(where(shipped, /Math\.random/)).toEqual([]);
  });

  test('never turns text into markup or code', () => {
    const sinks =
      /\.(?:innerHTML|outerHTML)\b|insertAdjacentHTML|dangerouslySetInnerHTML|document\.write|\beval\(|new Function\b/;
    expect(where(shipped, sinks)).toEqual([]);
  });

  test("writes nothing to the console but the worker's errors, which have no other place", () => {
    expect(where(shipped, /\bconsole\.\w/).filter((path) => path !== 'entrypoints/background.ts')).toEqual([]);
    expect(where(shipped, /\bconsole\.(?!error)\w/)).toEqual([]);
  });

  test('has no way around the type checker', () => {
    const shortcuts = /\bas any\b|:\s*any\b|<any>/;
    expect(where(shipped, shortcuts)).toEqual([]);
    expect(
      shipped.filter(({ text }) => /@ts-(?:ignore|nocheck|expect-error)/.test(text)).map(({ path }) => path),
    ).toEqual([]);
  });

  test('names localStorage where the theme is kept, and nowhere else', () => {
    expect(where(shipped, /\blocalStorage\b/)).toEqual(['components/theme.ts']);
  });
});

describe('lib', () => {
  test('needs nothing of Node', () => {
    const wrong = lib.filter(
      ({ code, imports }) =>
        imports.some(({ specifier }) => specifier.startsWith('node:')) ||
        /\b(?:process\.|Buffer\.|require\()/.test(code),
    );
    expect(wrong.map(({ path }) => path)).toEqual([]);
  });

  test('takes the time from its clock, outside core and platform', () => {
    const wrong = lib.filter(
      ({ path, code }) =>
        !['core', 'platform', 'provider', 'sdk'].includes(libFolder(path) ?? '') &&
        /\bDate\.now\(|\bnew Date\(\)/.test(code),
    );
    expect(wrong.map(({ path }) => path)).toEqual([]);
  });

  test('touches no document, outside the code that runs in the page', () => {
    const inPage = ({ path }: { path: string }) =>
      ['provider', 'sdk'].includes(libFolder(path) ?? '') || path === 'lib/messaging/page-relay.ts';
    const wrong = lib.filter((source) => !inPage(source) && /\b(?:document|window)\.\w/.test(source.bare));
    expect(wrong.map(({ path }) => path)).toEqual([]);
  });

  test('keeps no mutable state in a module', () => {
    expect(where(lib, /^(?:export )?(?:let|var) /m)).toEqual([]);
  });
});
