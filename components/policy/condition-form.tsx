import { useState } from 'preact/hooks';
import { t } from '../../lib/platform/index.ts';
import type { AttributeCondition, AttributeForm, AttributeName, Condition } from '../../lib/policy/engine/index.ts';
import { ATTRIBUTES, ROLES } from '../../lib/policy/engine/index.ts';
import { Button } from '../button.tsx';
import { attributeWords, conditionWords, valueWords } from './condition-words.ts';
import { MoneyField, NumberField, PickField, TextLine } from './line-fields.tsx';
import { asStart } from './list-words.ts';
import { roleWords } from './role-words.ts';
import { minuteWords, weekdayWords } from './span-words.ts';

/** Attributes in the order in which people think of them; who, what and how are parts of the rule of their own. */
const OFFERED: readonly AttributeName[] = [
  'context.minute',
  'context.weekday',
  'context.present',
  'context.purpose',
  'context.amount',
  'context.claims',
  'context.time',
  'subject.role',
  'subject.type',
  'subject.host',
  'context.audience',
  'resource.tier',
  'resource.issuer',
  'resource.credential_type',
  'resource.format',
];

type Op = AttributeCondition['op'];

/** What can be said of each kind of attribute. */
const OPS: Readonly<Record<AttributeForm['type'], readonly Op[]>> = {
  text: ['equals', 'not_equals', 'one_of', 'none_of', 'starts_with'],
  number: ['at_most', 'at_least', 'equals', 'not_equals', 'between'],
  boolean: ['equals'],
  set: ['contains'],
  time: ['less_than', 'at_least'],
  host: ['in_domain', 'equals'],
  role: ['role_at_least', 'equals'],
  amount: ['amount_at_most'],
};

const opsOf = (attribute: AttributeName): readonly Op[] =>
  attribute === 'context.minute'
    ? ['between', 'less_than', 'at_least']
    : attribute === 'context.weekday'
      ? ['one_of', 'none_of']
      : OPS[ATTRIBUTES[attribute].type];

/** A condition on one attribute: which, how, and a value of its type. */
export const ConditionForm = ({ onAdd, onCancel }: { onAdd: (condition: Condition) => void; onCancel: () => void }) => {
  const [attribute, setAttribute] = useState<AttributeName>('context.minute');
  const [op, setOp] = useState<Op>('between');
  const [value, setValue] = useState<unknown>([480, 1200]);
  const choose = (next: AttributeName, nextOp: Op) => {
    setAttribute(next);
    setOp(nextOp);
    setValue(startOf(next, nextOp));
  };
  // The value field gives what the operator takes; readRule looks at it again before it is saved.
  const condition = { attribute, op, value } as AttributeCondition;
  const ready = value !== undefined && value !== '' && !(Array.isArray(value) && value.length === 0);
  return (
    <div class="condition-form stack">
      <PickField
        label={t('rule_condition_attribute')}
        value={attribute}
        options={OFFERED.map((name) => ({ value: name, label: asStart(attributeWords(name)) }))}
        onChange={(next) => choose(next, opsOf(next)[0] ?? 'equals')}
      />
      {opsOf(attribute).length > 1 && (
        <PickField
          label={t('rule_condition_op')}
          value={op}
          options={opsOf(attribute).map((one) => ({ value: one, label: t(`rule_op_name_${one}`) }))}
          onChange={(next) => choose(attribute, next)}
        />
      )}
      <ValueField key={`${attribute} ${op}`} attribute={attribute} op={op} value={value} onChange={setValue} />
      {ready && <p class="soft">{t('rule_condition_reads', conditionWords(condition))}</p>}
      <div class="row-wrap">
        <Button disabled={!ready} onClick={() => onAdd(condition)}>
          {t('rule_add')}
        </Button>
        <Button look="quiet" onClick={onCancel}>
          {t('cancel')}
        </Button>
      </div>
    </div>
  );
};

/** A value to begin with. */
function startOf(attribute: AttributeName, op: Op): unknown {
  if (op === 'amount_at_most') return undefined;
  if (op === 'between') return attribute === 'context.minute' ? [480, 1200] : [1, 2];
  if (attribute === 'context.weekday') return [6, 7];
  if (op === 'one_of' || op === 'none_of') return [];
  if (attribute === 'context.minute') return 480;
  if (op === 'role_at_least') return 'commerce';
  switch (ATTRIBUTES[attribute].type) {
    case 'boolean':
      return true;
    case 'role':
      return 'commerce';
    case 'number':
      return 1;
    case 'time':
      return undefined;
    default:
      return attribute === 'subject.type' ? 'site' : '';
  }
}

interface ValueFieldProps {
  readonly attribute: AttributeName;
  readonly op: Op;
  readonly value: unknown;
  readonly onChange: (value: unknown) => void;
}

