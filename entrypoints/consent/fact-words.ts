import { t } from '../../lib/platform/index.ts';

const OVER = /^(?:age_over_|over )(\d{1,3})$/;

/** What a claim's label says about the person: "You are over 21"; other labels begin with a capital. */
export function factWords(label: string): string {
  const age = OVER.exec(label)?.[1];
  if (age !== undefined) return t('fact_over', age);
  const [first = '', ...rest] = Array.from(label);
  return first.toLocaleUpperCase() + rest.join('');
}
