import type { Clock } from '../core/index.ts';
import { SignetError, canonicalJson, randomBytes, toBase64url } from '../core/index.ts';
import type { OpenVault, VaultTx } from '../vault/index.ts';
import { transactAgain } from './again.ts';
import { readAnswer } from './answer.ts';
import type { Attempt } from './attempt.ts';
import { beginAttempt, endAttempt, isDue, outcomeOf } from './attempt.ts';
import type { Outcome } from './breaker.ts';
import { forgetBreaker } from './breaker-record.ts';
import type { AskedRequest, Challenge } from './challenge.ts';
import { challengeBody, isOfScope, newChallenge } from './challenge.ts';
import { addChallenge, listChallenges, putChallenge, readChallenge, removeChallenge } from './challenge-store.ts';
import type { Counted } from './count-answer.ts';
import type { Ruled } from './judge.ts';
import { countAnswer } from './count-answer.ts';
import type { Exchange, Reply } from './exchange.ts';
import { createExchange } from './exchange.ts';
import { putLastDelivery } from './last-delivery.ts';
import { Polls } from './polls.ts';
import type { Random } from './retry.ts';
import { systemRandom } from './retry.ts';
import { readNotifySettings } from './settings.ts';
import { readSecrets } from './signing-secrets.ts';
import { forgetSecret, signWebhook } from './webhook/index.ts';

/** Questions that may be open at once: as many as requests may wait. */
export const MAX_OPEN = 20;

/** How long after its time a question that nobody closed is kept, in milliseconds: its request is long over. */
const KEPT = 10 * 60_000;

export interface ChannelOptions {
  readonly vault: OpenVault;
  readonly fetch: typeof globalThis.fetch;
  readonly clock: Clock;
  /** Default: the platform's. */
  readonly random?: Random;
  /** Milliseconds that a receiver has to answer, for tests. */
  readonly maxWait?: number;
}

/** An answer that came and counts for nothing. */
export interface RefusedAnswer {
  /** The question's id. */
  readonly challenge: string;
  readonly refusal: Extract<Counted, { counts: false }>['refusal'];
}

export interface Step {
  /** Decided and not yet closed, oldest first; again with each step, until `close`. */
  readonly ruled: readonly Ruled[];
  /** For the log. */
  readonly refused: readonly RefusedAnswer[];
  /** When there is something to do next: milliseconds since the epoch. Undefined: nothing waits. */
  readonly nextAt: number | undefined;
}

/**
 * Asks the person where they are. It has no timer of its own: whoever holds it calls `step` at once and then whenever
 * `nextAt` has come. All that matters is in the vault before anybody is told, so another worker goes on where one died;
 * steps may overlap, in one worker and in several.
 */
export class AuthorizationChannel {
  readonly #vault: OpenVault;
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #exchange: Exchange;
  readonly #polls = new Polls();

  constructor({ vault, fetch, clock, random = systemRandom, maxWait }: ChannelOptions) {
    this.#vault = vault;
    this.#clock = clock;
    this.#random = random;
    this.#exchange = createExchange(fetch, { clock, ...(maxWait !== undefined && { maxWait }) });
  }

