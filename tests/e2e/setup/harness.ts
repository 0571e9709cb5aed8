import { afterAll, inject } from 'vitest';
import { type ExtensionBrowser, type LaunchOptions, launchWithExtension } from '../../../tools/browser/launch.ts';
import { ReusedBrowsers } from './reused.ts';
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

const reused = new ReusedBrowsers(() => launch({}));
afterAll(() => reused.end());

/**
 * A browser with the built extension and nothing else; the test closes it. One that must be of a certain kind is started
 * for the test; else one that another test of the file is done with is emptied for it.
 */
export const openBrowser = (options: LaunchOptions = {}): Promise<ExtensionBrowser> =>
  Object.keys(options).length === 0 ? reused.take() : launch(options);

function launch(options: LaunchOptions): Promise<ExtensionBrowser> {
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
