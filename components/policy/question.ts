import { SignetError, assertField, isJsonObject } from '../../lib/core/index.ts';
import type { AttributeValue, PolicyRequest, PolicyState } from '../../lib/policy/engine/index.ts';
import { hostOf } from '../../lib/policy/engine/index.ts';

/** What a playground asks: a made-up request, and what is supposed beside it. */
export interface Question {
  readonly request: PolicyRequest;
  /** Whether there is a person who can be asked. */
  readonly askable: boolean;
  /** How often each rule was used before, and what was spent under it in minor units. */
  readonly before: { readonly uses: number; readonly spent: number };
}

type Attributes = Readonly<Record<string, AttributeValue>>;

/** The state of a wallet in which every rule was used, and spent under, so much before. */
export const stateOf = ({ before }: Question): PolicyState => ({
  uses: () => before.uses,
  spent: () => before.spent,
  confirmedAt: () => undefined,
});

/** What a clock says, as rules see it. @param time milliseconds since the epoch */
export function clockContext(time: number): {
  readonly time: number;
  readonly minute: number;
  readonly weekday: number;
} {
  const date = new Date(time);
  return { time, minute: date.getHours() * 60 + date.getMinutes(), weekday: date.getDay() === 0 ? 7 : date.getDay() };
}

/** How private a claim is thought to be by its name alone, where nothing else is known. */
export const tierOf = (claim: string): 1 | 2 | 3 => {
  if (/^(?:age_(?:over|under)_\d+|is_student|is_resident|.*_verified)$/.test(claim)) return 1;
  return /(?:^|[._])(?:card|iban|health|medical|prescription|payment|bank)(?:[._]|$)/.test(claim) ? 3 : 2;
};

/** The same request from somebody else. */
export function askedBy(request: PolicyRequest, type: 'site' | 'agent', id: string): PolicyRequest {
  const host = type === 'site' ? hostOf(id) : undefined;
  return { ...request, subject: { type, id, properties: host === undefined ? {} : { host } } };
}

/** The same request for another claim. */
export const askedFor = (request: PolicyRequest, claim: string): PolicyRequest => ({
  ...request,
  resource: { ...request.resource, id: claim, properties: { ...request.resource.properties, tier: tierOf(claim) } },
  context: 'claims' in request.context ? { ...request.context, claims: [claim] } : request.context,
});

/** The same request with other circumstances; undefined: not known. */
export function askedWhen(
  request: PolicyRequest,
  changes: Readonly<Record<string, AttributeValue | undefined>>,
): PolicyRequest {
  const entries = Object.entries({ ...request.context, ...changes });
  return { ...request, context: Object.fromEntries(entries.filter(([, value]) => value !== undefined)) as Attributes };
}

/**
 * A request in data that a person wrote, rebuilt from the fields that requests have.
 * @throws SignetError bad_request naming the field
 */
export function readRequest(value: unknown): PolicyRequest {
  const { subject, action, resource, context } = fieldsOf(value, 'request', [
    'subject',
    'action',
    'resource',
    'context',
  ]);
  const who = fieldsOf(subject, 'request.subject', ['type', 'id', 'properties']);
  const deed = fieldsOf(action, 'request.action', ['name']);
  const what = fieldsOf(resource, 'request.resource', ['type', 'id', 'properties']);
  const { type } = who;
  assertField(type === 'site' || type === 'agent', 'request.subject.type', 'A subject is a “site” or an “agent”.');
  return {
    subject: {
      type,
      id: textOf(who['id'], 'request.subject.id'),
      properties: attributesOf(who['properties'], 'request.subject.properties'),
    },
    action: { name: textOf(deed['name'], 'request.action.name') },
    resource: {
      type: textOf(what['type'], 'request.resource.type'),
      id: textOf(what['id'], 'request.resource.id'),
      properties: attributesOf(what['properties'], 'request.resource.properties'),
    },
    context: attributesOf(context, 'request.context'),
  };
}

function fieldsOf(value: unknown, field: string, known: readonly string[]): Readonly<Record<string, unknown>> {
  if (!isJsonObject(value)) throw new SignetError('bad_request', `${field} must be an object.`, { field });
  const stranger = Object.keys(value).find((name) => !known.includes(name));
  assertField(stranger === undefined, `${field}.${stranger ?? ''}`, `${field} has no “${stranger ?? ''}”.`);
  return value;
}

function textOf(value: unknown, field: string): string {
  assertField(typeof value === 'string' && value !== '', field, `${field} must be a text.`);
  return value;
}

function attributesOf(value: unknown, field: string): Attributes {
  if (value === undefined) return {};
  if (!isJsonObject(value)) throw new SignetError('bad_request', `${field} must be an object.`, { field });
  for (const [name, one] of Object.entries(value)) {
    assertField(
      isAttribute(one),
      `${field}.${name}`,
      `${field}.${name} must be a text, a number, yes or no, or a list of texts.`,
    );
  }
  return value as Attributes; // each was checked just now
}

const isAttribute = (value: unknown): boolean =>
  ['string', 'number', 'boolean'].includes(typeof value) ||
  (Array.isArray(value) && value.every((one) => typeof one === 'string'));