  /**
   * Puts a question to the person; the next step sends it. The same request again is the same question.
   * @returns undefined where no webhook is set up, or it has no secret yet: then the person is asked in the browser alone
   * @throws SignetError bad_request for what is no scope, `too_many` beyond 20 open questions, and as `OpenVault.transact`
   */
  ask(asked: AskedRequest): Promise<Challenge | undefined> {
    return transactAgain(this.#vault, (tx) => openChallenge(tx, asked, this.#clock()));
  }

  /**
   * Does what is due: denies what is late, posts questions, fetches answers and counts them. It takes as long as the
   * slowest receiver, 10 s at most.
   * @throws SignetError as `OpenVault.transact`: `locked` where the vault was locked meanwhile
   */
  async step(): Promise<Step> {
    const waiting = await this.#denyLate();
    this.#polls.keep(waiting.map(({ id }) => id));
    const { answers } = await readNotifySettings(this.#vault);
    const posting = waiting.map((challenge) => this.#post(challenge));
    const fetching = answers?.url === undefined ? [] : this.#fetchAnswers(waiting, answers.url);
    const done = await Promise.allSettled([...posting, ...fetching]);
    const failed = done.find((result) => result.status === 'rejected');
    if (failed !== undefined) throw failed.reason;
    const refused = done.flatMap((result) => (result.status === 'fulfilled' && result.value ? [result.value] : []));
    return { ...(await this.look()), refused };
  }

  /** What is decided and when the next step is due, without doing anything. @throws SignetError vault_damaged */
  async look(): Promise<Omit<Step, 'refused'>> {
    const [open, { answers }] = await Promise.all([listChallenges(this.#vault), readNotifySettings(this.#vault)]);
    const ruled = open.flatMap((challenge) => (challenge.ruling ? [{ challenge, ruling: challenge.ruling }] : []));
    const times = open.flatMap((challenge) => this.#timesOf(challenge, answers?.url !== undefined));
    return { ruled, nextAt: times.length === 0 ? undefined : Math.min(...times) };
  }

  /**
   * Ends a question: its ruling was carried out, or the request was answered in the browser, or is gone. Harmless when it
   * is over. In a transaction that does more: `closeChallenge`.
   */
  close(id: string): Promise<void> {
    return transactAgain(this.#vault, (tx) => removeChallenge(tx, id));
  }

  /**
   * Posts a message that asks nothing, whatever the breaker says: the person wants to know. One that arrives closes it.
   * @returns what came of it
   * @throws SignetError bad_request, field `webhook`, where none is set up; and as `OpenVault.transact`
   */
  async test(): Promise<Outcome['kind']> {
    const now = this.#clock();
    const { webhook } = await readNotifySettings(this.#vault);
    const secrets = await readSecrets(this.#vault, now);
    if (webhook === undefined || secrets.length === 0) {
      secrets.forEach(forgetSecret);
      throw new SignetError('bad_request', 'No webhook is set up.', { field: 'webhook' });
    }
    const id = `tst_${toBase64url(randomBytes(16))}`;
    const body = canonicalJson({ type: 'signet.test', timestamp: new Date(now).toISOString(), data: {} });
    const headers = signWebhook({ id, at: now, body }, secrets);
    secrets.forEach(forgetSecret);
    const outcome = outcomeOf(await this.#exchange({ url: webhook.url, headers, body }));
    await transactAgain(this.#vault, (tx) => noteTest(tx, { url: webhook.url, outcome, now: this.#clock() }));
    return outcome.kind;
  }

  /** What waits for an answer, after those whose time is over were denied. */
  async #denyLate(): Promise<readonly Challenge[]> {
    const now = this.#clock();
    const open = await listChallenges(this.#vault);
    for (const { id } of open.filter(({ endsAt }) => now >= endsAt + KEPT)) await this.close(id);
    const waiting = open.filter(({ ruling }) => ruling === undefined);
    const late = waiting.filter(({ endsAt }) => now >= endsAt);
    for (const { id } of late) await transactAgain(this.#vault, (tx) => denyLate(tx, id));
    return waiting.filter((challenge) => !late.includes(challenge));
  }

  async #post(challenge: Challenge): Promise<RefusedAnswer | undefined> {
    if (!isDue(challenge, this.#clock())) return undefined;
    const { id } = challenge;
    const attempt = await transactAgain(this.#vault, (tx) => beginAttempt(tx, id, this.#clock()));
    if (attempt === undefined) return undefined;
    const reply = await this.#send(attempt);
    // In one transaction: a worker that dies before it has an answer in the response posts again and gets it again.
    return transactAgain(this.#vault, async (tx) => {
      const now = this.#clock();
      await endAttempt(tx, challenge, outcomeOf(reply), { now, random: this.#random });
      return countIn(tx, id, reply, now);
    });
  }

  #send({ challenge, secrets }: Attempt): Promise<Reply> {
    const body = challengeBody(challenge);
    const headers = signWebhook({ id: challenge.id, at: this.#clock(), body }, secrets);
    secrets.forEach(forgetSecret);
    return this.#exchange({ url: challenge.url, headers, body });
  }

  #fetchAnswers(waiting: readonly Challenge[], address: string): Promise<RefusedAnswer | undefined>[] {
    const now = this.#clock();
    const due = waiting.filter(({ id, askedAt }) => this.#polls.at(id, askedAt) <= now);
    return due.map(({ id }) => this.#fetchAnswer(id, address));
  }

  async #fetchAnswer(id: string, address: string): Promise<RefusedAnswer | undefined> {
    this.#polls.begin(id, this.#clock());
    const reply = await this.#exchange({ url: answerAddress(address, id), headers: {} });
    this.#polls.end(id, reply, this.#clock());
    return transactAgain(this.#vault, (tx) => countIn(tx, id, reply, this.#clock()));
  }

  #timesOf({ id, ruling, endsAt, askedAt, delivery }: Challenge, polls: boolean): readonly number[] {
    if (ruling !== undefined) return [];
    const posted = delivery.state === 'due' ? [delivery.at] : [];
    return [endsAt, ...posted, ...(polls ? [this.#polls.at(id, askedAt)] : [])];
  }
}

/** As `AuthorizationChannel.close`, in the caller's transaction: with the answer that the request got. */
export const closeChallenge = (tx: VaultTx, id: string): Promise<void> => removeChallenge(tx, id);

/** Where the answer to one question is fetched: the answer URL with `challenge` added to its query. */
export function answerAddress(address: string, id: string): string {
  const url = new URL(address);
  url.searchParams.set('challenge', id);
  return url.href;
}

/** Counts what a reply holds. A body that is no answer says nothing: most servers answer something. */
async function countIn(tx: VaultTx, id: string, reply: Reply, now: number): Promise<RefusedAnswer | undefined> {
  const answer = reply.kind === 'answered' && reply.body !== undefined ? readAnswer(reply.body) : undefined;
  if (answer === undefined) return undefined;
  const counted = await countAnswer(tx, id, answer, now);
  return counted.counts ? undefined : { challenge: id, refusal: counted.refusal };
}

/**
 * As `AuthorizationChannel.ask`, in the caller's transaction: with what the log says of it.
 * @param now milliseconds since the epoch
 */
export async function openChallenge(tx: VaultTx, asked: AskedRequest, now: number): Promise<Challenge | undefined> {
  const open = await listChallenges(tx);
  const twin = open.find(({ requestId }) => requestId === asked.requestId);
  if (twin !== undefined && isOfScope(twin, asked.scope)) return twin;
  // It asks for something else now: no answer to what it asked before may count.
  if (twin !== undefined) await removeChallenge(tx, twin.id);
  const settings = await readNotifySettings(tx);
  const { webhook } = settings;
  if (webhook === undefined || !(await hasSecret(tx, now))) return undefined;
  if (open.filter(({ endsAt }) => now < endsAt).length >= MAX_OPEN)
    throw new SignetError('too_many', 'Too many questions are open already.');
  const challenge = newChallenge(asked, { ...settings, webhook }, now);
  await addChallenge(tx, challenge);
  return challenge;
}

async function noteTest(
  tx: VaultTx,
  { url, outcome, now }: { readonly url: string; readonly outcome: Outcome; readonly now: number },
): Promise<void> {
  if ((await readNotifySettings(tx)).webhook?.url !== url) return;
  putLastDelivery(tx, outcome.kind, now);
  if (outcome.kind === 'delivered') await forgetBreaker(tx);
}

async function hasSecret(tx: VaultTx, now: number): Promise<boolean> {
  const secrets = await readSecrets(tx, now);
  secrets.forEach(forgetSecret);
  return secrets.length > 0;
}

async function denyLate(tx: VaultTx, id: string): Promise<void> {
  const challenge = await readChallenge(tx, id);
  if (challenge === undefined || challenge.ruling !== undefined) return;
  putChallenge(tx, { ...challenge, ruling: { decision: 'deny', why: 'late' } });
}
