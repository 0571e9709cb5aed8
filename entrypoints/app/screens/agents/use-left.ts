import { leftWords } from '../../../../components/capability/could-words.ts';
import { useNow } from '../../../../components/use-now.ts';

/** How long something stands yet, second by second: "58 seconds". @param until milliseconds since the epoch */
export const useLeft = (until: number): string => leftWords(Math.max(1000, until - useNow(1000)));
