import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { colourNames, shapeNames } from '../../../components/mark-names.ts';
import messages from '../../../public/_locales/en/messages.json' with { type: 'json' };

const ROOT = new URL('../../../', import.meta.url);
const keys = Object.keys(messages);

const sources = ['components/', 'entrypoints/', 'lib/', 'wxt.config.ts']
  .flatMap((place) => (place.endsWith('/') ? filesIn(place) : [place]))
  .filter((file) => /\.tsx?$/.test(file))
  .map((file) => readFileSync(new URL(file, ROOT), 'utf8'));

function filesIn(folder: string): string[] {
  return readdirSync(new URL(folder, ROOT), { recursive: true, encoding: 'utf8' }).map((file) => folder + file);
}

/** Keys that are written whole, and patterns such as `strength_${…}` of keys that are put together. */
const strings = new Set(
  sources.flatMap((source) => [...source.matchAll(/['"`]([a-z][a-z0-9_]+)['"`]/g)].map((m) => m[1])),
);
const patterns = sources
  .flatMap((source) => [...source.matchAll(/`([a-z][a-z_]*_)\$\{[^}]+\}([a-z_]*)`/g)])
  .map(([, start = '', end = '']) => new RegExp(`^${start}[a-z0-9_]+${end}$`));
const inManifest = new Set(sources.flatMap((source) => [...source.matchAll(/__MSG_(\w+)__/g)].map((m) => m[1])));

describe('the messages', () => {
  it.each(keys)('%s is used somewhere', (key) => {
    const stem = key.replace(/_(?:one|other)$/, '');
    const used =
      strings.has(key) || strings.has(stem) || inManifest.has(key) || patterns.some((pattern) => pattern.test(key));
    expect(used).toBe(true);
  });

  it('hold every key that the manifest names', () => {
    expect([...inManifest].filter((key) => key === undefined || !keys.includes(key))).toEqual([]);
  });

  it('hold a plain form for every shape, colour and number', () => {
    const wanted = [...shapeNames.map((name) => `shape_${name}`), ...colourNames.map((name) => `colour_${name}`)];
    expect(wanted.filter((key) => !keys.includes(key))).toEqual([]);
    const alone = keys.filter((key) => key.endsWith('_one') && !keys.includes(key.replace(/_one$/, '_other')));
    expect(alone).toEqual([]);
  });

  it('use only names that the browser’s message files allow, and no stray dollar sign', () => {
    expect(keys.filter((key) => !/^[a-z][a-z0-9_]*$/.test(key))).toEqual([]);
    expect(keys.filter((key) => /\$(?![1-9])/.test(messages[key as keyof typeof messages].message))).toEqual([]);
  });

  it('do not raise their voice', () => {
    expect(keys.filter((key) => messages[key as keyof typeof messages].message.includes('!'))).toEqual([]);
  });
});
