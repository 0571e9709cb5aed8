/**
 * The host of a site, without port and without the dot that may end it; undefined where the origin has none.
 * @param origin as the browser serialises it
 */
export function hostOf(origin: string): string | undefined {
  const start = origin.indexOf('://') + 3;
  if (start < 3) return undefined;
  const end = endOfHost(origin, start);
  const host = origin.slice(start, origin.charCodeAt(end - 1) === DOT ? end - 1 : end);
  return host === '' ? undefined : host;
}

const DOT = 46;

function endOfHost(origin: string, start: number): number {
  if (origin.endsWith(']')) return origin.length;
  const colon = origin.lastIndexOf(':');
  return colon > start ? colon : origin.length;
}

/** Whether `host` is this domain or below it. Addresses and localhost have nothing below them. */
export const isWithin = (host: string, domain: string): boolean => within(domain)(host);

/** Whether a host is this domain or below it, for many hosts. */
export function within(domain: string): (host: string) => boolean {
  if (standsAlone(domain)) return (host) => host === domain;
  const below = `.${domain}`;
  return (host) => host === domain || host.endsWith(below);
}

/** Addresses and localhost: nothing is below them. */
export const standsAlone = (host: string): boolean =>
  host === 'localhost' || host.startsWith('[') || /^[0-9.]+$/.test(host);

/** A host and the domains that it is below, the nearest first: each that `isWithin` says yes to. */
export function* domainsOf(host: string): Generator<string> {
  yield host;
  if (standsAlone(host)) return;
  for (let dot = host.indexOf('.'); dot >= 0; dot = host.indexOf('.', dot + 1)) {
    const domain = host.slice(dot + 1);
    if (domain !== '' && !standsAlone(domain)) yield domain;
  }
}

const HOST = /^(?:[a-z0-9_-]+(?:\.[a-z0-9_-]+)*|\[[0-9a-f:]+\])$/;

/** Whether a text is a host as browsers serialise it: lower case, xn-- form, no port, no dot at its end. */
export function isHost(text: string): boolean {
  if (text.length > 253 || !HOST.test(text)) return false;
  const url = URL.parse(`https://${text}/`);
  return url !== null && url.hostname === text && url.host === text && url.username === '';
}
