import type { AttributeKind, AttributeName } from './attribute-schema.ts';
import { ATTRIBUTES } from './attribute-schema.ts';
import type { Facts } from './facts.ts';
import { ROLES } from './role.ts';

/** An attribute's value in a request; undefined where it is missing. */
export type Reader = (facts: Facts) => unknown;

export const READERS: Readonly<Record<AttributeName, Reader>> = {
  'subject.type': ({ request }) => request.subject.type,
  'subject.id': ({ request }) => request.subject.id,
  'subject.host': ({ host }) => host,
  'subject.role': ({ role }) => role,
  action: ({ request }) => request.action.name,
  'resource.type': ({ request }) => request.resource.type,
  'resource.id': ({ request }) => request.resource.id,
  'resource.tier': ({ request }) => request.resource.properties['tier'],
  'resource.format': ({ request }) => request.resource.properties['format'],
  'resource.credential_type': ({ request }) => request.resource.properties['credential_type'],
  'resource.issuer': ({ request }) => request.resource.properties['issuer'],
  'context.time': ({ request }) => request.context['time'],
  'context.minute': ({ request }) => request.context['minute'],
  'context.weekday': ({ request }) => request.context['weekday'],
  'context.present': ({ request }) => request.context['present'],
  'context.purpose': ({ request }) => request.context['purpose'],
  'context.claims': ({ request }) => request.context['claims'],
  'context.amount': ({ request }) => request.context['amount'],
  'context.currency': ({ request }) => request.context['currency'],
  'context.audience': ({ request }) => request.context['audience'],
};

export const isText = (value: unknown): value is string => typeof value === 'string';
export const isWhole = (value: unknown): value is number => Number.isSafeInteger(value);
export const isNatural = (value: unknown): value is number => isWhole(value) && value >= 0;
export const isTextSet = (value: unknown): value is readonly string[] => Array.isArray(value) && value.every(isText);

/** Whether a value is of the kind that the schema wants. */
export const IS_OF: Readonly<Record<AttributeKind, (value: unknown) => boolean>> = {
  text: isText,
  number: isWhole,
  boolean: (value) => typeof value === 'boolean',
  set: isTextSet,
  time: isNatural,
  host: isText,
  role: (value) => ROLES.some((role) => role === value),
  amount: isNatural,
};

export type Fault =
  | { readonly part: 'missing'; readonly attribute: string }
  | { readonly part: 'wrong_type'; readonly attribute: string; readonly wanted: AttributeKind };

/** What keeps these attributes from being compared, each once. */
export function faultsOf(attributes: readonly AttributeName[], facts: Facts): Fault[] {
  return attributes.flatMap((attribute): Fault[] => {
    const found = READERS[attribute](facts);
    const wanted = ATTRIBUTES[attribute].type;
    if (found === undefined) return [{ part: 'missing', attribute }];
    return IS_OF[wanted](found) ? [] : [{ part: 'wrong_type', attribute, wanted }];
  });
}
