/** The ages that a site may ask about (design §8). */
export const ALLOWED_AGES: readonly number[] = [13, 16, 18, 21, 25, 65];

/** Whether an integer bound has at most two significant digits (design §8): 90,000 has, 91,500 has not. */
export const isRoundBound = (bound: number): boolean =>
  Number.isSafeInteger(bound) && /^-?\d{1,2}0*$/.test(String(bound));
