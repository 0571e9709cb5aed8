import type { LoggedTx } from '../../audit/index.ts';
import { AuditLog } from '../../audit/index.ts';
import type { HeldCapability, SigningKey } from '../../capabilities/index.ts';
import {
  PayerChain,
  acceptOffer,
  audienceKeySeed,
  countSpend,
  issueCapability,
  joinStanding,
  keepHeld,
  limitsFor,
  momentOf,
  openBudget,
  readCapability,
  readHeldOffer,
  signingKeyJwk,
  signingKeyOf,
  stands,
} from '../../capabilities/index.ts';
import type { Json, Origin, SecretBytes } from '../../core/index.ts';
import { SignetError, fromBase64url, parseOrigin } from '../../core/index.ts';
import type { CapabilityResponse } from '../../provider/types.ts';
import { confirmRules, countUse } from '../../policy/index.ts';
import type { PageRequest } from '../../requests/index.ts';
import { askerOf } from '../../requests/index.ts';
import { countForAgent, leftToSpend } from '../agents/budget.ts';
import type { OpenVault, VaultReader } from '../../vault/index.ts';
import { againWhileOutrun } from '../again.ts';
import { permitsToConfirm } from '../judging/ask-reasons.ts';
import type { TokenCall } from './capability-call.ts';
import { capabilityCallOf } from './capability-call.ts';
import type { FittingStanding } from './capability-plan.ts';
import { draftOf, planCapability, standingOf } from './capability-plan.ts';
import { Judge } from '../judging/judge.ts';
import type { Judgement } from '../judging/judge.ts';
import type { Along as AlongAnswer } from '../elsewhere/along.ts';
import { inBrowser } from '../elsewhere/along.ts';
import { logJudged } from '../judging/note-answer.ts';
import { refuseRequest } from '../asking/refuse.ts';
import type { SpendingServices } from '../services.ts';
import { usesIn } from '../judging/uses-in.ts';

const ended = (): SignetError =>
  new SignetError('not_found', 'This request has ended. Your activity shows whether anything was released.');

const outdated = (): SignetError =>
  new SignetError('changed', 'Your rules have changed meanwhile. Nothing was released; please look again.', {
    field: 'rules',
  });

const overLimit = (): SignetError =>
  new SignetError('denied', 'This is over a limit of yours. Nothing was released.', { field: 'limits' });

/** Whether a token would go over a limit of the person's, as things stand. */
export async function isOverLimit(
  reader: VaultReader,
  { money }: TokenCall,
  { audience, agent, at }: { readonly audience: Origin; readonly agent?: string | undefined; readonly at: number },
): Promise<boolean> {
  if (money === undefined) return false;
  if (agent !== undefined && (await leftToSpend(reader, agent, money.currency, at)) < money.amount) return true;
  const standings = await limitsFor(reader, { audience, currency: money.currency, at });
  return standings.some(({ left }) => left < money.amount);
}

/** The person's yes to what they saw. */
export interface CapabilityConsent {
  readonly requestId: string;
  readonly digest: string;
  /** The `jti` of the authority's offer to show with it; `none`: nothing. Default: the first that fits. */
  readonly standing?: string;
}

/**
 * The person's yes. Signs, then writes in one transaction: the token under its request, what is kept of it, what it
 * takes of the limits, the start of its budget, the entry in the log. Only then does the document get those very bytes.
 * @param along what becomes true with it. Default: it is asked nowhere else any more
 * @throws SignetError `changed` when what was shown no longer stands; `denied`, field `limits`, when a limit would be
 *   passed now: the request is refused then; `not_found` when it has ended; `too_many`, `locked`, `read_only`
 */
export async function allowCapability(
  services: SpendingServices,
  consent: CapabilityConsent,
  along?: AlongAnswer,
): Promise<void> {
  const request = services.queue.get(consent.requestId);
  if (request?.method !== 'requestCapability' || request.state.phase === 'refusing') throw ended();
  if (request.state.phase === 'answered') {
    services.deliver(request);
    return;
  }
  const call = capabilityCallOf(request);
  if (call.asks !== 'token')
    throw new SignetError('bad_request', 'This asks for no new token.', { field: 'requestId' });
  const vault = await services.keeper.open();
  const plan = await planCapability(vault, { call, origin: request.origin, now: services.clock() });
  if (plan.digest !== consent.digest) {
    throw new SignetError('changed', 'What would be released has changed. Please look again.', { field: 'digest' });
  }
  const standing = standingOf(plan, consent.standing);
  try {
    await release(services, request, { call, standing }, async (tx, { judge, judgement, at }) => {
      if (judgement.verdict === 'DENY') throw outdated();
      if (request.agent === undefined) await confirmRules(tx, permitsToConfirm(judge.explainSpend(call)), at);
      await (along ?? inBrowser(request))(tx);
    });
  } catch (thrown) {
    if (isOverLimitNow(thrown)) await refuseRequest(services, request, 'wallet');
    throw thrown;
  }
}

