import type { Clock } from '../../core/index.ts';
import { Mutex, SignetError } from '../../core/index.ts';
import type { Outcome, RefusedAnswer, Ruled } from '../../notify/index.ts';
import {
  AuthorizationChannel,
  POLL_INTERVAL,
  listChallenges,
  openChallenge,
  readNotifySettings,
  viewSecrets,
} from '../../notify/index.ts';
import type { PageRequest } from '../../requests/index.ts';
import type { OpenVault } from '../../vault/index.ts';
import { againWhileOutrun } from '../again.ts';
import type { After } from '../agents/stages.ts';
import { viewAsker } from '../agents/view.ts';
import { openLog } from '../log/open-log.ts';
import { logOutcome } from '../asking/log-outcome.ts';
import type { Services } from '../services.ts';
import { carryOut } from './carry-out.ts';
import type { ElsewhereDoor } from './door.ts';
import { questionOf } from './question.ts';

/** The soonest that a timer rings, in milliseconds: what is under way may be due still. */
const SOONEST = 200;

export interface ElsewhereOptions {
  readonly services: () => Promise<Services>;
  readonly fetch: typeof globalThis.fetch;
  readonly clock: Clock;
  readonly after: After;
  /** Where a timer may die with its worker: rings no later than half a minute after. None: nothing waits. */
  readonly wake: (at: number | undefined) => Promise<void>;
  /** Shows on this device what waits, by ids of requests and names of agents. */
  readonly show: (waiting: readonly ShownRequest[]) => Promise<void>;
  /** Denies what has waited its time. */
  readonly expire: () => Promise<void>;
  /** Something failed with nobody left to tell. */
  readonly onFailure: (thrown: unknown) => void;
}

/** A request that waits, as the browser's own notification names it. */
export interface ShownRequest {
  readonly id: string;
  readonly agent: string;
}

/**
 * Asks the person elsewhere while something waits for them: by the browser's notification, and by the channel that they
 * set up. It does nothing while the vault is locked. All that counts is in the vault; what is here is lost with the worker,
 * and the next one goes on.
 */
export class ElsewhereDesk implements ElsewhereDoor {
  readonly #options: ElsewhereOptions;
  readonly #channels = new WeakMap<OpenVault, AuthorizationChannel>();
  /** Requests whose answer from elsewhere could not be carried out: they are for the window. */
  readonly #forWindow = new Set<string>();
  /** What was said in the log of answers that count for nothing: once of each question and reason. */
  readonly #refused = new Set<string>();
  readonly #turns = new Mutex();
  #stopTimer: (() => void) | undefined;

  constructor(options: ElsewhereOptions) {
    this.#options = options;
  }

  changed(): void {
    this.tend().catch(this.#options.onFailure);
  }

  async test(): Promise<Outcome['kind']> {
    const { keeper } = await this.#options.services();
    return this.#channelOver(await keeper.open()).test();
  }

  /** Does what is due, and sees to it that it is called again in time. Calls may overlap. */
  async tend(): Promise<void> {
    try {
      await this.#tend();
    } catch (thrown) {
      if (SignetError.from(thrown).reason !== 'locked') throw thrown;
    }
  }

  async #tend(): Promise<void> {
    const services = await this.#options.services();
    if ((await services.keeper.state()) !== 'unlocked') {
      await this.#rest();
      return;
    }
    const vault = await services.keeper.open();
    const waiting = await this.#waiting(services);
    await this.#show(services, waiting);
    if ((await listChallenges(vault)).length === 0 && !(await isAskedElsewhere(vault, waiting))) {
      await this.#rest();
      return;
    }
    const channel = this.#channelOver(vault);
    await this.#turns.run(() => this.#ask(services, vault, waiting));
    await this.#wakeAt(this.#options.clock() + POLL_INTERVAL); // should the step be slow, or this its last
    const { ruled, refused } = await channel.step();
    await this.#turns.run(() => this.#rule(services, channel, ruled));
    await this.#noteRefused(services, vault, refused);
    await this.#wakeAt((await channel.look()).nextAt);
  }

