import { useEffect, useState } from 'preact/hooks';

/** The screens of the open vault, in the order of the navigation. */
export const SCREENS = [
  'credentials',
  'data',
  'link',
  'sites',
  'rules',
  'capabilities',
  'agents',
  'trust',
  'activity',
  'storage',
  'settings',
] as const;
export type Screen = (typeof SCREENS)[number];

/** What fills the tab alone: ways to a vault, back to one, and out of one. */
const ALONE = ['welcome', 'create', 'restore', 'forgot', 'from-backup', 'passkey', 'move', 'recovery'] as const;

/** Where the app is: `#/credentials/abc` is `{ screen: 'credentials', rest: 'abc' }`. */
export interface Route {
  readonly screen: Screen | (typeof ALONE)[number] | '';
  readonly rest: string;
}

const NAMES: ReadonlySet<string> = new Set([...SCREENS, ...ALONE]);

/** The route in a hash; an unknown one is the start. */
export function parseRoute(hash: string): Route {
  const [, name = '', ...rest] = hash.split('/');
  if (!NAMES.has(name)) return { screen: '', rest: '' };
  return { screen: name as Route['screen'], rest: rest.join('/') }; // just checked
}

export function goTo(hash: string): void {
  location.hash = hash;
  window.dispatchEvent(new HashChangeEvent('hashchange')); // the browser is silent where a reload would have led here
}

/** What a reload shows from here on; what is shown now stays. */
export const reloadAt = (hash: string): void => history.replaceState(null, '', hash);

/** To where the person came from; to the start when they came from nowhere. */
export function goBack(): void {
  if (history.length > 1) history.back();
  else goTo('#/');
}

/** The route of this tab, followed as it changes. */
export function useRoute(): Route {
  const [route, setRoute] = useState(() => parseRoute(location.hash));
  useEffect(() => {
    const follow = () =>
      setRoute((was) => {
        const now = parseRoute(location.hash);
        return now.screen === was.screen && now.rest === was.rest ? was : now;
      });
    window.addEventListener('hashchange', follow);
    follow(); // it may have changed since the first paint
    return () => window.removeEventListener('hashchange', follow);
  }, []);
  return route;
}