/**
 * A standing rule's yes, decided once more within the transaction that answers.
 * @param permitted what permits it
 * @returns whether the token was released; false: a limit would be passed now
 * @throws SignetError `changed` when the rules do not permit it any more
 */
export async function spendByRule(
  services: SpendingServices,
  request: PageRequest,
  { call, permitted }: { readonly call: TokenCall; readonly permitted: Judgement },
): Promise<boolean> {
  const vault = await services.keeper.open();
  const plan = await planCapability(vault, { call, origin: request.origin, now: services.clock() });
  const lifetime = Math.min(call.lifetime, longestBy(permitted));
  const shorter = { call: { ...call, lifetime }, standing: standingOf(plan, undefined) };
  try {
    await release(services, request, shorter, async (tx, { judgement, at }) => {
      if (!isSpendPermitted(judgement) || longestBy(judgement) < lifetime) throw outdated();
      const amount = call.money && { minor: call.money.amount, currency: call.money.currency };
      for (const use of usesIn(judgement)) {
        await countUse(tx, { ...use, subject: askerOf(request), at, ...(amount === undefined ? {} : { amount }) });
      }
    });
    return true;
  } catch (thrown) {
    if (isOverLimitNow(thrown)) return false;
    throw thrown;
  }
}

/** Whether a permit of the person's is meant for tokens: one for whatever a site asks was not made for money. */
export function isSpendPermitted({ verdict, decided, policy }: Judgement): boolean {
  if (verdict !== 'PERMIT') return false;
  const meant = new Set(policy.set.rules.filter(({ action }) => action === 'spend').map(({ id }) => id));
  return decided.every(({ decision }) => decision.permit !== undefined && meant.has(decision.permit.rule));
}

/** Seconds that what is given under these permits may be valid. */
const longestBy = ({ decided }: Judgement): number =>
  Math.min(...decided.map(({ decision }) => decision.permit?.obligations.expires_in ?? Infinity));

function isOverLimitNow(thrown: unknown): boolean {
  const { reason, field } = SignetError.from(thrown);
  return reason === 'denied' && field === 'limits';
}

/** What was chosen to be released. */
interface Chosen {
  readonly call: TokenCall;
  readonly standing: FittingStanding | undefined;
}

