import * as v from 'valibot';
import { SignetError, assertField, canonicalJsonBytes, fromUtf8, isCalendarDate } from '../core/index.ts';
import type { CompartmentName, Tier } from '../vault/index.ts';
import { COMPARTMENT_NAMES } from '../vault/index.ts';

export const ATTRIBUTE_TYPES = ['text', 'number', 'date', 'yes_no'] as const;
export type AttributeType = (typeof ATTRIBUTE_TYPES)[number];

const MAX_LABEL = 60;
const MAX_TEXT = 500;
const DECIMAL = /^-?(?:0|[1-9]\d*)(?:\.\d+)?$/;

/** What a person stores about themselves. */
export interface AttributeInput {
  /** 1 to 60 characters. */
  readonly label: string;
  readonly type: AttributeType;
  /** text: at most 500 characters; number: a decimal; date: YYYY-MM-DD; yes_no: "true" or "false". */
  readonly value: string;
  readonly tier: Tier;
  /** At Tier 3: where the value lies. */
  readonly compartment?: CompartmentName;
}

/** An attribute as it can be listed: the value of one at Tier 3 stays closed. */
export interface Attribute extends Omit<AttributeInput, 'value'> {
  /** 16 random bytes, base64url. */
  readonly id: string;
  /** Absent at Tier 3. */
  readonly value?: string;
  /** Milliseconds since the epoch. */
  readonly updatedAt: number;
}

/**
 * The input as it is stored: label and number trimmed.
 * @throws SignetError bad_request, naming `label`, `type`, `value`, `tier` or `compartment`
 */
export function checkAttribute({ label, type, value, tier, compartment }: AttributeInput): AttributeInput {
  assertField(typeof label === 'string' && typeof value === 'string', 'label', 'A label and a value are texts.');
  assertField(label.isWellFormed() && label.trim() !== '', 'label', 'Give it a name.');
  assertField(lengthOf(label.trim()) <= MAX_LABEL, 'label', `A name has at most ${MAX_LABEL} characters.`);
  assertField(ATTRIBUTE_TYPES.includes(type), 'type', 'This kind of attribute is not known.');
  assertField([1, 2, 3].includes(tier), 'tier', 'This tier is not known.');
  const checked = { label: label.trim(), type, value: checkValue(type, value), tier };
  if (tier !== 3) {
    assertField(compartment === undefined, 'compartment', 'Only what is capability-gated lies in a compartment.');
    return checked;
  }
  const name = COMPARTMENT_NAMES.find((one) => one === compartment);
  if (name === undefined) throw new SignetError('bad_request', 'Choose a compartment.', { field: 'compartment' });
  return { ...checked, compartment: name };
}

const lengthOf = (text: string): number => Array.from(text).length;

function checkValue(type: AttributeType, value: string): string {
  switch (type) {
    case 'text':
      assertField(value.isWellFormed() && value !== '', 'value', 'Enter a text.');
      assertField(lengthOf(value) <= MAX_TEXT, 'value', `A text has at most ${MAX_TEXT} characters.`);
      return value;
    case 'number':
      assertField(
        DECIMAL.test(value.trim()) && value.length <= MAX_TEXT,
        'value',
        'Enter a number such as 12 or -3.5.',
      );
      return value.trim();
    case 'date':
      assertField(isCalendarDate(value), 'value', 'Enter a date that the calendar has, as YYYY-MM-DD.');
      return value;
    case 'yes_no':
      assertField(value === 'true' || value === 'false', 'value', 'Choose yes or no.');
      return value;
  }
}

const StoredSchema = v.strictObject({
  v: v.literal(1),
  label: v.string(),
  type: v.picklist(ATTRIBUTE_TYPES),
  value: v.string(),
  updatedAt: v.number(),
});

const GatedSchema = v.strictObject({
  v: v.literal(1),
  label: v.string(),
  type: v.picklist(ATTRIBUTE_TYPES),
  gated: v.strictObject({ name: v.picklist(COMPARTMENT_NAMES), id: v.string() }),
  updatedAt: v.number(),
});

/** The compartment that a value lies in. Erased and made again, it has another id. */
export type Gated = Readonly<v.InferOutput<typeof GatedSchema>['gated']>;

/** An attribute as its record says it, and where its value lies if not there. */
export interface StoredAttribute {
  readonly attribute: Attribute;
  readonly gated?: Gated;
}

type Whole = Attribute & Pick<AttributeInput, 'value'>;

/** The sealed part of an attribute: all but its id and tier, which the record's address and table entry say. */
export const encodeAttribute = ({ label, type, value, updatedAt }: Whole) =>
  canonicalJsonBytes({ v: 1, label, type, value, updatedAt });

/** The part of a Tier 3 attribute that is not in its compartment. */
export const encodeGated = ({ label, type, updatedAt }: Attribute, { name, id }: Gated) =>
  canonicalJsonBytes({ v: 1, label, type, gated: { name, id }, updatedAt });

/** @throws SignetError vault_damaged */
export function decodeAttribute(id: string, tier: Tier, bytes: Uint8Array): StoredAttribute {
  const json: unknown = JSON.parse(fromUtf8(bytes));
  const parsed = v.safeParse(StoredSchema, json);
  if (parsed.success) {
    const { label, type, value, updatedAt } = parsed.output;
    return { attribute: { id, label, type, value, tier, updatedAt } };
  }
  const closed = v.safeParse(GatedSchema, json);
  if (!closed.success) throw new SignetError('vault_damaged', 'An attribute cannot be read: a newer Signet wrote it.');
  const { label, type, gated, updatedAt } = closed.output;
  return { attribute: { id, label, type, tier: 3, compartment: gated.name, updatedAt }, gated };
}
