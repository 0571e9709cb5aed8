import { t } from '../../lib/platform/index.ts';
import type { Condition, Rule } from '../../lib/policy/engine/index.ts';
import { Tick } from '../fields.tsx';
import { NumberField, PickField, TextLine } from './line-fields.tsx';
import type { RuleEditorProps } from './rule-draft.ts';
import { withObligations } from './rule-draft.ts';
import { unitsOf } from './span-words.ts';

const DAY = 86_400;
const SPANS = { hour: 3600, day: DAY, week: 7 * DAY, month: 30 * DAY } as const;
type Span = keyof typeof SPANS;

/** How long a rule holds, and of a permit how often and on what terms. */
export const LimitFields = ({
  rule,
  onChange,
  about,
}: RuleEditorProps & { readonly about: (field: string) => string | undefined }) => {
  const isPermit = rule.effect === 'permit';
  const { max_uses, ask_again_after, require_presence } = rule.obligations ?? {};
  return (
    <>
      <TextLine
        label={t('rule_until_day')}
        type="date"
        value={rule.until === undefined ? '' : dayText(rule.until)}
        onInput={(day) => onChange(withUntil(rule, day))}
        hint={rule.until === undefined ? t('rule_until_open') : undefined}
        problem={about('until')}
      />
      {isPermit && (
        <>
          <RateFields rule={rule} onChange={onChange} />
          <NumberField
            label={t('rule_max_uses')}
            unit={t('rule_max_uses_unit')}
            value={max_uses}
            onChange={(uses) => onChange(withObligations(rule, { max_uses: uses }))}
            problem={about('obligations.max_uses')}
          />
          <NumberField
            label={t('rule_ask_again')}
            unit={t('rule_ask_again_unit')}
            value={ask_again_after === undefined ? undefined : Math.max(1, Math.round(ask_again_after / DAY))}
            onChange={(days) =>
              onChange(withObligations(rule, { ask_again_after: days === undefined ? undefined : days * DAY }))
            }
            problem={about('obligations.ask_again_after')}
          />
          <Tick
            label={t('rule_presence')}
            detail={t('rule_presence_means')}
            checked={require_presence === true}
            onChange={(on) => onChange(withObligations(rule, { require_presence: on ? true : undefined }))}
          />
        </>
      )}
    </>
  );
};

type Count = Extract<Condition, { readonly count: unknown }>;
const isCount = (condition: Condition): condition is Count => 'count' in condition;

/** At most so many times in a while: the first condition of the rule that counts. */
const RateFields = ({ rule, onChange }: Pick<RuleEditorProps, 'rule' | 'onChange'>) => {
  const rate = rule.when.find(isCount)?.count;
  const span = spanOf(rate?.seconds);
  const say = (times: number | undefined, seconds: number) => {
    const others = rule.when.filter((condition) => condition !== rule.when.find(isCount));
    onChange({ ...rule, when: times === undefined ? others : [...others, { count: { at_most: times, seconds } }] });
  };
  return (
    <div class="rate">
      <NumberField
        label={t('rule_rate_label')}
        unit={t('rule_rate_unit')}
        value={rate?.at_most}
        onChange={(times) => say(times, rate?.seconds ?? SPANS.day)}
      />
      {rate !== undefined && (
        <PickField
          label={t('rule_rate_span')}
          value={span ?? 'other'}
          options={[
            ...(Object.keys(SPANS) as Span[]).map((one) => ({
              value: one,
              label: t(`rule_per_${one}`),
            })), // the keys of a literal
            ...(span === undefined ? [{ value: 'other' as const, label: otherSpan(rate.seconds) }] : []),
          ]}
          onChange={(one) => say(rate.at_most, one === 'other' ? rate.seconds : SPANS[one])}
        />
      )}
    </div>
  );
};

const spanOf = (seconds: number | undefined): Span | undefined =>
  (Object.keys(SPANS) as Span[]).find((span) => SPANS[span] === seconds); // the keys of a literal

function otherSpan(seconds: number): string {
  const { unit, count } = unitsOf(seconds);
  return `${count} × ${unit}`;
}

/** The day a moment lies on, as the browser's field for it wants it. */
function dayText(time: number): string {
  const date = new Date(time);
  const two = (part: number) => String(part).padStart(2, '0');
  return Number.isNaN(date.getTime()) ? '' : `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

/** Until the first moment of that day, local time. */
function withUntil(rule: Rule, day: string): Rule {
  const rest: { -readonly [K in keyof Rule]: Rule[K] } = { ...rule };
  delete rest.until;
  const time = new Date(`${day}T00:00`).getTime();
  return Number.isNaN(time) ? rest : { ...rest, until: time };
}
