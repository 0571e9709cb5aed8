/** Milliseconds since the Unix epoch. Passed in wherever time matters, so that tests can choose it. */
export type Clock = () => number;

export const systemClock: Clock = () => Date.now();

/** Whole seconds since the Unix epoch, as JWT's NumericDate wants them (RFC 7519 §2). */
export const toSeconds = (milliseconds: number): number => Math.floor(milliseconds / 1000);
