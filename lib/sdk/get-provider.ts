import { SignetError } from '../core/index.ts';
import type { AnnouncedProvider, SignetProvider } from '../provider/types.ts';

const RDNS = 'tools.signet';

/**
 * The wallet in this page: `window.signet`, or the provider that announces itself as `tools.signet`. Prefer it to
 * reading `window.signet`, which another script may have taken.
 * @param options `timeout`: milliseconds to wait for an announcement, default 1000
 * @returns undefined where there is no wallet: say so to the visitor, and how to get one
 * @throws SignetError unsupported outside a page; bad_request where `timeout` is not a number of milliseconds
 * @example
 * const page = Object.assign(new EventTarget(), { isSecureContext: true });
 * Object.assign(globalThis, { window: page });
 * const provider = await getProvider({ timeout: 10 });
 * provider; // undefined
 */
export async function getProvider({ timeout = 1000 }: { readonly timeout?: number } = {}): Promise<
  SignetProvider | undefined
> {
  if (!Number.isFinite(timeout) || timeout < 0) {
    throw new SignetError('bad_request', 'timeout must be a number of milliseconds.', { field: 'timeout' });
  }
  if (typeof window === 'undefined')
    throw new SignetError('unsupported', 'There is no page here for a wallet to be in.');
  return window.signet ?? (await announced(window, timeout));
}

function announced(page: EventTarget, timeout: number): Promise<SignetProvider | undefined> {
  return new Promise((resolve) => {
    const settle = (provider: SignetProvider | undefined): void => {
      clearTimeout(timer);
      page.removeEventListener('signet:announceProvider', listen);
      resolve(provider);
    };
    const listen = (event: Event): void => {
      const { detail } = event as CustomEvent<Partial<AnnouncedProvider> | null>; // any script may send it: looked at, not believed
      if (detail?.info?.rdns === RDNS && detail.provider !== undefined) settle(detail.provider);
    };
    const timer = setTimeout(() => settle(undefined), timeout);
    page.addEventListener('signet:announceProvider', listen);
    page.dispatchEvent(new Event('signet:requestProvider'));
  });
}
