import * as v from 'valibot';
import { SignetError, canonicalJsonBytes, parseOrigin } from '../../../core/index.ts';
import type { Address, VaultReader, VaultTx } from '../../../vault/index.ts';
import { parseRecord } from '../../../vault/index.ts';

const MAX_LIMITS = 256;

const whole = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const LimitSchema = v.strictObject({
  currency: v.pipe(v.string(), v.regex(/^[A-Z]{3}$/)),
  per: v.picklist(['day', 'month', 'token']),
  amount: whole,
  audience: v.exactOptional(v.pipe(v.string(), v.maxLength(256))),
});
const ListSchema = v.pipe(v.array(LimitSchema), v.maxLength(MAX_LIMITS));
const StoredSchema = v.strictObject({ v: v.literal(1), at: whole, limits: ListSchema });

/**
 * The most that may be given away. `currency`: ISO 4217. `per`: a token, or all tokens of a day or a month, which begin
 * at midnight UTC. `amount`: minor units. `audience`: the one origin that it is about; without it, all together.
 */
export type SpendLimit = Readonly<v.InferOutput<typeof LimitSchema>>;

const LIMITS: Address = { label: 'sys/spending/limits', index: 0 };

/** The person's limits and when they were saved: milliseconds since the epoch. */
export interface SavedLimits {
  readonly limits: readonly SpendLimit[];
  readonly at: number;
}

/** The limits that stand; none where nothing was said. @throws SignetError vault_damaged */
export async function readLimits(reader: VaultReader): Promise<SavedLimits> {
  const bytes = await reader.get(LIMITS, 1);
  if (bytes === undefined) return { limits: [], at: 0 };
  const what = 'The spending limits cannot be read: a newer Signet wrote them.';
  const { limits, at } = parseRecord(StoredSchema, bytes, what);
  return { limits, at };
}

/**
 * Limits in place of those that stand. What was counted before counts against them too.
 * @param at milliseconds since the epoch
 * @throws SignetError bad_request, naming `limits`
 */
export function saveLimits(tx: VaultTx, limits: readonly SpendLimit[], at: number): void {
  const parsed = v.safeParse(ListSchema, limits);
  if (!parsed.success) throw new SignetError('bad_request', 'These are no limits.', { field: 'limits' });
  for (const { audience } of parsed.output) if (audience !== undefined) parseOrigin(audience, 'limits');
  tx.put(LIMITS, 1, canonicalJsonBytes({ v: 1, at, limits: parsed.output }));
}
