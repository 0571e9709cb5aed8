import { uiLanguage } from '../lib/platform/index.ts';

/** A number as people write it: "1,240". */
export const countWords = (count: number): string => new Intl.NumberFormat(uiLanguage()).format(count);
