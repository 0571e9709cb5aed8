import type { AuditDraft, AuditEntry, LoggedTx } from '../../audit/index.ts';
import { claimLabel } from '../../credentials/index.ts';
import type { PlannedClaim } from '../../proofs/index.ts';
import type { SetAside } from '../../policy/index.ts';
import { boundIn, commitFacts, noteAnswer, noteDisclosure, noteFacts, noteTold } from '../../policy/index.ts';
import type { PageRequest } from '../../requests/index.ts';
import type { Judgement } from './judge.ts';

/** Logs an answer with what the engine said of it, and keeps what that rests on, in the transaction that answers. */
export async function logJudged(tx: LoggedTx, draft: AuditDraft, judgement: Judgement): Promise<AuditEntry> {
  const { verdict, rules, policy, decided } = judgement;
  const committed = commitFacts({ version: policy.version, policy: policy.hash, decided });
  const entry = await tx.log({ ...draft, decision: verdict, rules, commitment: committed.commitment });
  await noteFacts(tx, entry, committed);
  return entry;
}

/**
 * Notes, in the transaction that answers, what a site learns now; the agent that fetches it learns it too.
 * @param at milliseconds since the epoch
 */
export async function noteLearned(
  tx: LoggedTx,
  { origin: subject, agent }: Pick<PageRequest, 'origin' | 'agent'>,
  claims: readonly PlannedClaim[],
  at: number,
): Promise<void> {
  const bounds = claims.filter(({ claim }) => boundIn(claim) !== undefined);
  const told = bounds.map(({ claim, answer }) => (answer === undefined ? { claim } : { claim, answer }));
  await noteDisclosure(tx, {
    subject,
    claims: claims.map(({ claim, label, format }) => ({ claim, label, format })),
    told,
    at,
  });
  if (agent !== undefined) await noteTold(tx, agent, told, at);
}

/** Counts what the person answered, claim by claim, and reports records that were altered meanwhile. */
export async function countAnswers(
  tx: LoggedTx,
  {
    subject,
    claims,
    answer,
    at,
  }: {
    readonly subject: string;
    /** By `claimKey`. */
    readonly claims: readonly string[];
    readonly answer: 'allowed' | 'denied';
    readonly at: number;
  },
): Promise<void> {
  for (const claim of new Set(claims)) {
    const label = claimLabel(claim.split('.'));
    await logSetAside(tx, await noteAnswer(tx, { subject, kind: 'site', claim, label, answer, at }));
  }
}

/** Records of answers that are not as they were written are moved away, and that is told. */
export async function logSetAside(tx: LoggedTx, records: readonly SetAside[]): Promise<void> {
  for (const { subject, claim } of records) {
    await tx.log({ kind: 'pattern.set_aside', subject, ...(claim === '' ? {} : { claims: [claim] }) });
  }
}
