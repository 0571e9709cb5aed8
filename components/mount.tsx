import type { ComponentChildren } from 'preact';
import { render } from 'preact';
import { uiLanguage } from '../lib/platform/index.ts';
import { Registrable } from './origin.tsx';
import type { FindRegistrable } from './origin-parts.ts';

/** Puts a page's content in place, with the way to find registrable domains for every origin in it. */
export function mount(content: ComponentChildren, findRegistrable: FindRegistrable): void {
  const root = document.getElementById('root');
  if (root === null) throw new Error('The page has no root element.'); // our own HTML: cannot happen
  document.documentElement.lang = uiLanguage();
  render(<Registrable value={findRegistrable}>{content}</Registrable>, root);
}
