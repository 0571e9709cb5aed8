import { useState } from 'preact/hooks';
import { t } from '../../lib/platform/index.ts';
import type { Condition } from '../../lib/policy/engine/index.ts';
import { Button } from '../button.tsx';
import { Icon } from '../icon.tsx';
import { Problem } from '../notice.tsx';
import { ConditionForm } from './condition-form.tsx';
import { conditionWords, NIGHT } from './condition-words.ts';
import { asStart } from './list-words.ts';

/** What people say most, to be had at once. */
const READY: readonly { readonly key: 'night' | 'weekend' | 'present'; readonly condition: Condition }[] = [
  { key: 'present', condition: { attribute: 'context.present', op: 'equals', value: true } },
  { key: 'night', condition: NIGHT },
  { key: 'weekend', condition: { attribute: 'context.weekday', op: 'one_of', value: [6, 7] } },
];

/** Everything that must hold for a rule to apply, each as words. A rate stands with the limits. */
export const ConditionList = ({
  when,
  onChange,
  problem,
}: {
  readonly when: readonly Condition[];
  readonly onChange: (when: readonly Condition[]) => void;
  readonly problem: string | undefined;
}) => {
  const [adding, setAdding] = useState(false);
  const rate = when.find((condition) => 'count' in condition);
  const shown = when.filter((condition) => condition !== rate);
  const has = (condition: Condition) => shown.some((one) => JSON.stringify(one) === JSON.stringify(condition));
  const add = (condition: Condition) => onChange([...when, condition]);
  return (
    <div class="stack">
      {shown.length === 0 && !adding && <p class="soft">{t('rule_when_always')}</p>}
      {shown.length > 0 && (
        <ul class="conditions">
          {shown.map((condition) => {
            const words = asStart(conditionWords(condition));
            return (
              <li key={JSON.stringify(condition)}>
                <span class="grow">{words}</span>
                <button
                  type="button"
                  class="icon-button"
                  aria-label={t('rule_condition_remove', words)}
                  title={t('rule_condition_remove', words)}
                  onClick={() => onChange(when.filter((one) => one !== condition))}
                >
                  <Icon name="x" size={16} />
                </button>
              </li>
            );
          })}
        </ul>
      )}
      {adding ? (
        <ConditionForm
          onAdd={(condition) => {
            setAdding(false);
            add(condition);
          }}
          onCancel={() => setAdding(false)}
        />
      ) : (
        <div class="chips">
          {READY.filter(({ condition }) => !has(condition)).map(({ key, condition }) => (
            <button key={key} type="button" class="chip" onClick={() => add(condition)}>
              <Icon name="plus" size={14} />
              {t(`rule_ready_${key}`)}
            </button>
          ))}
          <Button look="quiet" onClick={() => setAdding(true)}>
            <Icon name="plus" size={16} />
            {t('rule_condition_add')}
          </Button>
        </div>
      )}
      <Problem error={problem} />
    </div>
  );
};
