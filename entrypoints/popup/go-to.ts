import { openAppTab } from '../../lib/platform/index.ts';

/** Opens the app and closes the popup, which would only stand in front of it. */
export function goTo(hash: string): void {
  void openAppTab(hash).then(() => window.close());
}
