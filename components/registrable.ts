import type { FindRegistrable } from './origin-parts.ts';

/**
 * Loads the Public Suffix List (tldts), which weighs more than the rest of a page: asked for beside the first
 * question to the worker, so that both arrive before anything with an origin is painted.
 */
export async function loadRegistrable(): Promise<FindRegistrable> {
  const { getDomain } = await import('tldts');
  return (host) => getDomain(host, { allowPrivateDomains: true });
}
