import browser from 'webextension-polyfill';

/** Sets (or moves) the alarm `name` to `when`, in milliseconds since the epoch. The browser may be up to 30 s late. */
export const setAlarm = async (name: string, when: number): Promise<void> => browser.alarms.create(name, { when });

/** Has the alarm `name` ring every so many minutes, half a one at least, until it is cleared. Harmless when it does already. */
export async function repeatAlarm(name: string, minutes: number): Promise<void> {
  if ((await browser.alarms.get(name)) === undefined) await browser.alarms.create(name, { periodInMinutes: minutes });
}

export async function clearAlarm(name: string): Promise<void> {
  await browser.alarms.clear(name);
}

/** Calls `listener` with the name of each alarm that rings. Register in the worker's first turn. */
export const onAlarm = (listener: (name: string) => void): void =>
  browser.alarms.onAlarm.addListener((alarm) => listener(alarm.name));
