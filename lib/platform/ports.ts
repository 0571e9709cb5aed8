import browser from 'webextension-polyfill';

/** What Chrome says about who opened a port. All of it optional: nothing is taken for granted. */
export interface PortSender {
  readonly id?: string | undefined;
  readonly origin?: string | undefined;
  readonly frameId?: number | undefined;
  readonly documentId?: string | undefined;
  readonly documentLifecycle?: string | undefined;
  readonly tab?: { readonly id?: number | undefined } | undefined;
}

/** The part of an extension's port that is used here. */
export interface Port {
  readonly sender?: PortSender | undefined;
  postMessage(message: unknown): void;
  disconnect(): void;
  readonly onMessage: { addListener(listener: (message: unknown) => void): void };
  readonly onDisconnect: { addListener(listener: () => void): void };
}

/** `runtime.onConnect`, with the members of a sender that the polyfill's types lack. */
export const onConnect = () =>
  browser.runtime.onConnect as unknown as {
    addListener(listener: (port: Port & { readonly name: string }) => void): void;
  };
