import type { IncomingMessage } from 'node:http';
import type { Json } from '../../../lib/core/index.ts';
import { fromUtf8, parseJson } from '../../../lib/core/index.ts';
import { Refusal, retryAfter } from './reply.ts';

const MAX_DEPTH = 8;

/** What the bodies that are here may take together. */
export class BodyBudget {
  readonly #most: number;
  #used = 0;

  constructor(most: number) {
    this.#most = most;
  }

  /** @throws Refusal 503 where there is no room */
  take(bytes: number): void {
    if (this.#used + bytes > this.#most) {
      throw new Refusal(503, 'busy', 'Too many requests are here. Try again later.', { headers: retryAfter(1) });
    }
    this.#used += bytes;
  }

  giveBack(bytes: number): void {
    this.#used -= bytes;
  }
}

/** One request's share of the budget, given back when it is answered. */
export class BodyShare {
  readonly #budget: BodyBudget;
  #held = 0;

  constructor(budget: BodyBudget) {
    this.#budget = budget;
  }

  take(bytes: number): void {
    this.#budget.take(bytes);
    this.#held += bytes;
  }

  release(): void {
    this.#budget.giveBack(this.#held);
    this.#held = 0;
  }
}

/** @throws Refusal 415 unless it says that it is JSON in UTF-8, as it stands; 413 where it says that it is too long */
export function assertJsonBody({ headers }: IncomingMessage, maxBytes: number): void {
  const type = headers['content-type'] ?? '';
  if (!/^application\/json(?:\s*;\s*charset="?utf-8"?)?\s*$/i.test(type)) {
    throw new Refusal(415, 'unsupported_media_type', 'Send JSON, with content-type: application/json.');
  }
  if (!/^(?:|identity)$/i.test(headers['content-encoding'] ?? '')) {
    throw new Refusal(415, 'unsupported_media_type', 'Send the body as it is: no content-encoding is taken.');
  }
  if (Number(headers['content-length'] ?? 0) > maxBytes) throw tooLong(maxBytes);
}

const tooLong = (maxBytes: number): Refusal =>
  new Refusal(413, 'too_large', `The body is longer than ${maxBytes} bytes.`);

/**
 * The JSON in a body. Reads no more than it may.
 * @throws Refusal 400 when it is no JSON in UTF-8 or does not come whole, 413 when it is too long, 503 when there is no room
 */
export async function readJsonBody(request: IncomingMessage, how: BodyReading): Promise<Json> {
  const bytes = await readBytes(request, how);
  let text: string;
  try {
    text = fromUtf8(bytes);
  } catch (cause) {
    throw new Refusal(400, 'bad_request', 'The body is not UTF-8.', { field: 'body', cause });
  }
  return parseJson(text, 'body', { maxLength: how.maxBytes, maxDepth: MAX_DEPTH });
}

export interface BodyReading {
  readonly maxBytes: number;
  readonly share: BodyShare;
  /** Aborts with an error where the body cannot come whole any more. */
  readonly broken: AbortSignal;
}

/** By events: an async iterator over the chunks would destroy the socket on a refusal, before anybody reads why. */
function readBytes(request: IncomingMessage, { maxBytes, share, broken }: BodyReading): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  return new Promise((resolve, reject) => {
    const stop = (error: unknown): void => {
      request.off('data', take).pause();
      reject(error instanceof Error ? error : partial(error));
    };
    const take = (chunk: Buffer): void => {
      try {
        length += chunk.length;
        if (length > maxBytes) throw tooLong(maxBytes);
        share.take(chunk.length);
        chunks.push(chunk);
      } catch (error) {
        stop(error);
      }
    };
    request.on('data', take);
    request.once('end', () => resolve(Buffer.concat(chunks)));
    request.once('close', () => {
      if (!request.readableEnded) reject(partial());
    });
    request.once('error', (cause) => reject(partial(cause)));
    broken.addEventListener('abort', () => stop(broken.reason), { once: true });
  });
}

const partial = (cause?: unknown): Refusal =>
  new Refusal(400, 'bad_request', 'The body did not come whole.', { field: 'body', cause });
