import { dropInInbox } from '../audit/index.ts';
import type { AuditDraft } from '../audit/index.ts';
import { DENIED, isOwnRequest } from '../requests/index.ts';
import type { AnswerWrite, PageRequest } from '../requests/index.ts';
import { openLog } from './open-log.ts';
import type { Services } from './services.ts';

/**
 * Logs how a request ended: in the log while the vault is open, in its inbox while locked, nowhere without one or while
 * it takes no change.
 */
export async function logOutcome(services: Services, draft: AuditDraft): Promise<void> {
  if ((await services.keeper.state()) === 'unlocked') {
    const { vault } = await openLog(services);
    return vault.readOnly === undefined ? logWith(services, draft) : undefined;
  }
  const desk = await services.keeper.desk();
  if (desk !== undefined) await dropInInbox(desk, { ...draft, time: services.clock() });
}

/** Logs, and writes the sealed answer in the same transaction. @throws SignetError locked */
async function logWith(services: Services, draft: AuditDraft, answer?: AnswerWrite): Promise<void> {
  const log = await openLog(services);
  await log.transact(async (tx) => {
    await tx.log(draft);
    if (answer === undefined) return;
    tx.raw(answer.write);
    tx.expect(answer.expected);
  });
  services.announce('audit');
}

/** What the log says when a request ends without an answer of the person's. */
export const endedDraft = (request: PageRequest): AuditDraft => ({
  kind: request.method === 'requestProof' ? 'proof.ended' : 'offer.ended',
  subject: request.origin,
});

/** The person says no, by the button or by closing the window. The site gets 4001, as for anything else (rule 9). */
export async function denyRequest(services: Services, requestId: string): Promise<void> {
  const request = services.queue.get(requestId);
  if (request?.state.phase !== 'waiting') return;
  if (isOwnRequest(request)) {
    await services.queue.endOwn(requestId);
    services.announce('requests');
    return;
  }
  const denial: AuditDraft = {
    kind: request.method === 'requestProof' ? 'proof.denied' : 'offer.denied',
    subject: request.origin,
    decision: 'DENY',
  };
  try {
    await settleDenied(services, requestId, denial);
  } finally {
    services.announce('requests');
  }
}

/** Entry and answer in one transaction where that can be; but a log that cannot be written keeps no "no" from a site. */
async function settleDenied(services: Services, requestId: string, denial: AuditDraft): Promise<void> {
  const { queue, keeper } = services;
  if ((await keeper.state()) === 'unlocked') {
    try {
      services.deliver(await queue.settle(requestId, DENIED, (answer) => logWith(services, denial, answer)));
      return;
    } catch (error) {
      if (queue.get(requestId)?.state.phase !== 'waiting') throw error;
    }
  }
  services.deliver(await queue.settle(requestId, DENIED));
  await logOutcome(services, denial);
}