/** What stands within the transaction that releases. */
interface Moment {
  readonly judge: Judge;
  readonly judgement: Judgement;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/** What else becomes true with a token, or why it must not be released. */
type Along = (tx: LoggedTx, moment: Moment) => Promise<void>;

async function release(services: SpendingServices, request: PageRequest, chosen: Chosen, along: Along): Promise<void> {
  const vault = await services.keeper.open();
  using made = await makeToken(vault, request, chosen, services.clock());
  await againWhileOutrun(services, request, () => settle(services, request, { ...chosen, vault, made }, along));
  services.announce('requests');
  services.announce('capabilities');
  services.announce('policy');
  services.announce('audit');
}

/** A token that was signed, and is nobody's yet. */
interface Made extends Disposable {
  readonly response: CapabilityResponse;
  readonly held: HeldCapability;
  /** Of a budget. */
  readonly seed: SecretBytes | undefined;
}

async function makeToken(
  vault: OpenVault,
  { id, origin }: PageRequest,
  { call, standing }: Chosen,
  now: number,
): Promise<Made> {
  const budget = newBudget(call);
  try {
    using keySeed = audienceKeySeed(vault.keys.identity, origin);
    const key = signingKeyOf(keySeed);
    const token = await issueCapability(draftOf(call, origin, budget?.commitment), key, now);
    const { claims } = readCapability(token);
    const expiresAt = momentOf(claims.exp);
    const shown = standing === undefined ? undefined : await show(vault, standing, { origin, key, now });
    const { kind, purpose, money, oneTime, lifetime, holder, receiptKey, steps } = call;
    return {
      response: { token, requestId: id, expiresAt, ...(shown === undefined ? {} : { standing: shown }) },
      held: {
        ...{ v: 1, jti: claims.jti, audience: origin, kind, purpose, oneTime, lifetime },
        bearer: holder === undefined,
        ...(money === undefined ? {} : { money }),
        ...(steps === undefined || budget === undefined ? {} : { budget: { ...steps, commitment: budget.commitment } }),
        ...(receiptKey === undefined ? {} : { receiptKey }),
        ...(standing === undefined ? {} : { authority: standing.held.authority }),
        ...{ releasedAt: now, expiresAt, receipts: [] },
      },
      seed: budget?.seed,
      [Symbol.dispose]: () => budget?.seed.dispose(),
    };
  } catch (error) {
    budget?.seed.dispose();
    throw error;
  }
}

/** The chain that was made for a token: what is sealed away, and what the token says. */
interface NewBudget {
  readonly seed: SecretBytes;
  readonly commitment: string;
}

function newBudget({ steps, money }: TokenCall): NewBudget | undefined {
  if (steps === undefined || money === undefined) return undefined;
  const { terms, seed, chain } = PayerChain.create({ ...steps, currency: money.currency });
  chain.dispose(); // grown again from its seed when units are asked for
  return { seed, commitment: terms.commitment };
}

/** Who acts under an authority's offer, and when. */
interface Acting {
  readonly origin: Origin;
  readonly key: SigningKey;
  readonly now: number;
}

/** An authority's offer and its acceptance before this audience, for the key that signs there. */
async function show(vault: OpenVault, { held, offer }: FittingStanding, { origin, key, now }: Acting): Promise<string> {
  using seed = audienceKeySeed(vault.keys.identity, parseOrigin(held.authority, 'authority'));
  const acting = { audience: origin, acting: signingKeyJwk(key) };
  return joinStanding(held.text, await acceptOffer(offer, signingKeyOf(seed), acting, now));
}

async function settle(
  services: SpendingServices,
  request: PageRequest,
  { vault, call, standing, made }: Chosen & { readonly vault: OpenVault; readonly made: Made },
  along: Along,
): Promise<void> {
  const { queue, clock, book } = services;
  const { origin: subject } = request;
  const policy = await book.hash(vault);
  const log = new AuditLog(vault, { clock, policy });
  const result = made.response as unknown as Json; // strings and a number, by its type
  const settled = await queue.settle(request.id, { ok: true, result }, ({ write, expected }) =>
    log.transact(async (tx) => {
      const judge = await Judge.of(tx, services, request, call.purpose);
      if (judge.policy.hash !== policy) throw new SignetError('changed', 'Your rules have changed meanwhile.');
      const moment = { judge, judgement: judge.spend(call), at: clock() };
      await assertStanding(tx, standing, moment.at);
      await along(tx, moment);
      await count(tx, call, made.held);
      if (request.agent !== undefined) await countOfAgent(tx, request.agent, call, moment.at);
      await keepHeld(tx, made.held, made.seed, moment.at);
      if (made.seed !== undefined) await openBudget(tx, made.held.jti, moment.at);
      await logJudged(tx, { kind: 'capability.released', subject, claims: [call.kind] }, moment.judgement);
      tx.raw(write);
      tx.expect(expected);
    }),
  );
  services.deliver(settled);
}

/** What is shown with a token stands until the moment that it is released. */
async function assertStanding(reader: VaultReader, standing: FittingStanding | undefined, now: number): Promise<void> {
  if (standing === undefined) return;
  const held = await readHeldOffer(reader, standing.held.jti);
  if (held !== undefined && stands(held, now)) return;
  throw new SignetError('changed', 'The authority’s permission does not stand any more. Nothing was released.', {
    field: 'standing',
  });
}

/** In full against what an agent may spend: nothing of it comes back to that. */
async function countOfAgent(tx: LoggedTx, agent: string, { money }: TokenCall, at: number): Promise<void> {
  if (money !== undefined && !(await countForAgent(tx, agent, money, at))) throw overLimit();
}

/** In full against the person's limits: what comes back of it the merchant says. */
async function count(tx: LoggedTx, { money, receiptKey }: TokenCall, held: HeldCapability): Promise<void> {
  if (money === undefined) return;
  const { jti, audience, releasedAt: at } = held;
  const merchant = receiptKey === undefined ? {} : { merchantPublicKey: fromBase64url(receiptKey) };
  const decision = await countSpend(tx, { ...money, jti, audience, at, ...merchant });
  if (!decision.allowed) throw overLimit();
}
