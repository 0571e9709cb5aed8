import { parseQuery } from '../../lib/agents/index.ts';
import type { Query } from '../../lib/agents/index.ts';
import { displayText } from '../../lib/core/index.ts';
import { t, uiLanguage } from '../../lib/platform/index.ts';
import { anyOf } from '../policy/list-words.ts';

/** What a query asks of whatever it names: "Whether it is at least 3,000". Undefined for what is no query. */
export function queryWords(query: string): string | undefined {
  try {
    return wordsOf(parseQuery(query));
  } catch {
    return undefined; // cut short, or of a newer Signet: it is shown as it was written all the same
  }
}

const numberWords = (number: number): string => new Intl.NumberFormat(uiLanguage()).format(number);

function wordsOf(query: Query): string {
  switch (query.op) {
    case 'has':
    case 'count':
      return t(`agent_query_${query.op}`);
    case 'equals':
      return t('agent_query_equals', valueWords(query.value));
    case 'at_least':
    case 'at_most':
      return t(`agent_query_${query.op}`, numberWords(query.bound));
    case 'between':
      return t('agent_query_between', numberWords(query.from), numberWords(query.to));
    case 'age_at_least':
      return t('agent_query_age_at_least', numberWords(query.years));
    case 'category':
      return amongWords(query.among);
  }
}

function valueWords(value: string | number | boolean): string {
  if (typeof value === 'boolean') return t('claim_other', t(value ? 'yes' : 'no'));
  return typeof value === 'number' ? numberWords(value) : t('claim_other', displayText(value, 80));
}

function amongWords(among: readonly (number | string)[]): string {
  const [first] = among;
  if (first === undefined) return t('agent_query_sort');
  return t(typeof first === 'number' ? 'agent_query_bounds' : 'agent_query_among', anyOf(among.map(valueWords)));
}
