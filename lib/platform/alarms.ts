import browser from 'webextension-polyfill';

/** Sets (or moves) the alarm `name` to `when`, in milliseconds since the epoch. The browser may be up to 30 s late. */
export const setAlarm = async (name: string, when: number): Promise<void> => browser.alarms.create(name, { when });

export async function clearAlarm(name: string): Promise<void> {
  await browser.alarms.clear(name);
}

/** Calls `listener` with the name of each alarm that rings. Register in the worker's first turn. */
export const onAlarm = (listener: (name: string) => void): void =>
  browser.alarms.onAlarm.addListener((alarm) => listener(alarm.name));
