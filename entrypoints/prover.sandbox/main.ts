import { createJobTaker } from '../../lib/prover/index.ts';
import type { FrameReply } from '../../lib/prover/index.ts';
import { handlers } from './handlers.ts';
import { rehearseRange } from './prove-ranges.ts';

/** How long a frame waits for its job before it uses the time to rehearse one, in milliseconds. */
const REHEARSE_AFTER = 50;

/** The extension's own origin by this page's address; the document's is opaque. */
const { origin } = window.location;
const { parent } = window;

if (parent !== window) {
  const post = (reply: FrameReply): void => parent.postMessage(reply, origin);
  const take = createJobTaker(handlers, post);
  const rehearsal = setTimeout(rehearseRange, REHEARSE_AFTER);
  window.addEventListener('message', (event: MessageEvent<{ readonly t?: unknown } | undefined>) => {
    if (event.source !== parent || event.origin !== origin) return;
    if (event.data?.t === 'job') clearTimeout(rehearsal);
    take(event.data);
  });
  post({ t: 'ready' });
}