  /** What waits of agents, and is for the person to decide. */
  async #waiting(services: Services): Promise<readonly PageRequest[]> {
    const found: PageRequest[] = [];
    for (const request of services.queue.list()) {
      if (request.agent === undefined || (await services.desk.consider(services, request)) !== 'ask') continue;
      if (services.queue.get(request.id)?.state.phase === 'waiting') found.push(request);
    }
    return found;
  }

  async #show(services: Services, waiting: readonly PageRequest[]): Promise<void> {
    const shown: ShownRequest[] = [];
    for (const request of waiting) {
      const asker = await viewAsker(services, request);
      shown.push({ id: request.id, agent: asker?.name ?? '' });
    }
    await this.#options.show(shown).catch(this.#options.onFailure); // what cannot be shown waits all the same
  }

  /** Opens a question about whatever has none, and closes those whose request is gone. */
  async #ask(services: Services, vault: OpenVault, waiting: readonly PageRequest[]): Promise<void> {
    const open = await listChallenges(vault);
    const channel = this.#channelOver(vault);
    for (const { id, requestId } of open) {
      if (services.queue.get(requestId)?.state.phase !== 'waiting') await channel.close(id);
    }
    if ((await readNotifySettings(vault)).webhook === undefined) return;
    const known = new Set(open.map(({ requestId }) => requestId));
    for (const request of waiting) {
      if (known.has(request.id) || this.#forWindow.has(request.id)) continue;
      await this.#askOne(services, request).catch((thrown: unknown) => this.#giveUp(request, thrown));
    }
  }

  async #askOne(services: Services, request: PageRequest): Promise<void> {
    const { asked } = await questionOf(services, request);
    const log = await openLog(services);
    await againWhileOutrun(services, request, async () => {
      if (services.clock() >= request.expiresAt || (await viewSecrets(log.vault, services.clock())) === undefined)
        return;
      await log.transact(async (tx) => {
        const challenge = await openChallenge(tx, asked, services.clock());
        if (challenge === undefined) throw new SignetError('changed', 'Nobody is asked elsewhere any more.');
        await tx.log({ kind: 'elsewhere.asked', subject: request.agent ?? '' });
      });
    });
  }

  /** What cannot be put into names is for the window. */
  #giveUp({ id }: PageRequest, thrown: unknown): void {
    if (SignetError.from(thrown).reason === 'locked') throw thrown;
    this.#forWindow.add(id);
  }

  async #rule(services: Services, channel: AuthorizationChannel, ruled: readonly Ruled[]): Promise<void> {
    for (const one of ruled) {
      const { id, requestId } = one.challenge;
      const carried = await carryOut(services, one);
      if (carried === 'failed') this.#forWindow.add(requestId);
      if (carried !== 'done') await channel.close(id);
      if (one.ruling.decision === 'deny' && one.ruling.why === 'late') await this.#options.expire();
    }
    if (ruled.length > 0) services.announce('requests');
  }

  async #noteRefused(services: Services, vault: OpenVault, refused: readonly RefusedAnswer[]): Promise<void> {
    for (const { challenge, refusal } of refused) {
      const key = `${challenge} ${refusal}`;
      if (this.#refused.has(key)) continue;
      this.#refused.add(key);
      const asked = (await listChallenges(vault)).find(({ id }) => id === challenge);
      const agent = asked && services.queue.get(asked.requestId)?.agent;
      await logOutcome(services, { kind: 'elsewhere.refused', subject: agent ?? '' });
    }
  }

  #channelOver(vault: OpenVault): AuthorizationChannel {
    const { fetch, clock } = this.#options;
    const known = this.#channels.get(vault) ?? new AuthorizationChannel({ vault, fetch, clock });
    this.#channels.set(vault, known);
    return known;
  }

  async #rest(): Promise<void> {
    this.#forWindow.clear();
    this.#refused.clear();
    const services = await this.#options.services();
    if ((await services.keeper.state()) !== 'unlocked') await this.#options.show([]).catch(this.#options.onFailure);
    await this.#wakeAt(undefined);
  }

  async #wakeAt(at: number | undefined): Promise<void> {
    const { after, clock, wake } = this.#options;
    this.#stopTimer?.();
    this.#stopTimer = at === undefined ? undefined : after(Math.max(at - clock(), SOONEST), () => this.changed());
    await wake(at);
  }
}

const isAskedElsewhere = async (vault: OpenVault, waiting: readonly PageRequest[]): Promise<boolean> =>
  waiting.length > 0 && (await readNotifySettings(vault)).webhook !== undefined;
