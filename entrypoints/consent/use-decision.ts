import { useAction } from '../../components/use-action.ts';
import { ask } from '../../lib/messaging/index.ts';

/**
 * What the person decides about a request that a rule can deny from now on; one thing at a time.
 * @param again looks at the request anew
 */
export function useDecision(requestId: string, again: () => void) {
  const action = useAction();
  const decide = (work: () => Promise<unknown>) =>
    action.run(async () => {
      try {
        await work();
      } finally {
        again(); // also when it failed: what is shown may have ended meanwhile
      }
    });
  return {
    busy: action.busy,
    error: action.error,
    decide,
    deny: (never?: 'claims' | 'site') =>
      decide(() => ask('requests.deny', { requestId, ...(never === undefined ? {} : { never }) })),
    /** Denies, and says so to whoever is behind a link. */
    tellNo: () => decide(() => ask('requests.deny', { requestId, tell: true })),
    otherWallet: ({ always }: { readonly always: boolean }) =>
      decide(() => ask('requests.otherWallet', { requestId, always })),
    denyAll: () => decide(() => ask('requests.denySite', { requestId })),
  };
}
