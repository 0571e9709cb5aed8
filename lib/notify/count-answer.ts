import type { VaultTx } from '../vault/index.ts';
import type { Answer } from './answer.ts';
import { putChallenge, readChallenge } from './challenge-store.ts';
import type { AnswerRefusal, Judged } from './judge.ts';
import { judge } from './judge.ts';
import { readNotifySettings } from './settings.ts';

export type Counted = Judged | { readonly counts: false; readonly refusal: AnswerRefusal | 'over' };

/**
 * Counts an answer in the caller's transaction: of any number at once, in however many workers, exactly one that is good
 * is stored, and the question takes no other.
 * @param id the question that it was given to: an answer to another one is none
 * @param now milliseconds since the epoch
 * @throws SignetError vault_damaged
 */
export async function countAnswer(tx: VaultTx, id: string, answer: Answer, now: number): Promise<Counted> {
  const challenge = await readChallenge(tx, id);
  if (challenge === undefined) return { counts: false, refusal: 'over' };
  const judged = judge(challenge, answer, await readNotifySettings(tx), now);
  if (judged.counts) putChallenge(tx, { ...challenge, ruling: judged.ruling });
  return judged;
}
