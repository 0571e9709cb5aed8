import { describe, expect, test } from 'vitest';
import config from '../../../wxt.config.ts';

/** The manifest as a build in this mode begins with it. */
async function manifestOf(mode: string) {
  const { manifest } = config;
  if (typeof manifest !== 'function') throw new Error('The manifest depends on the mode.');
  return manifest({ mode, browser: 'chrome', manifestVersion: 3, command: 'build' });
}

describe('what a person is asked for later', () => {
  test('is asked for when it is wanted, in what people get', async () => {
    for (const mode of ['production', 'development', 'E2E', 'test']) {
      const { permissions, optional_permissions: optional } = await manifestOf(mode);
      for (const name of ['nativeMessaging', 'notifications']) expect(permissions).not.toContain(name);
      expect(optional).toEqual(['nativeMessaging', 'notifications']);
    }
  });

  test('is there from the start in the build for tests, and nothing else differs', async () => {
    const [tested, shipped] = [await manifestOf('e2e'), await manifestOf('production')];
    const [before, after] = [shipped.permissions as string[], tested.permissions as string[]]; // lists of names
    expect(after).toEqual([...before, 'nativeMessaging', 'notifications']);
    const rest = { permissions: undefined, optional_permissions: undefined };
    expect({ ...tested, ...rest }).toEqual({ ...shipped, ...rest });
  });
});
