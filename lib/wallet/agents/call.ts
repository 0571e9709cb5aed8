import * as v from 'valibot';
import type { Receipt, ToolAnswer, ToolName } from '../../agents/index.ts';
import { TOOL_INPUTS } from '../../agents/index.ts';
import type { AuditDraft, AuditEntry, LoggedTx } from '../../audit/index.ts';
import { SignetError } from '../../core/index.ts';
import type { Json } from '../../core/index.ts';
import type { OpenVault } from '../../vault/index.ts';
import { logOf } from '../log/open-log.ts';
import type { Services } from '../services.ts';
import type { Principal } from './principal.ts';
import { assertMayWork, putPrincipal } from './principal.ts';
import type { After } from './stages.ts';
import { Course, STAGE_LIMITS, StageTimeout } from './stages.ts';
import { LONGEST_POLL } from './tools/check-status.ts';
import { TOOLS } from './tools/index.ts';
import type { Begun, Effect, Ruling, ToolContext } from './tools/tool.ts';
import { NOT_GRANTED } from './tools/tool.ts';

/** How long an agent should wait before it asks what came of a call: milliseconds. */
const POLL_AFTER = 1_000;
/** How often a call begins anew where something changed while it was decided. */
const MAX_TRIES = 4;
const OUT_OF_TIERS = 'This agent was not given what this is about. The person can change that in Signet.';
const TAKEN = 'This was handed over before.';

/** One call of a tool, by somebody whose key was seen. */
export interface AgentCall {
  readonly agent: string;
  /** What the program that speaks for it calls itself: cleaned for display. */
  readonly client?: string;
  readonly tool: ToolName;
  readonly input: Json;
  /** The program took it back, or went away. */
  readonly signal: AbortSignal;
}

export interface CallRoom {
  readonly services: Services;
  readonly after: After;
  readonly waitFor: (requestId: string, milliseconds: number, signal: AbortSignal) => Promise<void>;
}

/** What was decided, and what comes of it. */
interface Outcome {
  readonly begun: Pick<Begun, 'names'>;
  readonly ruling: Ruling;
  readonly effect: Effect;
}

/**
 * A call from its arguments to its answer: session, tiers, policy, tool, log. Each stage has its time; one that is late
 * denies. DENY and ANOMALY stop; nothing is told, kept or handed over that is not in the log. Pages are not told of it here.
 * @throws SignetError `unknown_agent`, `paused`, `stopped`, `locked`, `no_vault`; `bad_request` naming the argument;
 *   `too_many`; `ask_again` when it was taken back
 */
export async function callTool(room: CallRoom, call: AgentCall): Promise<ToolAnswer> {
  const input = readInput(call);
  for (let tries = 1; ; tries++) {
    try {
      return await callOnce(room, call, input);
    } catch (thrown) {
      const { reason, field } = SignetError.from(thrown);
      if (reason !== 'changed' || field !== undefined || tries === MAX_TRIES) throw thrown;
    }
  }
}

/** @throws SignetError bad_request naming the argument */
function readInput({ tool, input }: AgentCall): unknown {
  const result = v.safeParse(TOOL_INPUTS[tool], input);
  if (result.success) return result.output;
  const [issue] = result.issues;
  const field = v.getDotPath(issue) ?? 'arguments';
  throw new SignetError('bad_request', `${field} is not what ${tool} takes.`, { field });
}

async function callOnce(room: CallRoom, call: AgentCall, input: unknown): Promise<ToolAnswer> {
  const { services, after } = room;
  const course = new Course(after, call.signal);
  try {
    const { vault, principal } = await course.run('session', () => whoCalls(services, call));
    const outcome = await decideAndDo(course, { room, call, vault, principal }, input);
    return await course.run('audit', () => finish(room, { call, course, vault, outcome }));
  } catch (thrown) {
    if (!(thrown instanceof StageTimeout)) throw thrown;
    return late(room, call, course.reopened());
  }
}

/** Who calls, if they may, of which vault. */
async function whoCalls({ keeper }: Services, { agent }: AgentCall): Promise<Pick<Going, 'vault' | 'principal'>> {
  const vault = await keeper.open();
  return { vault, principal: await assertMayWork(vault.recent, agent) };
}

interface Going {
  readonly room: CallRoom;
  readonly call: AgentCall;
  readonly vault: OpenVault;
  readonly principal: Principal;
}

