import type { ErrorFields } from '../core/index.ts';
import { SignetError } from '../core/index.ts';
import { announceChange, onAnnouncedChange, sendToWorker } from '../platform/index.ts';
import { callWorker } from './call-worker.ts';
import type { Changed, OwnRequest, OwnResponse, OwnRoute } from './contract.ts';

/** How an own route answers: the response, or the fields of an error. */
export type OwnReply =
  { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly error: ErrorFields };

/**
 * Asking these twice could do something twice, so a worker that died in the middle is reported, not asked again.
 * `requests.allowProof` is not among them: a second yes to the same request finds the answer that the first one stored.
 */
const ONCE: ReadonlySet<OwnRoute> = new Set<OwnRoute>([
  'wallet.create',
  'wallet.restore',
  'wallet.unlock',
  'wallet.changePassword',
  'wallet.resetPassword',
  'wallet.revealPhrase',
  'wallet.move',
  'passkeys.add',
  'elsewhere.set',
  'elsewhere.rotate',
  'elsewhere.test',
  'attributes.save',
  'attributes.open',
  'backup.make',
  'restore.commit',
  'audit.prune',
  'requests.openRecord',
  'requests.acceptOffer',
  'links.open',
  'requests.sendAgain',
]);

/**
 * Asks the worker from one of our own pages. A worker that dies under a repeatable route is asked once more, and so is one
 * that never heard the call.
 * @throws SignetError whatever the worker answered; `internal` when it could not be reached
 */
export async function ask<R extends OwnRoute>(route: R, request: OwnRequest<R>): Promise<OwnResponse<R>> {
  const reply = await callOnce(route, request).catch((cause: unknown) => {
    if (ONCE.has(route)) throw new SignetError('internal', 'Signet was interrupted. Please try again.', { cause });
    return callOnce(route, request);
  });
  const answer = reply as OwnReply; // only our own worker can reply to a message inside the extension
  if (!answer.ok) throw SignetError.fromFields(answer.error);
  return answer.value as OwnResponse<R>; // the router's handler table types what each route answers
}

const callOnce = (route: OwnRoute, request: unknown): Promise<unknown> =>
  callWorker({ send: sendToWorker, after }, { id: crypto.randomUUID(), route, request });

function after(milliseconds: number, callback: () => void): () => void {
  const timer = setTimeout(callback, milliseconds);
  return () => clearTimeout(timer);
}

/** Tells our open pages what to ask for again. */
export const announce = (changed: Changed['changed']): void => announceChange({ changed } satisfies Changed);

/** Calls `listener` whenever the worker announced a change; returns the function that stops it. */
export function onChanged(listener: (what: Changed['changed']) => void): () => void {
  return onAnnouncedChange((message) => listener((message as Changed).changed)); // our own channel: see changes.ts
}
