import { AuditLog } from '../../audit/index.ts';
import type { AuditDraft, LoggedTx } from '../../audit/index.ts';
import { SignetError, assertField } from '../../core/index.ts';
import { DENIED, NOBODY, askerOf, isOwnRequest } from '../../requests/index.ts';
import type { AnswerWrite, PageRequest } from '../../requests/index.ts';
import { rejectAuthority } from '../spending/accept-authority.ts';
import { asksProof } from '../proving/asked-proof.ts';
import { capabilityCallOf } from '../spending/capability-call.ts';
import { Judge } from '../judging/judge.ts';
import type { Judgement } from '../judging/judge.ts';
import { isLinkAnswered } from '../links/link-request.ts';
import { logOutcome } from './log-outcome.ts';
import { countAnswers, logJudged } from '../judging/note-answer.ts';
import { giverOf, offerDenied, offeredBy } from '../receiving/offer-kind.ts';
import { neversIn, policyChanged } from '../rules/policy-changed.ts';
import type { WhatNever } from '../judging/rule-making.ts';
import { neverRule, withRule } from '../judging/rule-making.ts';
import type { Services, SpendingServices } from '../services.ts';
import { admitProof, waysToAnswer } from '../proving/ways.ts';
import type { Along } from '../elsewhere/along.ts';
import { inBrowser } from '../elsewhere/along.ts';
import { deniedCallDraft, judgeAgentCall } from '../agents/asked-call.ts';

/** What the person does not want to be asked again: what a request asks for, or whatever its site asks. */
export type Never = 'claims' | 'site';

/**
 * The person says no, by the button or by closing the window. The site gets 4001, as for anything else (rule 9). It
 * counts towards a mute before it is said, so that a worker that dies in between forgets none.
 * @param along what becomes true with an agent's denial. Default: it is asked nowhere else any more
 */
export async function denyRequest(services: Services, requestId: string, along?: Along): Promise<void> {
  const request = services.queue.get(requestId);
  if (request?.state.phase !== 'waiting') return;
  if (isOwnRequest(request)) {
    await denyOwn(services, request);
    return;
  }
  if (request.agent !== undefined) {
    await denyAgent(services, request, along);
    return;
  }
  const [counted] = await Promise.allSettled([services.quiet.noteDenial(request.origin, requestId)]);
  try {
    await settleDenied(services, request);
  } finally {
    services.announce('requests');
  }
  if (counted.status === 'rejected') throw SignetError.from(counted.reason); // the site has its answer all the same
  if (counted.value !== undefined) await muted(services, request);
}

/** What it takes to say no to one request. */
type Denying = Omit<SpendingServices, 'awaitRefusals'>;

/**
 * What the person brought themselves ends with their word; nobody is told. It counts towards no mute: a link may name a
 * site that did not send it. An answer that was allowed before is given up, wherever it is.
 */
export async function denyOwn(services: Denying, request: PageRequest): Promise<void> {
  try {
    if (request.origin !== NOBODY && !isLinkAnswered(request)) await settleDenied(services, request);
  } finally {
    await services.queue.endOwn(request.id);
    services.announce('requests');
  }
}

/** An agent hears no in the same words as late. It counts towards no mute: the site that it named may know of nothing. */
async function denyAgent(services: Services, request: PageRequest, along?: Along): Promise<void> {
  try {
    await settleDenied(services, request, along);
  } finally {
    services.announce('requests');
  }
}

/** What else waits of a site that was just muted waits in vain. */
async function muted(services: Services, { origin }: PageRequest): Promise<void> {
  services.desk.forget();
  await logOutcome(services, { kind: 'site.muted', subject: origin });
  services.announce('policy');
  await services.desk.considerAll(services);
}

/**
 * The person says no, now and from now on: the rule stands when the answer does. It is known for the locked vault before
 * that: where the worker dies in between, a site is rather not heard than heard again, until the vault is opened.
 * @throws SignetError `locked` and `no_vault`: rules are kept in the vault; `bad_request` where there are no claims to
 *   speak of; `read_only`, `storage_failed`: the request waits on
 */
export async function denyForever(services: Services, requestId: string, never: Never): Promise<void> {
  const { queue, quiet, book, clock } = services;
  const request = queue.get(requestId);
  if (request?.state.phase !== 'waiting') throw new SignetError('not_found', 'This request has ended.');
  const isOfSite = request.origin !== NOBODY && request.agent === undefined && !isLinkAnswered(request);
  assertField(isOfSite, 'requestId', 'No site asks for this.');
  const rule = neverRule(whatNever(request, never), request.origin, clock());
  const judgement = await judgementOf(services, request);
  await quiet.addNevers(neversIn({ v: 1, rules: [rule] }));
  const mutedUntil = isOwnRequest(request) ? undefined : await quiet.noteDenial(request.origin, requestId);
  const log = await logUnder(services, judgement);
  const settled = await queue.settle(requestId, DENIED, (answer) =>
    log.transact(async (tx) => {
      await book.save(tx, (set) => withRule(set, rule), { at: clock() });
      const claims = rule.claims === '*' ? [] : rule.claims;
      await tx.log({ kind: 'rule.saved', subject: request.origin, claims, rules: [rule.id] });
      await writeDenial(tx, { services, request, judgement, answer });
    }),
  );
  services.deliver(settled);
  services.announce('requests');
  if (mutedUntil !== undefined) await logOutcome(services, { kind: 'site.muted', subject: request.origin });
  await policyChanged(services);
}

