import { displayText } from '../../lib/core/index.ts';
import type { MessageKey } from '../../lib/platform/index.ts';
import { t, tn } from '../../lib/platform/index.ts';
import type {
  AttributeCondition,
  AttributeName,
  Condition,
  Role,
  WindowCondition,
} from '../../lib/policy/engine/index.ts';
import { ROLES } from '../../lib/policy/engine/index.ts';
import { countWords } from '../count-words.ts';
import { dateAndTimeWords } from '../time-words.ts';
import { claimTitle } from './claim-phrase.ts';
import { allOf, anyOf } from './list-words.ts';
import { moneyWords } from './money-words.ts';
import { minuteWords, perWords, weekdayWords } from './span-words.ts';

/** Attributes that have words of their own; another is called by its name, in quotes. */
const ATTRIBUTE_WORDS = {
  'subject.type': 'rule_attr_subject_type',
  'subject.id': 'rule_attr_subject_id',
  'subject.host': 'rule_attr_subject_host',
  'subject.role': 'rule_attr_subject_role',
  action: 'rule_attr_action',
  'resource.type': 'rule_attr_resource_type',
  'resource.id': 'rule_attr_resource_id',
  'resource.tier': 'rule_attr_resource_tier',
  'resource.format': 'rule_attr_resource_format',
  'resource.credential_type': 'rule_attr_resource_credential_type',
  'resource.issuer': 'rule_attr_resource_issuer',
  'context.time': 'rule_attr_context_time',
  'context.minute': 'rule_attr_context_minute',
  'context.weekday': 'rule_attr_context_weekday',
  'context.present': 'rule_attr_context_present',
  'context.purpose': 'rule_attr_context_purpose',
  'context.claims': 'rule_attr_context_claims',
  'context.amount': 'rule_attr_context_amount',
  'context.currency': 'rule_attr_context_currency',
  'context.audience': 'rule_attr_context_audience',
} as const satisfies Record<AttributeName, MessageKey>;

/** What an attribute is called: "the time of day". */
export const attributeWords = (name: string): string =>
  Object.hasOwn(ATTRIBUTE_WORDS, name)
    ? t(ATTRIBUTE_WORDS[name as AttributeName]) // just checked
    : t(
        'rule_attr_other',
        displayText(name.replace(/^(?:subject|resource|context)\./, '').replaceAll(/[._]/g, ' '), 64),
      );

const isRole = (value: unknown): value is Role => ROLES.some((role) => role === value);

/** A value of an attribute as people write it: "22:00" for the minute 1320. Never empty. */
export function valueWords(attribute: string, value: unknown): string {
  if (Array.isArray(value))
    return value.length === 0 ? t('rule_value_nothing') : anyOf(value.map((one) => valueWords(attribute, one)));
  if (typeof value === 'boolean') return t(value ? 'rule_value_yes' : 'rule_value_no');
  if (typeof value === 'number') return numberWords(attribute, value);
  if (typeof value === 'object' && value !== null && 'minor' in value && 'currency' in value) {
    return moneyWords(Number(value.minor), String(value.currency));
  }
  if (attribute === 'subject.role' && isRole(value)) return t(`rule_role_${value}`);
  if (attribute === 'subject.type' && (value === 'site' || value === 'agent')) return t(`rule_kind_${value}`);
  const text = typeof value === 'string' ? textIn(attribute, value) : '';
  return text === '' ? t('rule_value_nothing') : t('rule_value_text', text);
}

/** A text as people read it: the name of a claim as its title. */
const textIn = (attribute: string, value: string): string =>
  value !== '' && (attribute === 'context.claims' || attribute === 'resource.id')
    ? claimTitle(value)
    : displayText(value, 80);

function numberWords(attribute: string, value: number): string {
  switch (attribute) {
    case 'context.minute':
      return minuteWords(value);
    case 'context.weekday':
      return Number.isInteger(value) && value >= 1 && value <= 7 ? weekdayWords(value) : countWords(value);
    case 'context.time':
      return Math.abs(value) < 8.64e15 ? dateAndTimeWords(value) : countWords(value);
    default:
      return countWords(value);
  }
}

