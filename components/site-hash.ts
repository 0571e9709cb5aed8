/** Where the app shows a site, by its origin. */
export const siteHash = (subject: string): string => `#/sites/${encodeURIComponent(subject)}`;

/** Where the app shows what happened with a site. */
export const siteActivityHash = (subject: string): string => `#/activity/${encodeURIComponent(subject)}`;

/** The site that an address names, or an empty text: a hash can be typed by anybody. */
export function siteInHash(rest: string): string {
  try {
    return decodeURIComponent(rest);
  } catch {
    return '';
  }
}
