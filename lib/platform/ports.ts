import browser from 'webextension-polyfill';
import type { Port } from '../messaging/page-port.ts';

/** `runtime.onConnect`, with the members of a sender that the polyfill's types lack. */
export const onConnect = () =>
  browser.runtime.onConnect as unknown as {
    addListener(listener: (port: Port & { readonly name: string }) => void): void;
  };
