import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { Seal } from '../../../components/seal.tsx';

/** Every string in a tree of elements that is the path of a drawing. */
function pathsIn(node: unknown): string[] {
  if (Array.isArray(node)) return node.flatMap(pathsIn);
  if (typeof node !== 'object' || node === null || !('props' in node)) return [];
  const { d, children } = node.props as { d?: string; children?: unknown }; // the props of an element
  return [...(d === undefined ? [] : [d]), ...pathsIn(children)];
}

test('the popup’s first frame is the seal that its script draws after it', async () => {
  const html = await readFile(new URL('../../../entrypoints/popup/index.html', import.meta.url), 'utf8');
  const drawn = [...html.matchAll(/\sd="([^"]+)"/g)].map((match) => match[1]);
  expect(drawn).toEqual(pathsIn(Seal({ state: 'locked', size: 104 })));
  expect(drawn).toHaveLength(2);
});
