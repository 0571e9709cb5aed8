import browser from 'webextension-polyfill';
import type { Runtime } from 'webextension-polyfill';

/** What the browser says about the sender of a message; the polyfill's types lack the newer members. */
export interface Sender {
  readonly id?: string;
  readonly origin?: string;
}

/** The origin of our own pages, e.g. `chrome-extension://…`, without a trailing slash. */
export const extensionOrigin = (): string => new URL(browser.runtime.getURL('')).origin;

/** Sends one message to the worker and resolves with its reply. @throws Error when the worker died before replying */
export const sendToWorker = (message: unknown): Promise<unknown> => browser.runtime.sendMessage(message);

/**
 * Answers one-shot messages. `answer` returns undefined for what is not its own.
 * Register in the first turn of the worker, before anything is awaited.
 */
export function onMessage(answer: (message: unknown, sender: Sender) => Promise<unknown> | undefined): void {
  browser.runtime.onMessage.addListener((message: unknown, sender: Runtime.MessageSender) => answer(message, sender));
}

/** The extension's id. */
export const extensionId = (): string => browser.runtime.id;
