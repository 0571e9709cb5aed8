import { setTimeout } from 'node:timers/promises';
import type { ElementHandle, Page, SerializedAXNode } from 'puppeteer';
import { until, whileItLoads } from './until.ts';

/** How long to leave the page alone before looking again, in milliseconds. */
const LOOK_AGAIN = 50;

/** Nodes of the tree that are no element. */
const TEXTS: ReadonlySet<string> = new Set(['StaticText', 'InlineTextBox']);

/** The element with this accessible name, once it is there; `role` where a name is not enough. */
export async function named(page: Page, name: string, role?: string): Promise<ElementHandle> {
  const until = performance.now() + page.getDefaultTimeout();
  do {
    const found = await findNamed(page, name, role);
    if (found !== null) return found;
    await setTimeout(LOOK_AGAIN);
  } while (performance.now() < until);
  throw new Error(`Nothing on ${page.url()} is named "${name}".`);
}

/**
 * The element with this accessible name, or null when there is none now. The browser looks for it by itself: the whole
 * tree, which a name that no selector can hold needs, costs many times as much.
 */
export async function findNamed(page: Page, name: string, role?: string): Promise<ElementHandle | null> {
  if (!PLAIN.test(name)) return findInTree(page, name, role);
  const selector = role === undefined ? `aria/${name}` : `aria/${name}[role="${role}"]`;
  return page.$(selector).catch(whileItLoads);
}

/** Names without a character that selectors have a use for, nor white space that they would take together. */
const PLAIN = /^(?! )(?:(?! {2})[^[\]"'=\\\n\t\u00a0])+(?<! )$/u;

async function findInTree(page: Page, name: string, role: string | undefined): Promise<ElementHandle | null> {
  const root = await page.accessibility.snapshot({ interestingOnly: false });
  if (root === null) return null;
  const wanted = (node: SerializedAXNode): boolean =>
    node.name === name && (role === undefined ? !TEXTS.has(node.role) : node.role === role);
  return findNode(root, wanted)?.elementHandle() ?? null;
}

function findNode(node: SerializedAXNode, wanted: (node: SerializedAXNode) => boolean): SerializedAXNode | undefined {
  if (wanted(node)) return node;
  for (const child of node.children ?? []) {
    const found = findNode(child, wanted);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Presses Tab until the element with this accessible name has the focus. */
export async function tabTo(page: Page, name: string, role?: string): Promise<void> {
  const wanted = await named(page, name, role);
  for (let presses = 0; presses < 100; presses += 1) {
    if (await wanted.evaluate((element) => element === document.activeElement)) return;
    await page.keyboard.press('Tab');
  }
  throw new Error(`"${name}" cannot be reached with Tab on ${page.url()}.`);
}

/** Goes to the element with Tab and presses it. */
export async function pressNamed(page: Page, name: string, key: 'Enter' | 'Space' = 'Enter'): Promise<void> {
  await tabTo(page, name);
  await page.keyboard.press(key);
}

/** Goes to the field with Tab, empties it and types. */
export async function typeInto(page: Page, name: string, text: string): Promise<void> {
  await tabTo(page, name);
  await page.keyboard.down('Control');
  await page.keyboard.press('a');
  await page.keyboard.up('Control');
  await page.keyboard.type(text);
}

/** Waits for the element and clicks it. */
export async function clickNamed(page: Page, name: string, role?: string): Promise<void> {
  await (await named(page, name, role)).click();
}

/**
 * Waits until the button is armed (visible, focused window, half a second), then clicks it as a person would.
 * The window must stay as it is meanwhile: whatever it shows anew starts the wait afresh.
 */
export async function clickWhenArmed(page: Page, name: string): Promise<void> {
  await (await armed(page, name)).click();
}

/** Waits until the button can be pressed. */
export async function armed(page: Page, name: string): Promise<ElementHandle> {
  await page.bringToFront();
  const button = await named(page, name, 'button');
  await until(
    page,
    (element: Element) => element instanceof HTMLButtonElement && !element.disabled && element.ariaDisabled !== 'true',
    button,
  );
  return button;
}
