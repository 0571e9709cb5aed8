import browser from 'webextension-polyfill';
import type { NativeChannel } from './native-port.ts';

/** Opens a channel to the native host of this name; undefined where the browser gives no such API to this worker. */
export function connectNative(name: string): NativeChannel | undefined {
  const { connectNative: connect } = browser.runtime as Partial<typeof browser.runtime>; // absent without the permission
  if (connect === undefined) return undefined;
  const port = browser.runtime.connectNative(name);
  return {
    postMessage: (message) => port.postMessage(message),
    disconnect: () => port.disconnect(),
    onMessage: (listener) => port.onMessage.addListener((message: unknown) => listener(message)),
    onDisconnect: (listener) =>
      port.onDisconnect.addListener((ended) =>
        listener(ended.error?.message ?? browser.runtime.lastError?.message ?? ''),
      ),
  };
}

const NATIVE_MESSAGING = { permissions: ['nativeMessaging'] } as const;

/** Whether programs on this machine may be talked to. */
export const mayTalkToPrograms = (): Promise<boolean> =>
  browser.permissions.contains({ permissions: [...NATIVE_MESSAGING.permissions] });

/** Asks the person for it, in the browser's own words. Call it from a click in a page of ours. @returns whether they said yes */
export const askToTalkToPrograms = (): Promise<boolean> =>
  browser.permissions.request({ permissions: [...NATIVE_MESSAGING.permissions] });

/** Starts the extension anew: every page and the worker end. */
export const reloadExtension = (): void => browser.runtime.reload();