const FORMS: Readonly<Record<string, MessageKey>> = {
  'dc+sd-jwt': 'rule_form_sd_jwt',
  bulletproof: 'rule_form_range',
  bbs: 'rule_form_bbs',
  'bbs+': 'rule_form_bbs',
};

/** A form of proof as it stands after "when"; undefined for one that has no words. */
function formConditionWords(value: unknown): string | undefined {
  const key = typeof value === 'string' && Object.hasOwn(FORMS, value) ? FORMS[value] : undefined;
  return key === undefined ? undefined : t(key);
}

const OF_TIME: ReadonlySet<string> = new Set(['context.time', 'context.minute']);

/** A test on an attribute as it stands after "when": "the time of day is before 06:00". */
function attributeConditionWords(condition: AttributeCondition): string {
  const { attribute, op } = condition;
  if (attribute === 'context.present' && (op === 'equals' || op === 'not_equals')) {
    return t((condition.value === true) === (op === 'equals') ? 'rule_present' : 'rule_absent');
  }
  if (attribute === 'resource.tier' && op === 'equals') {
    const tier = ([1, 2, 3] as const).find((one) => one === condition.value);
    if (tier !== undefined) return t(`rule_tier_${tier}`);
  }
  if (attribute === 'resource.format' && op === 'equals') {
    const words = formConditionWords(condition.value);
    if (words !== undefined) return words;
  }
  const subject = attributeWords(attribute);
  switch (op) {
    case 'between':
      return t('rule_op_between', subject, ...condition.value.map((end) => valueWords(attribute, end)));
    case 'role_at_least':
      return t('rule_op_role_at_least', subject, t(`rule_role_${condition.value}`));
    case 'none_of':
      return t('rule_op_none_of', subject, valueWords(attribute, condition.value));
    case 'less_than':
    case 'at_most':
    case 'more_than':
    case 'at_least':
      return OF_TIME.has(attribute)
        ? t(`rule_time_${op}`, subject, valueWords(attribute, condition.value))
        : t(`rule_op_${op}`, subject, valueWords(attribute, condition.value));
    case 'equals':
    case 'not_equals':
    case 'one_of':
    case 'starts_with':
    case 'contains':
    case 'in_domain':
    case 'amount_at_most':
      return t(`rule_op_${op}`, subject, valueWords(attribute, condition.value));
  }
}

/** What a rule lets somebody do within a time: "at most 3 times a day". */
export const windowWords = (condition: WindowCondition): string =>
  'count' in condition
    ? tn('rule_rate', condition.count.at_most, perWords(condition.count.seconds))
    : t('rule_spend', moneyWords(condition.spend.at_most, condition.spend.currency), perWords(condition.spend.seconds));

/** Whether a condition counts uses or spending. */
export const isWindow = (condition: Condition): condition is WindowCondition =>
  'count' in condition || 'spend' in condition;

/** A condition as it stands after "when", whatever it is made of; never empty. */
export function conditionWords(condition: Condition): string {
  if (isNight(condition)) return t('rule_night');
  if (isWindow(condition)) return t('rule_window', windowWords(condition));
  if ('all' in condition)
    return condition.all.length === 0 ? t('rule_always') : allOf(condition.all.map(conditionWords));
  if ('any' in condition)
    return condition.any.length === 0 ? t('rule_never') : anyOf(condition.any.map(conditionWords));
  if ('not' in condition) return t('rule_not', conditionWords(condition.not));
  return attributeConditionWords(condition);
}

/** From 22:00 to 06:00, as the editor writes it. */
export const NIGHT: Condition = {
  any: [
    { attribute: 'context.minute', op: 'at_least', value: 1320 },
    { attribute: 'context.minute', op: 'less_than', value: 360 },
  ],
};

const isNight = (condition: Condition): boolean => JSON.stringify(condition) === JSON.stringify(NIGHT);
