import type { AuditDraft, LoggedTx } from '../../audit/index.ts';
import { SignetError, displayText } from '../../core/index.ts';
import type { AgentLimitsView, OwnRequest, OwnResponse } from '../../messaging/contract.ts';
import { agentDocument } from '../../requests/index.ts';
import { logOutcome, endedDraft } from '../asking/log-outcome.ts';
import { openLog } from '../log/open-log.ts';
import { policyChanged } from '../rules/policy-changed.ts';
import type { Services } from '../services.ts';
import { readLimits, rulesIn, withAgent, withoutAgent } from './limits.ts';
import type { Principal } from './principal.ts';
import { addPrincipal, areStopped, listPrincipals, putPrincipal, putStopped, readPrincipal } from './principal.ts';
import { viewAgent } from './view.ts';

const MAX_NAME = 60;

/** Every agent that was paired, the last first. @throws SignetError locked */
export async function listAgents({ keeper, clock, agents }: Services): Promise<OwnResponse<'agents.list'>> {
  const vault = await keeper.open();
  const principals = (await listPrincipals(vault)).toReversed();
  const views = principals.map((one) => viewAgent(vault, one, { at: clock(), connected: agents.isConnected(one.id) }));
  return { agents: await Promise.all(views), stopped: await areStopped(vault), host: agents.host() };
}

/** Whether there is an agent that is not revoked. @throws SignetError locked */
export const hasAgents = async ({ keeper }: Services): Promise<boolean> =>
  (await listPrincipals(await keeper.open())).some(({ state }) => state !== 'revoked');

/**
 * The person lets one program become an agent. Nothing is paired while the vault is locked: it could not be kept.
 * @throws SignetError locked
 */
export async function startPairing(services: Services): Promise<OwnResponse<'agents.pairing.start'>> {
  await services.keeper.open();
  services.agents.pairing.open();
  await services.agents.changed();
  return pairingState(services);
}

/** The digits differ, or the person thinks better of it. Harmless while nothing is open. */
export async function cancelPairing({ agents }: Services): Promise<void> {
  agents.pairing.end('cancelled');
  await agents.changed();
}

export const pairingState = ({ agents }: Services): OwnResponse<'agents.pairing.state'> => ({
  ...agents.pairing.view(),
  host: agents.host(),
});

/**
 * The digits are the same: the program is an agent from now on, of this name and with these limits.
 * @returns its id
 * @throws SignetError `changed`, field `digits`, when they are not shown any more or the key was paired before, be it
 *   revoked; `bad_request`, field `limits.budget`; `locked`, `too_many`
 */
export async function confirmPairing(
  services: Services,
  { digits, name, role, limits }: OwnRequest<'agents.pairing.confirm'>,
): Promise<{ id: string }> {
  const read = readLimits(limits);
  const log = await openLog(services); // locked is said before the one try is used up
  const { id, publicKey, done, failed } = services.agents.pairing.confirm(digits);
  const now = services.clock();
  const principal: Principal = {
    ...{ v: 1, id, publicKey, name: nameIn(name), role, ...read },
    ...{ state: 'active', pairedAt: now, allowedAt: now, asked: 0, stored: 0 },
  };
  try {
    await log.transact(async (tx) => {
      await addPrincipal(tx, principal);
      await saveRules(tx, services, principal);
      await tx.log({ kind: 'agent.paired', subject: id });
    });
  } catch (thrown) {
    failed();
    throw thrown;
  }
  await services.agents.changed();
  done(principal.name);
  await told(services);
  return { id };
}

function nameIn(name: string): string {
  const shown = displayText(name, MAX_NAME);
  if (shown === '') throw new SignetError('bad_request', 'Give it a name.', { field: 'name' });
  return shown;
}

const saveRules = (tx: LoggedTx, { book, clock }: Services, principal: Principal) =>
  book.save(tx, (set) => withAgent(set, principal, clock()), { at: clock(), unlock: rulesIn(principal.id) });

/** Whatever waits is looked at anew, and pages are told. */
async function told(services: Services): Promise<void> {
  services.announce('agents');
  await policyChanged(services);
}

/** @throws SignetError not_found, locked */
export async function renameAgent(services: Services, { id, name }: { id: string; name: string }): Promise<void> {
  await change(services, id, { kind: 'agent.changed' }, (principal) => ({ ...principal, name: nameIn(name) }));
}

/** A role and limits in the place of what an agent had. @throws SignetError not_found; bad_request, field `limits.budget` */
export async function limitAgent(
  services: Services,
  { id, role, limits }: { id: string; role: Principal['role']; limits: AgentLimitsView },
): Promise<void> {
  const read = readLimits(limits);
  await change(services, id, { kind: 'agent.changed' }, async (principal, tx) => {
    const limited = { ...principal, role, ...read };
    await saveRules(tx, services, limited);
    return limited;
  });
}

/** Nothing of an agent's is answered until the person lets it go on; what waits of it is denied. */
export async function pauseAgent(services: Services, id: string): Promise<void> {
  await change(services, id, { kind: 'agent.paused' }, (principal) => ({ ...principal, state: 'paused' }));
  await endWaiting(services, [id]);
}

export async function resumeAgent(services: Services, id: string): Promise<void> {
  await change(services, id, { kind: 'agent.resumed' }, (principal) => ({
    ...{ ...principal, state: 'active', allowedAt: services.clock() },
  }));
}

/** For good. It is remembered, so that its key is never paired again; its rules and its role go. */
export async function revokeAgent(services: Services, id: string): Promise<void> {
  await change(services, id, { kind: 'agent.revoked' }, async (principal, tx) => {
    const { book, clock } = services;
    await book.save(tx, (set) => withoutAgent(set, id), { at: clock(), unlock: rulesIn(id) });
    return { ...principal, state: 'revoked', claims: [], tiers: [], budget: [] };
  });
  services.agents.end(id);
  await endWaiting(services, [id]);
  await services.agents.changed();
}

type Change = (principal: Principal, tx: LoggedTx) => Principal | Promise<Principal>;

async function change(services: Services, id: string, draft: AuditDraft, make: Change): Promise<void> {
  const log = await openLog(services);
  await log.transact(async (tx) => {
    const principal = await readPrincipal(tx, id);
    if (principal === undefined || principal.state === 'revoked') {
      throw new SignetError('not_found', 'There is no such agent any more.', { field: 'id' });
    }
    putPrincipal(tx, await make(principal, tx));
    await tx.log({ ...draft, subject: id });
  });
  await told(services);
}

/** One switch for all agents, those to come too. */
export async function stopAgents(services: Services, stopped: boolean): Promise<void> {
  const log = await openLog(services);
  await log.transact(async (tx) => {
    putStopped(tx, stopped);
    await tx.log({ kind: stopped ? 'agents.stopped' : 'agents.started' });
  });
  if (stopped)
    await endWaiting(
      services,
      (await listPrincipals(log.vault)).map(({ id }) => id),
    );
  await told(services);
}

/** What waits of these agents is denied: nobody has to decide about it any more. */
async function endWaiting(services: Services, ids: readonly string[]): Promise<void> {
  for (const id of ids) {
    for (const request of await services.queue.cancelDocument(agentDocument(id))) {
      await logOutcome(services, endedDraft(request));
    }
  }
  services.agents.settled();
  services.announce('requests');
}
