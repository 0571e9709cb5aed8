import type { QueryPlan } from './query-plan.ts';

/** A conclusion, as the person reads it: numbers as they are, words of the page API's own. */
export function conclusionWords(conclusion: QueryPlan['conclusion']): string {
  switch (conclusion.kind) {
    case 'yes_no':
      return conclusion.answer ? 'yes' : 'no';
    case 'count':
      return String(conclusion.count);
    case 'range':
      return rangeWords(conclusion);
    case 'category':
      return 'of' in conclusion ? conclusion.of : `#${conclusion.place}`;
    case 'unknown':
      return '–';
  }
}

function rangeWords({ from, below }: { readonly from?: number; readonly below?: number }): string {
  const parts = [from === undefined ? [] : [`≥ ${from}`], below === undefined ? [] : [`< ${below}`]].flat();
  return parts.length === 0 ? '–' : parts.join(' · ');
}
