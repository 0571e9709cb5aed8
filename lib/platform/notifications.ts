import browser from 'webextension-polyfill';
import { Mutex } from '../core/index.ts';

const NOTIFICATIONS = { permissions: ['notifications'] } as const;

/** Whether the person lets Signet show notifications. */
export const mayNotify = (): Promise<boolean> =>
  browser.permissions.contains({ permissions: [...NOTIFICATIONS.permissions] });

/** Asks the person for it, in the browser's own words. Call it from a click in a page of ours. @returns whether they said yes */
export const askToNotify = (): Promise<boolean> =>
  browser.permissions.request({ permissions: [...NOTIFICATIONS.permissions] });

/** Gives it back. */
export async function stopNotifying(): Promise<void> {
  await browser.permissions.remove({ permissions: [...NOTIFICATIONS.permissions] });
}

export interface Notification {
  /** The same again is the same notification. */
  readonly id: string;
  readonly title: string;
  readonly message: string;
}

/** The browser's own notifications: exactly those that are wanted, as long as the person permits any. */
export class Notifications {
  readonly #onClick: () => void;
  #isListening = false;
  readonly #turns = new Mutex();

  /** Make it in the worker's first turn: a click may have started it. */
  constructor(onClick: () => void) {
    this.#onClick = onClick;
    this.#listen();
  }

  /** Shows what is not shown yet and takes back what is wanted no more. */
  show(wanted: readonly Notification[]): Promise<void> {
    return this.#turns.run(() => this.#show(wanted));
  }

  async #show(wanted: readonly Notification[]): Promise<void> {
    if (!(await mayNotify()) || !this.#listen()) return;
    const there = Object.keys(await browser.notifications.getAll());
    const gone = there.filter((id) => wanted.every((one) => one.id !== id));
    for (const id of gone) await browser.notifications.clear(id);
    for (const { id, title, message } of wanted.filter((one) => !there.includes(one.id))) {
      const iconUrl = browser.runtime.getURL('icons/open-128.png');
      await browser.notifications.create(id, { type: 'basic', iconUrl, title, message });
    }
  }

  /** @returns false where this worker has no such API: the permission came after its start */
  #listen(): boolean {
    const { notifications } = browser as Partial<typeof browser>; // absent without the permission
    if (notifications === undefined) return false;
    if (!this.#isListening) notifications.onClicked.addListener(() => this.#onClick());
    this.#isListening = true;
    return true;
  }
}