async function decideAndDo(course: Course, { room, call, vault, principal }: Going, input: unknown): Promise<Outcome> {
  const { services } = room;
  const context: ToolContext = {
    ...{ services, principal, reader: vault.recent },
    waitFor: async (id, milliseconds) => {
      await room.waitFor(id, milliseconds, call.signal);
      await services.keeper.open(); // its time may be up
    },
  };
  const begin = TOOLS[call.tool] as (context: ToolContext, input: unknown) => Promise<Begun>; // its schema read the input
  const begun = await course.run('tier', () => begin(context, input));
  if (!begun.tiers.every((tier) => (principal.tiers as readonly number[]).includes(tier))) {
    return { begun, ruling: { verdict: 'DENY', rules: [] }, effect: { status: 'denied', message: OUT_OF_TIERS } };
  }
  const ruling = await course.run('policy', () => begun.decide());
  const limit = STAGE_LIMITS.tool + (call.tool === 'check_status' ? LONGEST_POLL : 0);
  const effect = await course.run('tool', () => effectOf(services, begun, ruling), limit);
  return { begun, ruling, effect };
}

async function effectOf(services: Services, begun: Begun, ruling: Ruling): Promise<Effect> {
  switch (ruling.verdict) {
    case 'DENY':
      return { status: 'denied', message: ruling.message ?? NOT_GRANTED };
    case 'PERMIT':
      return begun.perform();
    case 'ANOMALY': {
      const request = await begun.ask();
      services.announce('requests');
      await services.showConsent();
      return { status: 'pending', request };
    }
  }
}

interface Finishing {
  readonly call: AgentCall;
  readonly course: Course;
  readonly vault: OpenVault;
  readonly outcome: Outcome;
}

/** The entry in the log, with all that becomes true with it; then the answer. */
async function finish({ services }: CallRoom, { call, course, vault, outcome }: Finishing): Promise<ToolAnswer> {
  const { effect } = outcome;
  if (effect.status === 'pending' && effect.isKnown === true) return answerOf(effect); // said before, and logged then
  const receipt = await log(services, vault, { call, draft: draftOf(call, outcome) }, async (tx) => {
    if (effect.status === 'done') await effect.along?.(tx);
    course.assertGoing();
  });
  course.assertGoing();
  if (effect.status === 'pending' || effect.claim === undefined || (await effect.claim()))
    return answerOf(effect, receipt);
  return { status: 'denied', message: TAKEN, receipt };
}

function draftOf(call: AgentCall, { begun: { names }, ruling: { rules }, effect }: Outcome): AuditDraft {
  const decision = { done: 'PERMIT', pending: 'ANOMALY', denied: 'DENY' } as const;
  return { kind: `agent.${call.tool}`, subject: call.agent, claims: names, decision: decision[effect.status], rules };
}

function answerOf(effect: Effect, receipt?: Receipt): ToolAnswer {
  const receipted = receipt === undefined ? {} : { receipt };
  switch (effect.status) {
    case 'done':
      return { status: 'done', result: effect.result, ...receipted };
    case 'denied':
      return { status: 'denied', message: effect.message, ...receipted };
    case 'pending': {
      const { id, expiresAt } = effect.request;
      const asked = { request_id: id, expires_at: expiresAt, poll_after_ms: POLL_AFTER };
      return { status: 'pending', ...asked, ...receipted };
    }
  }
}

/** A stage was late: that is a no, which the log has where it can still be written. */
async function late(room: CallRoom, call: AgentCall, course: Course): Promise<ToolAnswer> {
  const { message } = new StageTimeout('tool');
  const draft: AuditDraft = { kind: `agent.${call.tool}`, subject: call.agent, decision: 'DENY' };
  const logLate = async (): Promise<Receipt> => log(room.services, await room.services.keeper.open(), { call, draft });
  const [logged] = await Promise.allSettled([course.run('audit', logLate)]);
  return { status: 'denied', message, ...(logged.status === 'fulfilled' ? { receipt: logged.value } : {}) };
}

/** Writes an entry down, counts the call, and says where the entry is. */
async function log(
  services: Services,
  vault: OpenVault,
  { call: { agent, client }, draft }: { readonly call: AgentCall; readonly draft: AuditDraft },
  along?: (tx: LoggedTx) => Promise<void>,
): Promise<Receipt> {
  const auditLog = await logOf(vault, services);
  const entry = await auditLog.transact(async (tx): Promise<AuditEntry> => {
    await along?.(tx);
    const principal = await assertMayWork(tx, agent);
    putPrincipal(tx, {
      ...principal,
      ...(client === undefined ? {} : { client }),
      asked: principal.asked + 1,
      lastSeenAt: services.clock(),
    });
    return tx.log(draft);
  });
  return auditLog.placeOf(entry);
}
