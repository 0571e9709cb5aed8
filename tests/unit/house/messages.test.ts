import { describe, expect, test } from 'vitest';
import { filesIn, sourcesIn, textOf } from './sources.ts';

type Messages = Readonly<
  Record<string, { readonly message: string; readonly placeholders?: Readonly<Record<string, unknown>> }>
>;

const read = (path: string): Messages => JSON.parse(textOf(path)) as Messages; // Chrome's own format for _locales

const catalogues = filesIn('public/_locales', /^messages\.json$/);
const english = read('public/_locales/en/messages.json');
const code = [
  ...sourcesIn('lib', 'entrypoints', 'components').map((source) => source.code),
  textOf('wxt.config.ts'),
].join('\n');
const html = filesIn('entrypoints', /\.html$/)
  .map(textOf)
  .join('\n');

describe('the catalogue of texts', () => {
  test('has every text that the code asks for by name', () => {
    const asked = [...code.matchAll(/\bt\(\s*'([A-Za-z0-9_]+)'/g), ...`${code}\n${html}`.matchAll(/__MSG_(\w+?)__/g)];
    expect(asked.map((match) => match[1] ?? '').filter((name) => !(name in english))).toEqual([]);
  });

  test('has no text that nobody asks for', () => {
    const prefixes = [...code.matchAll(/`([A-Za-z0-9_]+_)\$\{/g)].map((match) => match[1] ?? '');
    const asked = new Set(
      [
        ...code.matchAll(/'([A-Za-z0-9_]+)'/g),
        ...code.matchAll(/\bmessage="(\w+)"/g),
        ...`${code}\n${html}`.matchAll(/__MSG_(\w+?)__/g),
      ].map((match) => match[1] ?? ''),
    );
    const unused = Object.keys(english).filter(
      (name) =>
        !asked.has(name) &&
        !asked.has(name.replace(/_(?:one|other)$/, '')) &&
        !prefixes.some((prefix) => name.startsWith(prefix)),
    );
    expect(unused).toEqual([]);
  });

  test('speaks without exclamation marks', () => {
    expect(
      Object.entries(english)
        .filter(([, { message }]) => message.includes('!'))
        .map(([name]) => name),
    ).toEqual([]);
  });

  test('has the same texts, with the same placeholders, in each language', () => {
    const shape = (messages: Messages) =>
      Object.entries(messages)
        .map(([name, { placeholders = {} }]) => `${name}(${Object.keys(placeholders).sort().join()})`)
        .sort();
    for (const path of catalogues) expect(shape(read(path)), path).toEqual(shape(english));
  });
});