/** A field for a value of the attribute's type. */
const ValueField = (props: ValueFieldProps) => {
  const { attribute, op, value, onChange } = props;
  const label = t('rule_condition_value');
  if (attribute === 'context.minute') return <MinuteField {...props} />;
  if (attribute === 'context.weekday') return <WeekdayField {...props} />;
  const form: AttributeForm = ATTRIBUTES[attribute];
  switch (form.type) {
    case 'boolean':
      return (
        <PickField
          label={label}
          value={value === true ? 'yes' : 'no'}
          options={(['yes', 'no'] as const).map((one) => ({ value: one, label: asStart(t(`rule_value_${one}`)) }))}
          onChange={(one) => onChange(one === 'yes')}
        />
      );
    case 'role':
      return (
        <PickField
          label={label}
          value={ROLES.find((role) => role === value) ?? 'commerce'}
          options={ROLES.map((role) => ({ value: role, label: roleWords(role) }))}
          onChange={onChange}
        />
      );
    case 'amount':
      return <AmountField onChange={onChange} />;
    case 'number':
      return op === 'between' ? (
        <TwoNumbers {...props} />
      ) : (
        <NumberField label={label} value={typeof value === 'number' ? value : undefined} onChange={onChange} />
      );
    case 'time':
      return (
        <TextLine
          label={label}
          type="datetime-local"
          value={momentText(value)}
          onInput={(text) => onChange(momentIn(text))}
        />
      );
    default:
      return form.values === undefined ? (
        <TextsField {...props} />
      ) : (
        <PickField
          label={label}
          value={String(value)}
          options={form.values.map((one) => ({ value: one, label: asStart(valueWords(attribute, one)) }))}
          onChange={(one) => onChange(op === 'one_of' || op === 'none_of' ? [one] : one)}
        />
      );
  }
};

/** One text; or several, with commas between, where the operator takes a list. */
const TextsField = ({ op, onChange }: ValueFieldProps) => {
  const [typed, setTyped] = useState('');
  const isList = op === 'one_of' || op === 'none_of';
  return (
    <TextLine
      label={t('rule_condition_value')}
      value={typed}
      hint={isList ? t('rule_condition_commas') : undefined}
      onInput={(text) => {
        setTyped(text);
        const texts = text.split(',').map((one) => one.trim());
        onChange(isList ? texts.filter((one) => one !== '') : text.trim());
      }}
    />
  );
};

const AmountField = ({ onChange }: { onChange: (value: unknown) => void }) => {
  const [amount, setAmount] = useState<{ readonly minor: number | undefined; readonly currency: string }>({
    minor: undefined,
    currency: 'USD',
  });
  return (
    <MoneyField
      label={t('rule_condition_value')}
      minor={amount.minor}
      currency={amount.currency}
      onChange={(minor, currency) => {
        setAmount({ minor, currency });
        onChange(minor === undefined ? undefined : { minor, currency });
      }}
    />
  );
};

const pairIn = (value: unknown): readonly [number, number] =>
  Array.isArray(value) ? [Number(value[0]), Number(value[1])] : [0, 0];

const TwoNumbers = ({ value, onChange }: ValueFieldProps) => {
  const [from, to] = pairIn(value);
  return (
    <>
      <NumberField
        label={t('rule_condition_from')}
        value={from}
        min={0}
        onChange={(next) => next !== undefined && onChange([next, to])}
      />
      <NumberField
        label={t('rule_condition_to')}
        value={to}
        min={0}
        onChange={(next) => next !== undefined && onChange([from, next])}
      />
    </>
  );
};

const minuteIn = (text: string): number | undefined => {
  const [, hours, minutes] = /^(\d{2}):(\d{2})$/.exec(text) ?? [];
  return hours === undefined ? undefined : Number(hours) * 60 + Number(minutes);
};

const MinuteField = ({ op, value, onChange }: ValueFieldProps) => {
  const clock = (label: string, minute: number, tell: (minute: number) => void) => (
    <TextLine
      label={label}
      type="time"
      value={minuteWords(minute)}
      onInput={(text) => {
        const next = minuteIn(text);
        if (next !== undefined) tell(next);
      }}
    />
  );
  if (op !== 'between') return clock(t('rule_condition_value'), Number(value), onChange);
  const [from, to] = pairIn(value);
  return (
    <>
      {clock(t('rule_condition_from'), from, (next) => onChange([next, to]))}
      {clock(t('rule_condition_to'), to, (next) => onChange([from, next]))}
    </>
  );
};

const WeekdayField = ({ value, onChange }: ValueFieldProps) => {
  const days = Array.isArray(value) ? value.map(Number) : [];
  return (
    <div class="chips" role="group" aria-label={t('rule_condition_value')}>
      {[1, 2, 3, 4, 5, 6, 7].map((day) => (
        <button
          key={day}
          type="button"
          class="chip"
          aria-pressed={days.includes(day)}
          onClick={() => onChange(days.includes(day) ? days.filter((one) => one !== day) : [...days, day].sort())}
        >
          {weekdayWords(day)}
        </button>
      ))}
    </div>
  );
};

function momentIn(text: string): number | undefined {
  const time = new Date(text).getTime();
  return Number.isNaN(time) ? undefined : time;
}

function momentText(value: unknown): string {
  if (typeof value !== 'number') return '';
  return new Date(value - new Date(value).getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}
