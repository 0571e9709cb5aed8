import * as v from 'valibot';
import type { ToolName } from './names.ts';

/** How long and how many, at most. */
const MAX = { label: 200, value: 10_000, attribute: 64, nonce: 512, purpose: 140, domain: 253, query: 1000 } as const;

const described = (most: number, description: string) =>
  v.pipe(v.string(), v.nonEmpty(), v.maxLength(most), v.description(description));

const tier = v.pipe(
  v.picklist([1, 2, 3]),
  v.description('1: freely provable. 2: for reasoning, never exported. 3: every use asks the person.'),
);
const domain = described(
  MAX.domain,
  'The origin that gets it, as https://shop.example; a bare host means its https origin.',
);
const purpose = described(MAX.purpose, 'Why, in a sentence: the person reads it.');
const attribute = described(MAX.attribute, 'The name of a claim, such as age_over_21 or birth_date.');
const operand = v.union([v.pipe(v.string(), v.maxLength(256)), v.pipe(v.number(), v.finite()), v.boolean()]);

const Predicate = v.strictObject({
  attribute,
  operator: v.pipe(
    v.picklist(['eq', 'in', 'gte', 'lte', 'age_at_least', 'disclose']),
    v.description(
      'eq: it has this value. in: one of these. gte, lte: a number within a bound. age_at_least: a birth date, by an age. disclose: the value itself.',
    ),
  ),
  value: v.exactOptional(
    v.pipe(v.union([operand, v.array(operand)]), v.description('What it is held against; for disclose: nothing.')),
  ),
});

const Disclosure = v.strictObject({
  attribute,
  mode: v.pipe(v.picklist(['disclose', 'prove']), v.description('The value itself, or only a proof about it.')),
  justification: described(MAX.purpose, 'Why the other side needs it.'),
});

/** What each tool takes: the one source for what is advertised, and for what the wallet reads. */
export const TOOL_INPUTS = {
  store_data: v.strictObject({
    label: described(MAX.label, 'What it is called.'),
    tier,
    value: described(MAX.value, 'What is kept.'),
  }),
  list_data: v.strictObject({ tier: v.exactOptional(tier) }),
  get_proof: v.strictObject({
    predicates: v.pipe(
      v.array(Predicate),
      v.nonEmpty(),
      v.maxLength(16),
      v.description('All of them are proven at once.'),
    ),
    proof_type: v.pipe(
      v.picklist(['dc+sd-jwt', 'bulletproof', 'bbs', 'bbs+', 'any']),
      v.description('Which form the other side can check.'),
    ),
    domain,
    nonce: described(MAX.nonce, 'What the other side gave, base64url of at least 16 bytes: its own, never invented.'),
  }),
  query: v.strictObject({
    query: described(MAX.query, 'op(label, …), as at_least("Monthly income", 3000).'),
    context: v.exactOptional(described(MAX.purpose, 'What the conclusion is for: the person can read it in the log.')),
  }),
  request_capability: v.strictObject({
    capability_type: described(MAX.attribute, 'What it lets its holder do, such as payment.'),
    domain,
    purpose,
    constraints: v.exactOptional(
      v.strictObject({
        max_amount: v.exactOptional(
          v.pipe(
            v.union([v.pipe(v.number(), v.safeInteger()), v.pipe(v.string(), v.maxLength(32))]),
            v.description('Major units: 150 or "149.90".'),
          ),
        ),
        currency: v.exactOptional(v.pipe(v.string(), v.regex(/^[A-Z]{3}$/), v.description('ISO 4217.'))),
        one_time: v.exactOptional(v.pipe(v.boolean(), v.description('Good for one use.'))),
        expires_in: v.exactOptional(
          v.pipe(v.number(), v.safeInteger(), v.minValue(1), v.description('Seconds until it ends.')),
        ),
      }),
    ),
  }),
  negotiate_context: v.strictObject({
    counterparty: domain,
    proposed_disclosures: v.pipe(v.array(Disclosure), v.nonEmpty(), v.maxLength(16)),
    purpose,
  }),
  check_status: v.strictObject({ request_id: described(64, 'What a pending answer named.') }),
} as const satisfies Readonly<Record<ToolName, v.GenericSchema>>;

export type ToolInput<N extends ToolName> = v.InferOutput<(typeof TOOL_INPUTS)[N]>;
