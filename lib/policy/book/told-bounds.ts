import * as v from 'valibot';
import { canonicalJson, canonicalJsonBytes } from '../../core/index.ts';
import type { Address, VaultReader, VaultTx } from '../../vault/index.ts';
import { parseRecord } from '../../vault/index.ts';
import type { BoundAnswer, ToldBound } from '../bounds.ts';
import { BOUND_MEMORY, boundIn } from '../bounds.ts';
import { subjectTag } from './subject-tag.ts';

const MAX_TOLD = 64;
/** Times are kept as the end of their hour: never forgotten too soon, and what is told again at once changes nothing. */
const HOUR = 3_600_000;

const ToldSchema = v.strictObject({
  v: v.literal(1),
  told: v.array(
    v.strictObject({
      claim: v.string(),
      answer: v.exactOptional(v.boolean()),
      at: v.pipe(v.number(), v.safeInteger()),
    }),
  ),
});

const toldAt = (operator: string): Address => ({ label: `sys/told/${subjectTag(operator)}`, index: 0 });

/**
 * The bounds that an operator was told, oldest first, as far as they may still count.
 * @param operator whoever is behind a subject: an origin, a registrable domain, or an agent's id
 */
export async function toldTo(reader: VaultReader, operator: string): Promise<readonly ToldBound[]> {
  const bytes = await reader.get(toldAt(operator), 1);
  return bytes === undefined
    ? []
    : parseRecord(ToldSchema, bytes, 'What a site was told cannot be read: a newer Signet wrote it.').told;
}

/**
 * Notes answers about bounds; claims that are about none are passed over. A bound told again counts from the last time, to
 * the hour.
 */
export async function noteTold(
  tx: VaultTx,
  operator: string,
  answers: readonly BoundAnswer[],
  at: number,
): Promise<void> {
  const until = Math.ceil(at / HOUR) * HOUR;
  const bounds = answers.flatMap((answer) => (boundIn(answer.claim) === undefined ? [] : [{ ...answer, at: until }]));
  if (bounds.length === 0) return;
  const before = await toldTo(tx, operator);
  const remembered = before.filter((told) => at - told.at < BOUND_MEMORY);
  const inOrder = [...remembered, ...bounds].sort((a, b) => a.at - b.at);
  const told = [...new Map(inOrder.map((bound) => [bound.claim, bound])).values()].sort((a, b) => a.at - b.at);
  const kept = told.slice(-MAX_TOLD);
  if (canonicalJson(kept) !== canonicalJson(before))
    tx.put(toldAt(operator), 1, canonicalJsonBytes({ v: 1, told: kept }));
}
