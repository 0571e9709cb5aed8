import { Mutex, SignetError, equalBytes } from '../core/index.ts';
import type { Bytes, Clock, Json, Origin, SecretBytes } from '../core/index.ts';
import type { KeyValue, SideExpectation, SideWrite, StorageBackend } from '../vault/index.ts';
import { NOBODY, agentDocument, askerOf, isOwnRequest, requestDigest } from './page-request.ts';
import type { AgentMethod, OwnMethod, PageAnswer, PageRequest, QueuedMethod } from './page-request.ts';
import { inOrderOfShowing, nextRound } from './queue-order.ts';
import { RequestRate } from './request-rate.ts';
import { openRow, sealRow } from './sealed-row.ts';
import { sessionKey } from './session-key.ts';

/** How long a request waits for the person, in milliseconds (design §6). */
export const REQUEST_LIFETIME = 10 * 60_000;
/** How long an answer that nobody took outlives the request's end, in milliseconds. */
export const ANSWER_GRACE = 60_000;
export const MAX_WAITING_PER_ORIGIN = 4;
export const MAX_WAITING = 20;
/** Identical calls that may share one request. */
const MAX_JOINED = 16;

export const DENIED: PageAnswer = { ok: false, error: { code: 4001, message: 'The request was not granted.' } };

export interface NewRequest {
  readonly clientId: string;
  readonly origin: Origin;
  readonly documentId: string;
  readonly tabId: number;
  readonly method: QueuedMethod;
  /** Already rebuilt from the method's schema. */
  readonly params: Json;
  /** The person had just touched the page. */
  readonly active?: boolean;
}

/** Something the person asks of their own wallet, or brought to it; `requestCapability`: from the command line. */
export interface OwnRequest {
  readonly method: OwnMethod | 'offerCredential' | 'requestCapability';
  readonly params: Json;
  /** Who is behind what the person brought: who gets the answer, or gives what is offered. Absent: nobody is. */
  readonly origin?: Origin;
  /** Whether the person is there at the moment. Default: they are. */
  readonly active?: boolean;
}

/** What an agent asks, by the id that its key gives it. */
export interface AgentRequest {
  readonly agent: string;
  readonly method: 'requestProof' | 'requestCapability' | AgentMethod;
  /** Already rebuilt from the method's schema. */
  readonly params: Json;
  /** Who the answer is for. Absent: the agent alone. */
  readonly origin?: Origin;
}

/** `known`: this very call was submitted before (a worker died in between). `joined`: an identical call waits. */
export interface Submission {
  readonly kind: 'new' | 'joined' | 'known';
  readonly request: PageRequest;
}

/** What `expire` denied. */
export interface Expired {
  /** Nobody answered them in their time. */
  readonly late: readonly PageRequest[];
  /** They were refused before, and it was time to say so. */
  readonly refused: readonly PageRequest[];
}

/** The sealed request as it ends or goes on, ready to be written in one transaction with whatever it depends on. */
export interface AnswerWrite {
  readonly write: SideWrite;
  /** The request as it waited: when it changed meanwhile nothing may be written. */
  readonly expected: SideExpectation;
}

interface Row {
  readonly request: PageRequest;
  readonly sealed: Bytes;
}

/**
 * The requests that wait for the person, and answers that wait to be taken. Every change is durable, sealed under
 * a key that lives as long as the browser session, before it is promised; changes happen one after the other.
 */
export class RequestQueue {
  readonly #backend: StorageBackend;
  readonly #clock: Clock;
  readonly #key: SecretBytes;
  readonly #rate: RequestRate;
  readonly #rows = new Map<string, Row>();
  /** Changes happen one after the other, whatever became of the one before. */
  readonly #turns = new Mutex();

  private constructor(backend: StorageBackend, clock: Clock, key: SecretBytes, rate: RequestRate) {
    this.#backend = backend;
    this.#clock = clock;
    this.#key = key;
    this.#rate = rate;
  }

  /**
   * Opens the queue. Without a session key (the browser just started) whatever is stored can no longer be read and
   * is emptied; so is a row that does not open.
   * @throws SignetError storage_failed
   */
  static async open(options: {
    readonly backend: StorageBackend;
    readonly session: KeyValue;
    readonly clock: Clock;
  }): Promise<RequestQueue> {
    const key = await sessionKey(options.session);
    const queue = new RequestQueue(options.backend, options.clock, key, new RequestRate({ ...options, key }));
    await queue.#load();
    return queue;
  }

