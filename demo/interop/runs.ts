import { randomBytes } from 'node:crypto';
import type { PageRequest, RequestSession, ResponseResult, TrustedIssuer } from '../../lib/sdk/index.ts';
import { MemoryReplayStore, createRequest, verifyResponse } from '../../lib/sdk/index.ts';
import { Refusal } from '../http.ts';
import type { AnswerCase, Case, LinkCase, Place } from './case.ts';
import { CASES } from './cases.ts';
import { only } from './hostile.ts';

/** How a case went. */
export interface Outcome {
  readonly id: string;
  readonly passed: boolean;
  /** One sentence. */
  readonly says: string;
}

interface Run {
  readonly of: Case;
  readonly session?: RequestSession;
  readonly outcome?: Outcome;
}

/** What a page is to do: call the Digital Credentials API, or show a link. */
export type Task =
  { readonly run: string; readonly request: PageRequest } | { readonly run: string; readonly link: string };

const MAX_RUNS = 1000;

/** The matrix, as it is run: in memory, the last thousand runs. */
export class Runs {
  readonly #place: Place;
  readonly #issuers: readonly TrustedIssuer[];
  readonly #replay = new MemoryReplayStore();
  readonly #runs = new Map<string, Run>();

  constructor(place: Place, issuers: readonly TrustedIssuer[]) {
    this.#place = place;
    this.#issuers = issuers;
  }

  /** Outcomes so far, oldest first. */
  get outcomes(): readonly Outcome[] {
    return [...this.#runs.values()].flatMap(({ outcome }) => outcome ?? []);
  }

  async start(id: unknown): Promise<Task> {
    const found = CASES.find((one) => one.id === id);
    if (found === undefined) throw new Refusal(404, 'There is no such case.');
    if ('make' in found) return { run: this.#add({ of: found }), request: await found.make(this.#place) };
    return 'link' in found ? this.#startLink(found) : this.#startAnswer(found);
  }

  async #startAnswer(of: AnswerCase): Promise<Task> {
    const asked = of.ask(this.#place);
    const { origin } = this.#place;
    const { request, session } = await createRequest({ ...this.#question(asked), ...asked, origin });
    const task = of.protocol === undefined ? request : only(request, of.protocol);
    return { run: this.#add({ of, session }), request: task };
  }

  async #startLink(of: LinkCase): Promise<Task> {
    const asked = of.link(this.#place);
    const responseUri = `${this.#place.origin}/posted`;
    const options = { ...this.#question(asked), ...asked, transport: 'link', responseUri } as const;
    if (asked.requestUri === undefined) {
      const { request, session } = await createRequest(options);
      return { run: this.#add({ of, session }), link: request.link };
    }
    // The wallet says by the address alone which request it fetches.
    const run = secret();
    const { request, session } = await createRequest({ ...options, requestUri: `${asked.requestUri}/${run}` });
    this.#add({ of, session }, run);
    return { run, link: request.link };
  }

  #question({ dcql_query: query }: { readonly dcql_query?: unknown }) {
    return query === undefined ? { claims: 'age_over_21', types: [this.#place.type] } : {};
  }

  #add(run: Run, id = secret()): string {
    const [oldest] = this.#runs.size >= MAX_RUNS ? this.#runs.keys() : [];
    if (oldest !== undefined) this.#runs.delete(oldest);
    this.#runs.set(id, run);
    return id;
  }

  /** The session of a link's request that is fetched. */
  sessionOf(run: string): RequestSession | undefined {
    return this.#runs.get(run)?.session;
  }

  /** Decides about a call of the page: what the wallet answered, or the name of the error that it threw. */
  async decide(id: unknown, answer: unknown, error: unknown): Promise<Outcome> {
    const run = typeof id === 'string' ? this.#runs.get(id) : undefined;
    if (typeof id !== 'string' || run === undefined) throw new Refusal(404, 'There is no such run.');
    const outcome = { id: run.of.id, ...(await this.#judge(run, answer, error)) };
    this.#runs.set(id, { ...run, outcome });
    return outcome;
  }

  async #judge({ of, session }: Run, answer: unknown, error: unknown): Promise<Omit<Outcome, 'id'>> {
    if ('make' in of) return judgeRefusal(answer, error);
    if (session === undefined || error !== undefined) return { passed: false, says: `No answer: ${String(error)}.` };
    return judged(
      await verifyResponse(answer, session, { issuers: this.#issuers, replay: this.#replay, status: 'skip' }),
    );
  }

  /** Takes what a wallet posted, for the session that it names. */
  async take(session: string | undefined, body: string): Promise<Outcome> {
    const [id] = [...this.#runs].find(([, run]) => run.session?.id === session && 'link' in run.of) ?? [];
    return this.decide(id, body, undefined);
  }

  outcomeOf(run: string): Outcome | undefined {
    return this.#runs.get(run)?.outcome;
  }
}

const secret = (): string => randomBytes(18).toString('base64url');

function judged(result: ResponseResult): Omit<Outcome, 'id'> {
  if (!result.valid) return { passed: false, says: `${result.reason}: ${result.detail}` };
  const shown = Object.values(result.presentations).flatMap((list) =>
    list.map(({ scope }) => scope.join(', ') || 'no claim'),
  );
  const agreed = result.transactions.map(({ by }) => `, agreed to with ${by}`);
  return { passed: true, says: `Verified: ${shown.join(' · ')}${agreed.join('')}.` };
}

/** A wallet refuses by an error of the call, or by one in its answer (OpenID4VP 1.0 A.4). */
function judgeRefusal(answer: unknown, error: unknown): Omit<Outcome, 'id'> {
  if (typeof error === 'string') return { passed: true, says: `Refused: ${error}.` };
  const data = typeof answer === 'object' && answer !== null && 'data' in answer ? answer.data : undefined;
  if (typeof data === 'object' && data !== null && 'error' in data) {
    return { passed: true, says: `Refused: ${String(data.error)}.` };
  }
  return { passed: false, says: 'The wallet answered it.' };
}
