import { dropInInbox } from '../../audit/index.ts';
import type { AuditDraft, AuditKind } from '../../audit/index.ts';
import { askerOf } from '../../requests/index.ts';
import type { PageRequest } from '../../requests/index.ts';
import { offerEnded } from '../receiving/offer-kind.ts';
import { openLog } from '../log/open-log.ts';
import type { VaultServices } from '../services.ts';

/**
 * Logs how a request ended: in the log while the vault is open, in its inbox while locked, nowhere without one or while
 * it takes no change.
 */
export async function logOutcome(services: VaultServices, draft: AuditDraft): Promise<void> {
  if ((await services.keeper.state()) === 'unlocked') {
    const log = await openLog(services);
    if (log.vault.readOnly !== undefined) return;
    await log.transact((tx) => tx.log(draft));
    services.announce('audit');
    return;
  }
  const desk = await services.keeper.desk();
  if (desk !== undefined) await dropInInbox(desk, { ...draft, time: services.clock() });
}

/** What the log says when a request ends without an answer of the person's. */
export const endedDraft = (request: PageRequest): AuditDraft => ({
  kind: endOf(request),
  subject: request.method === 'agentCall' ? askerOf(request) : request.origin,
});

function endOf(request: PageRequest): AuditKind {
  switch (request.method) {
    case 'requestProof':
    case 'digitalGet':
    case 'presentLink':
      return 'proof.ended';
    case 'requestCapability':
      return 'capability.ended';
    case 'offerCredential':
    case 'digitalCreate':
    case 'openRecord':
      return offerEnded(request);
    case 'agentCall':
      return 'agent.ended';
  }
}
