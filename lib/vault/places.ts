/** Keys in the `meta` store. */
export const HEADER_KEY = 'header';
export const SESSION_BLOB_KEY = 'session';
export const MARK_KEY = 'mark';

/** Keys in storage.local. */
export const MIRROR_KEY = 'header';
export const ANCHOR_KEY = 'anchor';
export const AUTO_LOCK_KEY = 'autoLock';
export const ATTEMPTS_KEY = 'attempts';

/** Key in storage.session: the half of the session that ends with the browser. */
export const SESSION_SECRET_KEY = 'session';
