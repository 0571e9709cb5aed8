import { SignetError, isLoopback, originOf, parseUrl } from '../../core/index.ts';
import type { Origin, Reason } from '../../core/index.ts';

/** Who an identifier names. */
export interface Identified {
  /** The identifier as it was written: it is compared letter by letter. */
  readonly identifier: string;
  readonly origin: Origin;
}

/**
 * The identifier of a credential issuer (OpenID4VCI 1.0 §12.2.1) or of an authorization server (RFC 8414 §2): an https
 * or loopback URL without query, fragment or user, spelt as the browser spells it, so that what is compared as text is
 * what is spoken to.
 * @throws SignetError with `reason`, naming `field`
 */
export function readIdentifier(text: string, field: string, reason: Reason): Identified {
  try {
    const url = parseUrl(text, field);
    const isPlain = url.search === '' && url.hash === '' && !/[?#]/.test(text);
    if (isPlain && (url.href === text || url.href === `${text}/`)) return { identifier: text, origin: originOf(url) };
  } catch (cause) {
    throw new SignetError(reason, `${field} must be an https address.`, { field, cause });
  }
  throw new SignetError(reason, `${field} must be an https address without a query, spelt plainly.`, { field });
}

/** Where metadata is published: the well-known part sits between host and path (RFC 8414 §3.1, OpenID4VCI 1.0 §12.2.2). */
export function wellKnownUrl(identifier: string, name: string): string {
  const { origin, pathname } = new URL(identifier);
  return `${origin}/.well-known/${name}${pathname.replace(/\/$/, '')}`;
}

/**
 * A URL that a server names for itself: on its own origin, so that neither a code nor a credential travels to a host
 * the person did not see.
 * @throws SignetError issuer_refused, naming `field`
 */
export function ownUrl(value: string, owner: Origin, field: string): string {
  let url: URL;
  try {
    url = parseUrl(value, field);
  } catch (cause) {
    throw new SignetError('issuer_refused', `${field} is not an https address.`, { field, cause });
  }
  if (originOf(url) !== owner) {
    throw new SignetError('issuer_refused', `${field} is on ${url.host}, not on ${owner} as it should be.`, { field });
  }
  if (url.hash !== '') throw new SignetError('issuer_refused', `${field} must not have a fragment.`, { field });
  return url.href;
}

/** Whether both are on this machine, or neither: what is elsewhere has no business here. */
export const areNeighbours = (one: Origin, other: Origin): boolean => isLoopback(one) === isLoopback(other);
