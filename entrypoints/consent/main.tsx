import './consent.css';
import { mount } from '../../components/mount.tsx';
import { loadRegistrable } from '../../components/registrable.ts';
import { ask } from '../../lib/messaging/index.ts';
import { ConsentPage } from './consent-page.tsx';

/** Held for as long as this page lives: should two windows ever open, the second sees it taken and goes. */
const ONE_WINDOW = 'signet-consent';

async function start(): Promise<void> {
  // Asked for side by side and painted once: an origin that turns bold a moment later is a flicker over what matters.
  const first = Promise.all([ask('requests.list', {}), ask('wallet.status', {})]);
  const [findRegistrable, seen] = await Promise.all([loadRegistrable(), first.catch(() => undefined)]);
  mount(<ConsentPage waiting={seen?.[0].waiting} status={seen?.[1]} />, findRegistrable);
}

void navigator.locks.request(ONE_WINDOW, { ifAvailable: true }, async (lock) => {
  if (lock === null) {
    window.close();
    return;
  }
  await start();
  await new Promise<never>(() => undefined);
});
