import { inject } from 'vitest';
import { type ExtensionBrowser, type LaunchOptions, launchWithExtension } from '../../../tools/browser/launch.ts';
import { TEST_CERTIFICATE_SPKI } from './server.ts';

export * from '../../../tools/browser/by-name.ts';
export * from '../../../tools/browser/screens.ts';
export * from '../../../tools/browser/until.ts';
export { text } from '../../../tools/browser/texts.ts';
export * from './forms.ts';
export * from './look.ts';
export * from './server.ts';
export * from './storage.ts';
export * from './wallet.ts';
export { type ExtensionBrowser, EXTENSION_ID } from '../../../tools/browser/launch.ts';

/** The names of tests' sites: they lead to this machine, and the test certificate is good for them over https. */
export const TEST_HOSTS = ['*.example', '*.example.com', '*.example.org', '*.test'];

/** Starts a browser with the built extension and a fresh profile; the test closes it. */
export function openBrowser(options: LaunchOptions = {}): Promise<ExtensionBrowser> {
  return launchWithExtension({
    executablePath: inject('browserPath'),
    extensionPath: inject('extensionPath'),
    hosts: TEST_HOSTS,
    ...options,
    args: [`--ignore-certificate-errors-spki-list=${TEST_CERTIFICATE_SPKI}`, ...(options.args ?? [])],
  });
}

/** A browser for the length of `use`, closed whatever happens. */
export async function withBrowser<T>(
  use: (opened: ExtensionBrowser) => Promise<T>,
  options: LaunchOptions = {},
): Promise<T> {
  const opened = await openBrowser(options);
  try {
    return await use(opened);
  } finally {
    await opened.close();
  }
}