function whatNever(request: PageRequest, never: Never): WhatNever {
  if (never === 'site') return 'everything';
  if (request.method === 'requestCapability') return { spend: [capabilityCallOf(request).kind] };
  assertField(asksProof(request), 'never', 'This asks for nothing about you.');
  return { prove: admitProof(request).askedClaims.possible };
}

/** Denies everything that waits of the site, or of the agent, that a request is of. @returns how many */
export async function denySite(services: Services, requestId: string): Promise<{ denied: number }> {
  const { queue } = services;
  const request = queue.get(requestId);
  if (request === undefined || isOwnRequest(request)) throw new SignetError('not_found', 'This request has ended.');
  const same = queue.list().filter((other) => askerOf(other) === askerOf(request));
  for (const { id } of same) await denyRequest(services, id);
  return { denied: same.length };
}

/** Entry and answer in one transaction where that can be; but a log that cannot be written keeps no "no" from a site. */
async function settleDenied(services: Denying, request: PageRequest, along: Along = inBrowser(request)): Promise<void> {
  const { queue, keeper } = services;
  if ((await keeper.state()) === 'unlocked') {
    try {
      const judgement = await judgementOf(services, request);
      const log = await logUnder(services, judgement);
      const settled = await queue.settle(request.id, DENIED, (answer) =>
        log.transact(async (tx) => {
          await writeDenial(tx, { services, request, judgement, answer });
          await along(tx);
        }),
      );
      services.deliver(settled);
      services.announce('audit');
      return;
    } catch (error) {
      if (queue.get(request.id)?.state.phase !== 'waiting') throw error;
    }
  }
  services.deliver(await queue.settle(request.id, DENIED));
  await logOutcome(services, { ...denialDraft(request), decision: 'ANOMALY' });
}

/** What the engine says of a request, by the least disclosing way to answer it. */
async function judgementOf(services: Denying, request: PageRequest): Promise<Judgement> {
  const vault = await services.keeper.open();
  if (request.method === 'agentCall') return judgeAgentCall(services, vault, request);
  if (request.method === 'requestCapability') {
    const call = capabilityCallOf(request);
    return (await Judge.of(vault, services, request, call.purpose)).spend({ oneTime: false, ...call });
  }
  if (!asksProof(request)) {
    return (await Judge.of(vault, services, request)).offer(giverOf(request, offeredBy(request)));
  }
  const { plans, denied, judge } = await waysToAnswer(services, vault, request);
  return plans[0]?.judgement ?? denied ?? judge.names(admitProof(request).askedClaims.needed);
}

/** The log, whose entries name the policy that was judged by. */
const logUnder = async ({ keeper, clock }: Denying, { policy }: Judgement): Promise<AuditLog> =>
  new AuditLog(await keeper.open(), { clock, policy: policy.hash });

interface Denial {
  readonly services: Denying;
  readonly request: PageRequest;
  readonly judgement: Judgement;
  readonly answer: AnswerWrite;
}

async function writeDenial(tx: LoggedTx, { services, request, judgement, answer }: Denial): Promise<void> {
  const { origin: subject } = request;
  if (asksProof(request) && request.agent === undefined) {
    const claims = admitProof(request).askedClaims.needed;
    await countAnswers(tx, { subject, claims, answer: 'denied', at: services.clock() });
  }
  if (isAuthorityOffer(request)) await rejectAuthority(tx, request, services.clock());
  await logJudged(tx, denialDraft(request), judgement);
  tx.raw(answer.write);
  tx.expect(answer.expected);
}

const isAuthorityOffer = (request: PageRequest): boolean =>
  request.method === 'offerCredential' && offeredBy(request).kind === 'authority';

function denialDraft(request: PageRequest): AuditDraft {
  if (request.method === 'agentCall') return deniedCallDraft(request);
  if (request.method === 'requestCapability') {
    return { kind: 'capability.denied', subject: request.origin, claims: [capabilityCallOf(request).kind] };
  }
  if (!asksProof(request)) return { kind: offerDenied(request), subject: request.origin };
  return { kind: 'proof.denied', subject: request.origin, claims: admitProof(request).askedClaims.needed };
}
