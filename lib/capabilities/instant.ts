const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/;

/** Milliseconds since the epoch as RFC 3339 text in UTC, cut to whole seconds: PASETO's form of a time. */
export const formatInstant = (milliseconds: number): string =>
  `${new Date(milliseconds).toISOString().slice(0, -'.000Z'.length)}Z`;

/** Milliseconds since the epoch of such a text, or undefined for any other: 30 February, an offset, a fraction. */
export function parseInstant(text: string): number | undefined {
  if (!INSTANT.test(text)) return undefined;
  const milliseconds = Date.parse(text);
  return Number.isNaN(milliseconds) || formatInstant(milliseconds) !== text ? undefined : milliseconds;
}
