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

  test('writes nothing to the console', () => {
    expect(where(shipped, /\bconsole\.\w/)).toEqual([]);
  });

  test('has no way around the type checker', () => {
    const shortcuts = /\bas any\b|:\s*any\b|<any>/;
    expect(where(shipped, shortcuts)).toEqual([]);
    expect(
      shipped.filter(({ text }) => /@ts-(?:ignore|nocheck|expect-error)/.test(text)).map(({ path }) => path),
    ).toEqual([]);
  });

  test('keeps nothing in localStorage but the theme', () => {
    const uses = shipped.filter(({ code }) => /\blocalStorage\b/.test(code));
    const other = uses.filter(({ code }) =>
      /localStorage\.(?:get|set|remove)Item\((?!\s*(?:'theme'|THEME))/.test(code),
    );
    expect(other.map(({ path }) => path)).toEqual([]);
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
    const wrong = lib.filter(
      ({ path, bare }) => libFolder(path) !== 'provider' && /\b(?:document|window)\.\w/.test(bare),
    );
    expect(wrong.map(({ path }) => path)).toEqual([]);
  });

  test('keeps no mutable state in a module', () => {
    expect(where(lib, /^(?:export )?(?:let|var) /m)).toEqual([]);
  });
});
