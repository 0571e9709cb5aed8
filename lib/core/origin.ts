import { SignetError } from './errors.ts';

/** A web origin as the browser serialises it: scheme, host and a port that is not the default one. */
export type Origin = string & { readonly __brand: 'Origin' };

const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]']);

/** Whether a URL is https, or http on this machine: where a key or a claim may travel (design §3, rules 3 and 11). */
export function isTrustworthyUrl(url: URL): boolean {
  return url.protocol === 'https:' || (url.protocol === 'http:' && LOOPBACK.has(url.hostname));
}

/**
 * The origin in a string that is exactly one: no path, no credentials, https or loopback http.
 * @throws SignetError bad_request, naming `field`
 */
export function parseOrigin(text: string, field: string): Origin {
  const url = parseUrl(text, field);
  if (url.origin !== text) throw new SignetError('bad_request', `${field} is not an origin.`, { field });
  return url.origin as Origin; // the check above is what the brand stands for
}

/**
 * Who something is for, as people name them: an origin, or a bare host, which means its https origin.
 * @throws SignetError bad_request, naming `field`
 */
export const parseAudience = (text: string, field: string): Origin =>
  parseOrigin(text.includes('://') ? text : `https://${text}`, field);

/**
 * A trustworthy URL (https, or http on loopback) without user name or password.
 * @throws SignetError bad_request, naming `field`
 */
export function parseUrl(text: string, field: string): URL {
  const url = URL.parse(text);
  if (url === null) throw new SignetError('bad_request', `${field} is not a URL.`, { field });
  if (!isTrustworthyUrl(url)) throw new SignetError('bad_request', `${field} must be an https address.`, { field });
  if (url.username !== '' || url.password !== '') {
    throw new SignetError('bad_request', `${field} must not hold a user name or password.`, { field });
  }
  return url;
}

/** Whether an origin is on this machine. */
export const isLoopback = (origin: Origin): boolean => LOOPBACK.has(new URL(origin).hostname);

/** The origin of a trustworthy URL, branded. */
export const originOf = (url: URL): Origin => url.origin as Origin; // URL.origin is the serialisation the brand names

/** Names that networks keep for themselves (RFC 6761, RFC 6762, RFC 8375, RFC 9476, ICANN's `.internal`). */
const PRIVATE_NAMES = /(?:^|\.)(?:localhost|local|internal|intranet|lan|home|corp|alt|onion|home\.arpa)$/;

/**
 * Whether a URL leads to a host with a public name over https: no address in numbers, no name of one network alone, no
 * user name. What the name resolves to is not known here.
 */
export function isPublicUrl(url: URL): boolean {
  const host = url.hostname.replace(/\.$/, '').toLowerCase();
  if (url.protocol !== 'https:' || url.username !== '' || url.password !== '') return false;
  if (host.startsWith('[') || /^[\d.]+$/.test(host) || !host.includes('.')) return false;
  return !PRIVATE_NAMES.test(host);
}
