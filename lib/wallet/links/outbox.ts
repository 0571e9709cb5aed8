import { SignetError } from '../../core/index.ts';
import type { DeliveryWaiting } from '../../messaging/contract.ts';
import { postAnswer } from '../../protocols/index.ts';
import type { PageRequest } from '../../requests/index.ts';
import type { LinkAnswer, Sent } from './link-request.ts';
import { keptAnswer, linkAnswerOf, requestInLink } from './link-request.ts';
import { logOutcome } from '../asking/log-outcome.ts';
import type { Services } from '../services.ts';

/** How long a presentation is taken after it was made, in milliseconds: verifiers ask for a recent one. */
export const FRESH_FOR = 5 * 60_000;

/**
 * Sends what the person allowed by a link. What is sent is kept first, and that it is being sent: so after a worker
 * that died it either arrived, or the person is told that nobody knows. Nothing is sent twice unless they say so.
 */
export class Outbox {
  readonly #sending = new Set<string>();

  /**
   * Sends the answer of a request for the first time. Harmless where it was sent before.
   * What became of it is for the window to show: it throws only what kept it from being tried.
   */
  async send(services: Services, requestId: string): Promise<void> {
    const request = services.queue.get(requestId);
    const answer = request === undefined ? undefined : linkAnswerOf(request);
    if (request === undefined || answer === undefined || answer.sent !== undefined) return;
    await this.#post(services, request, answer);
  }

  /**
   * Sends an answer that did not arrive, or of which nobody knows whether it did, once more and unchanged.
   * @throws SignetError not_found when it has ended, `expired` when it is too old to be taken
   */
  async sendAgain(services: Services, requestId: string): Promise<void> {
    const request = services.queue.get(requestId);
    const answer = request === undefined ? undefined : linkAnswerOf(request);
    if (request === undefined || answer === undefined) {
      throw new SignetError('not_found', 'This request has ended. Open its link once more.');
    }
    if (answer.sent?.state === 'arrived' || this.#sending.has(requestId)) return;
    if (!isFresh(answer, services.clock())) {
      throw new SignetError('expired', 'This proof is too old to be taken now. Open the link once more.');
    }
    await this.#post(services, request, answer);
  }

  /** What the window shows of an answer that was allowed. */
  view({ clock }: Services, { id }: PageRequest, answer: LinkAnswer): Pick<DeliveryWaiting, 'kind' | 'state'> {
    return { kind: 'delivery', state: this.#stateOf(id, answer, isFresh(answer, clock())) };
  }

  #stateOf(id: string, { sent }: LinkAnswer, again: boolean): DeliveryWaiting['state'] {
    if (this.#sending.has(id)) return { step: 'sending' };
    switch (sent?.state) {
      case 'arrived':
        return { step: 'arrived', ...(sent.back === undefined ? {} : { back: sent.back }) };
      case 'refused':
        return { step: 'refused', message: sent.message, again };
      case undefined:
        return { step: 'unsent', again };
      case 'under_way':
      case 'unknown':
        return { step: 'unknown', again };
    }
  }

  async #post(services: Services, request: PageRequest, answer: LinkAnswer): Promise<void> {
    const { id } = request;
    if (this.#sending.has(id)) return;
    this.#sending.add(id);
    try {
      await note(services, request, answer, { state: 'under_way' });
      const sent = await post(services, request, answer);
      if (sent.state !== 'arrived') await logUndelivered(services, request);
      await note(services, request, answer, sent);
    } finally {
      this.#sending.delete(id);
      services.announce('requests');
    }
  }
}

const isFresh = ({ boundAt }: LinkAnswer, now: number): boolean => Math.abs(now - boundAt) < FRESH_FOR;

async function post({ fetchJson }: Services, request: PageRequest, { vpToken }: LinkAnswer): Promise<Sent> {
  const { params } = requestInLink(request).read;
  try {
    const { redirectUri } = await postAnswer(params, { vpToken }, { fetchJson });
    return { state: 'arrived', ...(redirectUri === undefined ? {} : { back: redirectUri }) };
  } catch (thrown) {
    const { reason, message } = SignetError.from(thrown);
    return reason === 'issuer_refused' ? { state: 'refused', message } : { state: 'unknown' };
  }
}

/** The window may have been closed meanwhile: what is sent is sent all the same. */
async function note({ queue, announce }: Services, request: PageRequest, answer: LinkAnswer, sent: Sent) {
  if (queue.get(request.id)?.state.phase !== 'waiting') return;
  await queue.setData(request.id, keptAnswer({ ...answer, sent }));
  announce('requests');
}

/** The log says that it was allowed; now it says that nobody confirmed it. */
const logUndelivered = (services: Services, { origin: subject }: PageRequest): Promise<void> =>
  logOutcome(services, { kind: 'proof.undelivered', subject, decision: '' });
