/**
 * The host of a site, without port and without the dot that may end it; undefined where the origin has none.
 * @param origin as the browser serialises it
 */
export function hostOf(origin: string): string | undefined {
  const start = origin.indexOf('://');
  if (start < 0) return undefined;
  const end = origin.endsWith(']') ? origin.length : portOf(origin, start + 3);
  const host = origin.slice(start + 3, origin[end - 1] === '.' ? end - 1 : end);
  return host === '' ? undefined : host;
}

function portOf(origin: string, start: number): number {
  const colon = origin.lastIndexOf(':');
  return colon > start ? colon : origin.length;
}

/** Whether `host` is this domain or below it. Addresses and localhost have nothing below them. */
export function isWithin(host: string, domain: string): boolean {
  if (host === domain) return true;
  return host.length > domain.length && host.endsWith(domain) && isBelow(host, domain);
}

function isBelow(host: string, domain: string): boolean {
  return host.charAt(host.length - domain.length - 1) === '.' && !standsAlone(domain);
}

/** Addresses and localhost: nothing is below them. */
export const standsAlone = (host: string): boolean =>
  host === 'localhost' || host.startsWith('[') || /^[0-9.]+$/.test(host);
