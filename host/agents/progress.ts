import type { ServerContext } from '@modelcontextprotocol/server';

const EVERY_MS = 5000;

/**
 * While a call waits, says so every five seconds to a client that wants to hear of it: one that would give up otherwise
 * waits on. How far the person has come nobody knows, so there is no total.
 * @returns what stops it
 */
export function tellProgress({ mcpReq }: ServerContext): () => void {
  const progressToken = mcpReq._meta?.progressToken;
  if (progressToken === undefined) return () => undefined;
  let progress = 0;
  const timer = setInterval(() => {
    progress += 1;
    const params = { progressToken, progress, message: 'Waiting for Signet.' };
    void mcpReq.notify({ method: 'notifications/progress', params }).catch(() => undefined); // the client may be gone
  }, EVERY_MS);
  return () => clearInterval(timer);
}
