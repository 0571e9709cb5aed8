import './policy.css';
import type { ComponentChildren } from 'preact';
import { useId } from 'preact/hooks';
import { t } from '../../lib/platform/index.ts';
import type { Effect, Rule } from '../../lib/policy/engine/index.ts';
import { Tick } from '../fields.tsx';
import { ClaimPicker } from './claim-picker.tsx';
import { ConditionList } from './condition-list.tsx';
import { isWindow } from './condition-words.ts';
import { EffectIcon } from './effect-icon.tsx';
import { LimitFields } from './limit-fields.tsx';
import type { RuleEditorProps } from './rule-draft.ts';
import { PickField, TextLine } from './line-fields.tsx';
import { WhoFields } from './who-fields.tsx';

/** A rule part by part, in the order of its sentence. */
export const RuleEditor = (props: RuleEditorProps) => {
  const { rule, onChange, claims, names, error } = props;
  const about = (field: string): string | undefined =>
    error?.field?.startsWith(`rule.${field}`) === true ? error.message : undefined;
  return (
    <div class="rule-parts">
      <Part title={t('rule_part_effect')}>
        <Effects effect={rule.effect} onChange={(effect) => onChange(withEffect(rule, effect))} />
      </Part>
      <Part title={t('rule_part_who')}>
        <WhoFields
          subject={rule.subject}
          onChange={(subject) => onChange({ ...rule, subject })}
          problem={about('subject')}
        />
      </Part>
      <Part title={t('rule_part_what')}>
        <ClaimPicker
          chosen={rule.claims}
          claims={claims}
          names={names}
          onChange={(chosen) => onChange({ ...rule, claims: chosen })}
          problem={about('claims')}
        />
        <ActionField rule={rule} onChange={onChange} problem={about('action')} />
      </Part>
      <Part title={t('rule_part_when')}>
        <ConditionList when={rule.when} onChange={(when) => onChange({ ...rule, when })} problem={about('when')} />
      </Part>
      <Part title={t('rule_part_limits')}>
        <LimitFields {...props} about={about} />
      </Part>
      <Part title={t('rule_part_note')}>
        <TextLine
          label={t('rule_note')}
          value={rule.note ?? ''}
          maxLength={120}
          placeholder={t('rule_note_hint')}
          onInput={(note) => {
            const rest: { -readonly [K in keyof Rule]: Rule[K] } = { ...rule, note };
            if (note === '') delete rest.note;
            onChange(rest);
          }}
          problem={about('note')}
        />
        <Tick
          label={t('rule_locked')}
          detail={t('rule_locked_means')}
          checked={rule.locked}
          onChange={(locked) => onChange({ ...rule, locked })}
        />
      </Part>
    </div>
  );
};

const Part = ({ title, children }: { title: string; children: ComponentChildren }) => (
  <section class="rule-part">
    <h2>{title}</h2>
    <div class="rule-part-fields">{children}</div>
  </section>
);

const EFFECTS: readonly Effect[] = ['permit', 'deny', 'ask'];

const Effects = ({ effect, onChange }: { effect: Effect; onChange: (effect: Effect) => void }) => {
  const name = useId();
  return (
    <fieldset class="effects">
      <legend class="unseen">{t('rule_part_effect')}</legend>
      {EFFECTS.map((one) => (
        <label key={one} class={`choice effect-choice ${one}`}>
          <input type="radio" name={name} class="unseen" checked={one === effect} onChange={() => onChange(one)} />
          <EffectIcon effect={one} size={20} />
          <span aria-hidden="true">
            <span class="effect-name">{t(`rule_effect_${one}`)}</span>
            <span class="hint choice-detail">{t(`rule_effect_${one}_means`)}</span>
          </span>
        </label>
      ))}
    </fieldset>
  );
};

/** Obligations, and conditions that count, are a permit's alone. */
function withEffect(rule: Rule, effect: Effect): Rule {
  const { obligations, ...rest } = rule;
  if (effect === 'permit') return obligations === undefined ? { ...rest, effect } : { ...rest, effect, obligations };
  return { ...rest, effect, when: rule.when.filter((condition) => !isWindow(condition)) };
}

const ACTIONS = ['prove', 'receive', 'spend', '*'] as const;

const ActionField = ({
  rule,
  onChange,
  problem,
}: Pick<RuleEditorProps, 'rule' | 'onChange'> & { problem: string | undefined }) => {
  const known = ACTIONS.some((action) => action === rule.action);
  return (
    <PickField
      label={t('rule_action')}
      value={rule.action}
      options={[
        ...ACTIONS.map((action) => ({
          value: action,
          label: t(`rule_action_${action === '*' ? 'any' : action}`),
        })),
        ...(known ? [] : [{ value: rule.action, label: rule.action }]),
      ]}
      onChange={(action) => onChange({ ...rule, action })}
      problem={problem}
    />
  );
};
