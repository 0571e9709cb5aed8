import { Mutex, SignetError } from '../../core/index.ts';
import { SELF_ISSUER } from '../../credentials/index.ts';
import { usesLastCopy } from '../../proofs/index.ts';
import type { ProofPlan } from '../../proofs/index.ts';
import { NOBODY, isOwnRequest } from '../../requests/index.ts';
import type { PageRequest } from '../../requests/index.ts';
import { whyNotOffered } from '../spending/accept-authority.ts';
import { askedProof, asksProof, cameByLink } from '../proving/asked-proof.ts';
import { takeRevocation } from '../spending/authorities.ts';
import { considerCapability } from '../spending/consider-capability.ts';
import { isFailedProof } from '../proving/failed-proof.ts';
import { Judge } from '../judging/judge.ts';
import type { Judgement } from '../judging/judge.ts';
import { isLinkAnswered } from '../links/link-request.ts';
import { permitsOwnWord } from '../judging/rule-making.ts';
import { giverOf, offeredBy } from '../receiving/offer-kind.ts';
import { putInOrder } from '../rules/policy-changed.ts';
import { answerByRule } from '../proving/prove.ts';
import { phaseOf, refused } from './outcome.ts';
import type { Consideration, Desk, Services } from '../services.ts';
import { takeReceipt } from '../spending/take-receipt.ts';
import { identified } from '../proving/verifier.ts';
import { admitProof, waysToAnswer } from '../proving/ways.ts';

/**
 * Looks at each request before the person does: what they said always or never to is answered or refused without them.
 * One after the other, and each once until something changes that it may depend on.
 */
export class RequestDesk implements Desk {
  readonly #considered = new Map<string, Promise<Consideration>>();
  #order: Promise<void> | undefined;
  readonly #turns = new Mutex();

  consider(services: Services, request: PageRequest): Promise<Consideration> {
    const known = this.#considered.get(request.id);
    if (known !== undefined) return known;
    const considered = this.#turns.run(() => this.#consider(services, request.id));
    this.#considered.set(request.id, considered);
    return considered;
  }

  async considerAll(services: Services): Promise<void> {
    await Promise.allSettled([this.#inOrderIfOpen(services)]); // tried again before anything is answered
    await Promise.all(services.queue.list().map((request) => this.consider(services, request)));
    this.#forgetGone(services);
  }

  forget(): void {
    this.#considered.clear();
    this.#order = undefined;
  }

  forgetOne(id: string): void {
    this.#considered.delete(id);
  }

  #forgetGone({ queue }: Services): void {
    for (const id of this.#considered.keys()) if (queue.get(id)?.state.phase !== 'waiting') this.#considered.delete(id);
  }

  async #consider(services: Services, id: string): Promise<Consideration> {
    const request = services.queue.get(id);
    if (request === undefined || request.origin === NOBODY || isLinkAnswered(request)) return 'ask';
    if (request.state.phase !== 'waiting') return request.state.phase === 'answered' ? 'answered' : 'refused';
    try {
      return await this.#decide(services, request);
    } catch {
      return phaseOf(services, id); // the window tries the same, and shows what is wrong
    }
  }

  async #decide(services: Services, request: PageRequest): Promise<Consideration> {
    const isUnlocked = (await services.keeper.state()) === 'unlocked';
    if (isUnlocked) await this.#putInOrder(services);
    if (await isMuted(services, request)) return refused(services, request);
    if (!isUnlocked) return (await isNever(services, request)) ? refused(services, request) : 'ask';
    try {
      return await considerOpen(services, request);
    } catch (error) {
      // What cannot be decided is for the person to see, but for what they never want to see.
      if (services.queue.get(request.id)?.state.phase === 'waiting' && (await isNever(services, request))) {
        return refused(services, request);
      }
      throw error;
    }
  }

  async #inOrderIfOpen(services: Services): Promise<void> {
    if ((await services.keeper.state()) === 'unlocked') await this.#putInOrder(services);
  }

  #putInOrder(services: Services): Promise<void> {
    this.#order ??= putInOrder(services).catch((error: unknown) => {
      this.#order = undefined;
      throw error;
    });
    return this.#order;
  }
}

function considerOpen(services: Services, request: PageRequest): Promise<Consideration> {
  switch (request.method) {
    case 'requestProof':
    case 'digitalGet':
    case 'presentLink':
      return considerProof(services, request);
    case 'requestCapability':
      return considerCapability(services, request);
    case 'offerCredential':
    case 'digitalCreate':
      return considerOffer(services, request);
    case 'openRecord':
    case 'agentCall':
      return Promise.resolve('ask');
  }
}

