/** What an attribute of a request can be. Whole numbers alone: NaN, fractions and unsafe integers are of no type. */
export type AttributeKind = 'text' | 'number' | 'boolean' | 'set' | 'time' | 'host' | 'role' | 'amount';

export interface AttributeForm {
  readonly type: AttributeKind;
  /** The only texts it can be, where there are few. */
  readonly values?: readonly string[];
  /** The least and the greatest that it can be, inclusive. */
  readonly range?: readonly [number, number];
}

/**
 * The attributes that conditions may name: the members of a request, flat. `subject.role` is the effective role, which
 * the engine finds in the policy set; a request cannot say it. `context.claims` are all claims that go with the same
 * answer, by `claimKey`. `context.audience`, of what an agent asks: the host that it says it is for.
 */
export const ATTRIBUTES = {
  'subject.type': { type: 'text', values: ['site', 'agent'] },
  'subject.id': { type: 'text' },
  'subject.host': { type: 'host' },
  'subject.role': { type: 'role' },
  action: { type: 'text' },
  'resource.type': { type: 'text' },
  'resource.id': { type: 'text' },
  'resource.tier': { type: 'number', range: [1, 3] },
  'resource.format': { type: 'text' },
  'resource.credential_type': { type: 'text' },
  'resource.issuer': { type: 'text' },
  'context.time': { type: 'time' },
  'context.minute': { type: 'number', range: [0, 1439] },
  'context.weekday': { type: 'number', range: [1, 7] },
  'context.present': { type: 'boolean' },
  'context.purpose': { type: 'text' },
  'context.claims': { type: 'set' },
  'context.amount': { type: 'amount' },
  'context.currency': { type: 'text' },
  'context.audience': { type: 'host' },
} as const satisfies Readonly<Record<string, AttributeForm>>;

export type AttributeName = keyof typeof ATTRIBUTES;

/** What the schema says of a name; undefined for one that it does not know. */
export const attributeForm = (name: string): AttributeForm | undefined =>
  Object.hasOwn(ATTRIBUTES, name) ? ATTRIBUTES[name as AttributeName] : undefined; // own: one of the names
