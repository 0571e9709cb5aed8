/** The version a page sees: the package's own. */
export const VERSION = '0.1.0';
