import { SignetError, fromUtf8 } from '../../lib/core/index.ts';
import { MAX_STATUS_LIST_TOKEN_LENGTH, parseJws } from '../../lib/credentials/verifying/index.ts';
import { fetchQuietly, readBytes } from '../../lib/platform/quiet-fetch.ts';
import type { StatusFetch } from '../../lib/sdk/index.ts';

/** Seconds that a list is kept which does not say for how long, and at most. */
const USUAL_TTL = 300;
const LONGEST_TTL = 3600;
/** Milliseconds. */
const FETCH_TIME = 5000;
/** A list that could not be fetched is not asked for again at once. */
const PAUSE = 2000;
const MOST_LISTS = 64;
const MOST_CHARACTERS = 32 * 1024 * 1024;

interface Kept {
  readonly text: string;
  /** Milliseconds since the epoch. */
  readonly until: number;
}

export interface StatusListOptions {
  readonly fetch: typeof globalThis.fetch;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Lists on this machine by http are asked for too. */
  readonly isDevelopment: boolean;
}

/**
 * Fetches status lists, each once at a time, and keeps them for as long as their `ttl` says, an hour at most (Token Status
 * List §13.7). Whether a list is to be believed is looked at each time by whoever asks; here nothing is.
 */
export class StatusLists {
  readonly #options: StatusListOptions;
  readonly #kept = new Map<string, Kept>();
  readonly #running = new Map<string, Promise<string>>();
  readonly #failed = new Map<string, number>();
  #characters = 0;

  constructor(options: StatusListOptions) {
    this.#options = options;
  }

  /** @throws SignetError network, issuer_refused or bad_request where there is no list to be had */
  readonly fetch: StatusFetch = (uri) => {
    const kept = this.#kept.get(uri);
    if (kept !== undefined && kept.until > this.#options.now()) return Promise.resolve(kept.text);
    return this.#running.get(uri) ?? this.#begin(uri);
  };

  #begin(uri: string): Promise<string> {
    if ((this.#failed.get(uri) ?? 0) > this.#options.now()) {
      return Promise.reject(new SignetError('network', 'The status list could not be fetched a moment ago.'));
    }
    if (this.#running.size >= MOST_LISTS) {
      return Promise.reject(new SignetError('too_many', 'Too many status lists are being fetched.'));
    }
    const running = this.#fetch(uri).finally(() => this.#running.delete(uri));
    this.#running.set(uri, running);
    return running;
  }

  async #fetch(uri: string): Promise<string> {
    const { fetch, isDevelopment } = this.#options;
    if (!isDevelopment && !uri.startsWith('https:')) {
      throw new SignetError('bad_request', 'A status list on this machine is for development alone.');
    }
    const headers = { Accept: 'application/statuslist+jwt' };
    try {
      const limits = { maxBytes: MAX_STATUS_LIST_TOKEN_LENGTH, maxMilliseconds: FETCH_TIME };
      const text = await fetchQuietly(fetch, { url: uri, method: 'GET', headers }, limits, textOf);
      this.#keep(uri, text);
      return text;
    } catch (error) {
      this.#fail(uri);
      throw error;
    }
  }

  #fail(uri: string): void {
    if (this.#failed.size >= MOST_LISTS) this.#failed.clear();
    this.#failed.set(uri, this.#options.now() + PAUSE);
  }

  #keep(uri: string, text: string): void {
    this.#forget(uri);
    this.#failed.delete(uri);
    this.#kept.set(uri, { text, until: keptUntil(text, this.#options.now()) });
    this.#characters += text.length;
    for (const oldest of this.#kept.keys()) {
      if (this.#kept.size <= MOST_LISTS && this.#characters <= MOST_CHARACTERS) break;
      this.#forget(oldest);
    }
  }

  #forget(uri: string): void {
    this.#characters -= this.#kept.get(uri)?.text.length ?? 0;
    this.#kept.delete(uri);
  }
}

async function textOf(response: Response, host: string): Promise<string> {
  if (!response.ok) {
    throw new SignetError('issuer_refused', `${host} answered ${response.status} for its status list.`);
  }
  return fromUtf8(await readBytes(response, host, MAX_STATUS_LIST_TOKEN_LENGTH));
}

/** Milliseconds since the epoch. What is no list is not kept: whoever asked for it will say what is wrong. */
function keptUntil(text: string, now: number): number {
  try {
    const { ttl = USUAL_TTL, exp = Infinity } = parseJws(text, 'status_list', MAX_STATUS_LIST_TOKEN_LENGTH).payload;
    if (typeof ttl !== 'number' || typeof exp !== 'number') return now;
    return Math.min(now + Math.min(ttl, LONGEST_TTL) * 1000, exp * 1000);
  } catch {
    return now;
  }
}
