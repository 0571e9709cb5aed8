import { useEffect } from 'preact/hooks';
import { ask } from '../lib/messaging/index.ts';

/** At most one touch in this many milliseconds. */
const TOUCH_EVERY = 30_000;

/** Tells the worker, while the vault is open, that the person is here: their own input moves the auto-lock on. */
export function useTouch(unlocked: boolean): void {
  useEffect(() => {
    if (!unlocked) return;
    let last = -TOUCH_EVERY;
    const touch = (event: Event) => {
      if (!event.isTrusted || event.timeStamp - last < TOUCH_EVERY) return;
      last = event.timeStamp;
      ask('wallet.touch', {}).catch(() => undefined); // the vault may just have locked: the screen says so by itself
    };
    window.addEventListener('pointerdown', touch);
    window.addEventListener('keydown', touch);
    return () => {
      window.removeEventListener('pointerdown', touch);
      window.removeEventListener('keydown', touch);
    };
  }, [unlocked]);
}