  /**
   * Takes a call in. The same call (document and client id) again changes nothing; a call identical to one of the
   * same document that still waits joins it.
   * @throws SignetError too_many beyond 4 waiting per origin, 20 in all, 16 identical calls, or the origin's rate
   */
  submit(call: NewRequest): Promise<Submission> {
    return this.#turns.run(async () => {
      const known = this.#find(call.documentId, call.clientId);
      if (known !== undefined) return { kind: 'known', request: known };
      const digest = requestDigest(call.method, call.params);
      const twin = this.#open().find((r) => r.documentId === call.documentId && r.digest === digest);
      if (twin !== undefined) return { kind: 'joined', request: await this.#join(twin, call) };
      await this.#assertMayAsk(call.origin);
      const request = this.#newRequest({ active: false, ...call, clientIds: [call.clientId] }, digest);
      await this.#put(request);
      return { kind: 'new', request };
    });
  }

  /**
   * Takes in what an agent asks. The same again, while it waits, is one request.
   * @throws SignetError too_many beyond 4 of this agent, 20 in all, or its rate
   */
  submitOfAgent({ agent, method, params, origin = NOBODY }: AgentRequest): Promise<PageRequest> {
    return this.#turns.run(async () => {
      const digest = requestDigest(method, params);
      const documentId = agentDocument(agent);
      const twin = this.list().find(
        (one) => one.documentId === documentId && one.origin === origin && one.digest === digest,
      );
      if (twin !== undefined) return twin;
      await this.#assertMayAsk(agent);
      const call = { agent, method, params, origin, documentId, tabId: -1, active: true };
      const request = this.#newRequest({ ...call, clientIds: [crypto.randomUUID()] }, digest);
      await this.#put(request);
      return request;
    });
  }

  /**
   * The answer to a request of an agent's, which is forgotten then: one of all that ask for it gets it.
   * @returns undefined where this agent has no such request, or it has no answer
   */
  takeOfAgent(agent: string, id: string): Promise<PageAnswer | undefined> {
    return this.#turns.run(async () => {
      const request = this.get(id);
      if (request?.agent !== agent || request.state.phase !== 'answered') return undefined;
      const { answer } = request.state;
      await this.#remove([request]);
      return answer;
    });
  }

  /**
   * Takes in what the person asks of their own wallet, or brought to it. The same again, while it waits, is one request.
   * @throws SignetError too_many beyond 4 of these and of the same origin, or 20 in all
   */
  submitOwn({ method, params, origin = NOBODY, active = true }: OwnRequest): Promise<PageRequest> {
    return this.#turns.run(async () => {
      const digest = requestDigest(method, params);
      const twin = this.list().find((request) => isOwnRequest(request) && request.digest === digest);
      if (twin !== undefined) return twin;
      this.#assertRoom(origin);
      const request = this.#newRequest(
        { method, params, origin, documentId: '', tabId: -1, clientIds: [], active },
        digest,
      );
      await this.#put(request);
      return request;
    });
  }

  /** Forgets one of the person's own requests: it was answered, or they closed it. Harmless when it is gone. */
  endOwn(id: string): Promise<void> {
    return this.#turns.run(async () => {
      const request = this.get(id);
      if (request !== undefined && isOwnRequest(request)) await this.#remove([request]);
    });
  }

  /**
   * What waits for the person, in the order in which it is shown: first what is in sight already, then requests of
   * people who had just touched the page, then the rest; among these one of each origin in turn, the oldest first.
   */
  list(): readonly PageRequest[] {
    return this.#all()
      .filter((request) => request.state.phase === 'waiting')
      .sort(inOrderOfShowing);
  }

  /** A request by its id, in whatever phase. */
  get(id: string): PageRequest | undefined {
    return this.#rows.get(id)?.request;
  }

  /**
   * Keeps what the flow that serves a waiting request must not lose. `commit` is as in `settle`.
   * @throws SignetError not_found when the request ended, changed when it was answered
   */
  setData(
    id: string,
    data: Json,
    commit: (change: AnswerWrite) => Promise<void> = ({ write, expected }) => this.#backend.batch([write], [expected]),
  ): Promise<PageRequest> {
    return this.#turns.run(async () => {
      const kept: PageRequest = { ...this.#waiting(id), state: { phase: 'waiting', data } };
      await this.#replace(kept, commit);
      return kept;
    });
  }

  /** The person sees a waiting request. Harmless when it has ended. */
  noteSeen(id: string): Promise<void> {
    return this.#turns.run(async () => {
      const request = this.get(id);
      if (request?.state.phase === 'waiting' && request.seen !== true) await this.#put({ ...request, seen: true });
    });
  }

  /**
   * Refuses a waiting request without the person: it is listed no more, and denied at `at`, by `expire`. `commit` is
   * as in `settle`.
   * @param at milliseconds since the epoch
   * @throws SignetError not_found when the request ended, changed when it waits no more
   */
  refuse(
    id: string,
    at: number,
    commit: (change: AnswerWrite) => Promise<void> = ({ write, expected }) => this.#backend.batch([write], [expected]),
  ): Promise<PageRequest> {
    return this.#turns.run(async () => {
      const refused: PageRequest = { ...this.#waiting(id), state: { phase: 'refusing', at } };
      await this.#replace(refused, commit);
      return refused;
    });
  }

  /**
   * Answers a waiting request, once and for all. `commit` gets the sealed answer and must write it together with
   * whatever else becomes true with it, in one batch; it must not call the queue. By default the answer is written
   * alone. When `commit` throws, the request still waits.
   * @throws SignetError not_found when the request ended, changed when it was already answered
   */
  settle(
    id: string,
    answer: PageAnswer,
    commit: (answer: AnswerWrite) => Promise<void> = ({ write, expected }) => this.#backend.batch([write], [expected]),
  ): Promise<PageRequest> {
    return this.#turns.run(async () => {
      const answered: PageRequest = { ...this.#waiting(id), state: { phase: 'answered', answer } };
      await this.#replace(answered, commit);
      return answered;
    });
  }

  /** Answers that one document has not taken yet, by the client ids that wait for them. */
  answersFor(documentId: string): readonly { readonly clientId: string; readonly answer: PageAnswer }[] {
    return this.#ofDocument(documentId).flatMap(({ clientIds, state }) =>
      state.phase === 'answered' ? clientIds.map((clientId) => ({ clientId, answer: state.answer })) : [],
    );
  }

  /** The document took the answer to this call: it is forgotten. */
  delivered(documentId: string, clientId: string): Promise<void> {
    return this.#turns.run(async () => {
      const request = this.#find(documentId, clientId);
      if (request?.state.phase === 'answered') await this.#leave(request, clientId);
    });
  }

  /** The document went away: everything of its own is forgotten. @returns the requests that were still waiting */
  cancelDocument(documentId: string): Promise<readonly PageRequest[]> {
    return this.#turns.run(async () => {
      const gone = this.#ofDocument(documentId);
      await this.#remove(gone);
      return gone.filter((request) => request.state.phase === 'waiting');
    });
  }

  /** The page gave a call up. @returns the request, if nobody else waits for it any more */
  cancel(documentId: string, clientId: string): Promise<PageRequest | undefined> {
    return this.#turns.run(async () => {
      const request = this.#find(documentId, clientId);
      if (request === undefined) return undefined;
      await this.#leave(request, clientId);
      return request.clientIds.length === 1 && request.state.phase === 'waiting' ? request : undefined;
    });
  }

  /**
   * Denies what has waited its time or was refused and is due, and forgets answers that nobody took, and the person's
   * own requests in their time.
   * @returns the requests of pages that are denied now
   */
  expire(now: number = this.#clock()): Promise<Expired> {
    return this.#turns.run(async () => {
      await this.#remove(this.#all().filter((r) => r.state.phase === 'answered' && now >= deadlineOf(r)));
      await this.#remove(this.list().filter((request) => isOwnRequest(request) && now >= request.expiresAt));
      const due = this.#open().filter((request) => now >= deadlineOf(request));
      const denied = due.map((r): PageRequest => ({ ...r, state: { phase: 'answered', answer: DENIED } }));
      for (const request of denied) await this.#put(request);
      const wasWaiting = new Set(due.flatMap(({ id, state }) => (state.phase === 'waiting' ? [id] : [])));
      return {
        late: denied.filter(({ id }) => wasWaiting.has(id)),
        refused: denied.filter(({ id }) => !wasWaiting.has(id)),
      };
    });
  }

  /** When `expire` will next have something to do: milliseconds since the epoch. */
  nextDeadline(): number | undefined {
    const deadlines = this.#all().map(deadlineOf);
    return deadlines.length === 0 ? undefined : Math.min(...deadlines);
  }

  /** When the next request that was refused is to be denied: milliseconds since the epoch. */
  nextRefusal(): number | undefined {
    const times = this.#all().flatMap(({ state }) => (state.phase === 'refusing' ? [state.at] : []));
    return times.length === 0 ? undefined : Math.min(...times);
  }

  /** Ids of the documents that have anything here. */
  documents(): readonly string[] {
    const ofPages = this.#all().filter((request) => !isOwnRequest(request) && request.agent === undefined);
    return [...new Set(ofPages.map(({ documentId }) => documentId))];
  }

  #newRequest(
    call: Pick<PageRequest, 'clientIds' | 'origin' | 'agent' | 'documentId' | 'tabId' | 'method' | 'params' | 'active'>,
    digest: string,
  ): PageRequest {
    const { clientIds, origin, agent, documentId, tabId, method, params, active } = call;
    const askedAt = this.#clock();
    return {
      id: crypto.randomUUID(),
      order: 1 + Math.max(0, ...this.#all().map((request) => request.order)),
      round: nextRound(this.#open(), askerOf(call)),
      active,
      clientIds,
      origin,
      ...(agent === undefined ? {} : { agent }),
      documentId,
      tabId,
      method,
      params,
      digest,
      askedAt,
      expiresAt: askedAt + REQUEST_LIFETIME,
      state: { phase: 'waiting' },
    };
  }

  /** What is refused and does not say so yet takes as much room as what waits: a page must not tell them apart. */
  #open(): readonly PageRequest[] {
    return this.#all().filter((request) => request.state.phase !== 'answered');
  }

  /** @param asker see `askerOf` */
  #assertRoom(asker: string): void {
    const open = this.#open();
    if (open.length >= MAX_WAITING) throw new SignetError('too_many', 'Too many requests are waiting already.');
    if (open.filter((request) => askerOf(request) === asker).length >= MAX_WAITING_PER_ORIGIN) {
      throw new SignetError('too_many', 'Too many requests of this site are waiting already.');
    }
  }

  async #assertMayAsk(asker: string): Promise<void> {
    this.#assertRoom(asker);
    if (await this.#rate.spend(asker)) return;
    throw new SignetError('too_many', 'This site asks too often. Try again in a moment.');
  }

  async #join(request: PageRequest, { clientId, active = false }: NewRequest): Promise<PageRequest> {
    if (request.clientIds.length >= MAX_JOINED) {
      throw new SignetError('too_many', 'This request was made too many times already.');
    }
    const joined = { ...request, clientIds: [...request.clientIds, clientId], active: request.active || active };
    await this.#put(joined);
    return joined;
  }

  /** One call leaves a request; the last one takes the request with it. */
  async #leave(request: PageRequest, clientId: string): Promise<void> {
    const clientIds = request.clientIds.filter((id) => id !== clientId);
    if (clientIds.length === 0) await this.#remove([request]);
    else await this.#put({ ...request, clientIds });
  }

  #waiting(id: string): PageRequest {
    const request = this.get(id);
    if (request === undefined) throw new SignetError('not_found', 'This request has ended.');
    if (request.state.phase !== 'waiting') throw new SignetError('changed', 'This request was already answered.');
    return request;
  }

  #all(): PageRequest[] {
    return Array.from(this.#rows.values(), (row) => row.request).sort((a, b) => a.order - b.order);
  }

  #ofDocument(documentId: string): readonly PageRequest[] {
    return this.#all().filter((request) => request.documentId === documentId);
  }

  #find(documentId: string, clientId: string): PageRequest | undefined {
    return this.#ofDocument(documentId).find((request) => request.clientIds.includes(clientId));
  }

  #put(request: PageRequest): Promise<void> {
    return this.#replace(request, ({ write, expected }) => this.#backend.batch([write], [expected]));
  }

  /** Memory follows what is stored: also where a commit failed in words but not in deed. */
  async #replace(request: PageRequest, commit: (change: AnswerWrite) => Promise<void>): Promise<void> {
    const { id } = request;
    const sealed = sealRow(this.#key, request);
    const before = this.#rows.get(id)?.sealed;
    try {
      await commit({
        write: { store: 'requests', key: id, value: sealed },
        expected: { store: 'requests', key: id, value: before },
      });
    } catch (error) {
      const stored = await this.#backend.get('requests', id);
      if (stored === undefined || !equalBytes(stored, sealed)) throw error;
    }
    this.#rows.set(id, { request, sealed });
  }

  async #remove(requests: readonly PageRequest[]): Promise<void> {
    if (requests.length === 0) return;
    const deletions = requests.map(({ id }) => ({ store: 'requests', key: id, value: undefined }) as const);
    await this.#backend.batch(deletions, []);
    for (const { id } of requests) this.#rows.delete(id);
  }

  async #load(): Promise<void> {
    const unreadable: string[] = [];
    for (const [id, sealed] of await this.#backend.entries('requests')) {
      const request = openRow(this.#key, id, sealed);
      if (request === undefined) unreadable.push(id);
      else this.#rows.set(id, { request, sealed });
    }
    if (unreadable.length === 0) return;
    await this.#backend.batch(
      unreadable.map((key) => ({ store: 'requests', key, value: undefined }) as const),
      [],
    );
  }
}

/** When `expire` has something to do with a request. */
function deadlineOf({ state, expiresAt }: PageRequest): number {
  switch (state.phase) {
    case 'waiting':
      return expiresAt;
    case 'refusing':
      return Math.min(state.at, expiresAt);
    case 'answered':
      return expiresAt + ANSWER_GRACE;
  }
}