/** A mute is for sites that ask unasked: what the person brought themselves is heard, and an agent is paused instead. */
const isMuted = async ({ quiet }: Services, request: PageRequest): Promise<boolean> =>
  !isOwnRequest(request) && request.agent === undefined && (await quiet.mutedUntil(request.origin)) !== undefined;

/** Whether the person never wants to be asked for it, as far as that is known without the vault. */
async function isNever({ quiet }: Services, request: PageRequest): Promise<boolean> {
  const { origin } = request;
  if (await quiet.neverHears(origin)) return true;
  if (!asksProof(request)) return false;
  for (const claim of admitProof(request).askedClaims.needed) if (await quiet.neverTells(origin, claim)) return true;
  return false;
}

async function considerProof(services: Services, request: PageRequest): Promise<Consideration> {
  const vault = await services.keeper.open();
  const { plans, judge, denied } = await waysToAnswer(services, vault, request);
  if (denied !== undefined) return refused(services, request, denied);
  if (!(await mayGoByRule(services, request))) return 'ask';
  const permitted = plans.find(
    ({ plan, judgement }) =>
      judgement.verdict === 'PERMIT' &&
      plan.compartments.length === 0 &&
      !takesLastCopy(plan) &&
      (!saysOwnWord(plan) || isOwnWordPermitted(judgement)),
  );
  if (permitted === undefined) return 'ask';
  try {
    await answerByRule(services, request, { plan: permitted.plan, vault, policy: judge.policy.hash });
    return 'answered';
  } catch (error) {
    // The rule's last use went to somebody else meanwhile, or the proof could not be made: the person may have another way.
    if (SignetError.from(error).reason === 'changed' || isFailedProof(error)) return phaseOf(services, request.id);
    throw error;
  }
}

/**
 * A rule is about what is told: whoever has to be looked up first, and what the person authorises, is for them to see. So
 * is whatever came by a link: a permit was given to a site, and a link that names it could come from anyone.
 */
async function mayGoByRule(services: Services, request: PageRequest): Promise<boolean> {
  if (cameByLink(request) || askedProof(request).shown.transactions !== undefined) return false;
  const who = await identified(services, request);
  return who === undefined || who.step === 'known';
}

/**
 * Whether an answer uses up the last copy that nobody has seen: from then on answers can be linked, so the person decides
 * that, and no site can use the copies up by asking often.
 */
const takesLastCopy = ({ choice }: ProofPlan): boolean => choice.some(({ record }) => usesLastCopy(record));

const saysOwnWord = ({ claims }: ProofPlan): boolean => claims.some(({ issuer }) => issuer === SELF_ISSUER);

/**
 * Whether what permits each claim is meant for the person's own word, which a site knows again each time: a permit that
 * was given for what issuers say does not turn into one for that.
 */
function isOwnWordPermitted({ decided, policy }: Judgement): boolean {
  const meant = new Set(policy.set.rules.filter(permitsOwnWord).map(({ id }) => id));
  return decided.every(({ decision }) => decision.rules.some((id) => meant.has(id)));
}

/**
 * Credentials and permissions are never taken without the person; they can be refused without. Receipts and what an
 * authority takes back are never for the person to decide.
 */
async function considerOffer(services: Services, request: PageRequest): Promise<Consideration> {
  const offered = offeredBy(request);
  const vault = await services.keeper.open();
  const judge = await Judge.of(vault, services, request);
  const judgement = judge.offer(giverOf(request, offered));
  if (judgement.verdict === 'DENY') return refused(services, request, judgement);
  switch (offered.kind) {
    case 'credential':
      return 'ask';
    case 'authority': {
      const isForPerson = (await whyNotOffered(vault, request, services.clock())) === undefined;
      return isForPerson ? 'ask' : refused(services, request, 'wallet');
    }
    case 'revocation':
      return takenOrRefused(services, request, () => takeRevocation(services, request));
    case 'receipt':
      return takenOrRefused(services, request, () => takeReceipt(services, request, offered));
  }
}

async function takenOrRefused(
  services: Services,
  request: PageRequest,
  take: () => Promise<void>,
): Promise<Consideration> {
  try {
    await take();
    return 'answered';
  } catch (error) {
    if (services.queue.get(request.id)?.state.phase !== 'waiting') return phaseOf(services, request.id);
    if (SignetError.from(error).reason === 'locked') throw error; // kept when the vault is opened again
    return refused(services, request, 'wallet');
  }
}
