import { displayText } from '../../lib/core/index.ts';
import { t } from '../../lib/platform/index.ts';
import type { AttributeCondition, RuleTrace } from '../../lib/policy/engine/index.ts';
import { attributeWords, conditionWords, valueWords } from './condition-words.ts';
import { asStart } from './list-words.ts';
import { moneyWords } from './money-words.ts';

/** What was found where a condition looked; an amount in the currency that it is compared in. */
const foundWords = (condition: AttributeCondition, found: unknown): string =>
  condition.op === 'amount_at_most' && typeof found === 'number'
    ? moneyWords(found, condition.value.currency)
    : valueWords(condition.attribute, found);

/** Why a rule missed or could not be judged, as a sentence. Undefined where it matched and nothing kept it. */
export function traceWords({ because }: Pick<RuleTrace, 'because'>): string | undefined {
  if (because === undefined) return undefined;
  switch (because.part) {
    case 'action':
    case 'claims':
    case 'subject':
    case 'not_yet':
    case 'expired':
      return t(`play_because_${because.part}`);
    case 'condition': {
      const { condition, found } = because;
      const wanted = conditionWords(condition);
      if (!('attribute' in condition) || found === undefined) return t('play_because_condition', wanted);
      return t(
        'play_because_condition_found',
        wanted,
        asStart(attributeWords(condition.attribute)),
        foundWords(condition, found),
      );
    }
    case 'missing':
      return t('play_because_missing', asStart(attributeWords(because.attribute)));
    case 'wrong_type':
      return t('play_because_wrong_type', asStart(attributeWords(because.attribute)));
    case 'obligation':
      return t(`play_because_${because.obligation}`);
    case 'failed':
      return t('play_because_failed', displayText(because.message, 200));
  }
}
