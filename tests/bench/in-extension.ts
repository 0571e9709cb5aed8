import { type ExtensionBrowser, launchWithExtension } from '../../tools/browser/launch.ts';

/** Measures in a browser of its own with the extension in a folder. */
export async function inExtension<T>(
  extensionPath: string,
  measure: (opened: ExtensionBrowser) => Promise<T>,
): Promise<T> {
  const opened = await launchWithExtension({ extensionPath });
  try {
    return await measure(opened);
  } finally {
    await opened.close();
  }
}
