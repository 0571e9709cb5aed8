/** Name of the channel that our own pages and the worker share. No page of a site can join it: it is per origin. */
const CHANNEL = 'signet';

/** Tells our open pages that something changed. */
export function announceChange(message: unknown): void {
  const channel = new BroadcastChannel(CHANNEL);
  channel.postMessage(message);
  channel.close();
}

/** Calls `listener` with every announced change until the returned function is called. */
export function onAnnouncedChange(listener: (message: unknown) => void): () => void {
  const channel = new BroadcastChannel(CHANNEL);
  channel.addEventListener('message', (event: MessageEvent<unknown>) => listener(event.data));
  return () => channel.close();
}
