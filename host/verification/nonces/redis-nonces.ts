import type { Redis } from 'ioredis';
import { SignetError } from '../../../lib/core/index.ts';
import type { NonceStore } from './nonce-store.ts';

/** Milliseconds. */
const COMMAND_TIMEOUT = 1000;
const CONNECT_TIMEOUT = 2000;
const SILENCE = 2000;
const LONGEST_PAUSE = 2000;
/** Commands that wait for their answer, at most: what comes beyond is refused, not queued. */
const MOST_WAITING = 2048;

export interface RedisPlace {
  /** `redis://`, `rediss://`, or the path of a Unix socket. */
  readonly url: string;
  /** Before every key. */
  readonly prefix: string;
  /** No nonce was answered before: counts only for a Redis that holds no mark of ours, at the first connection. */
  readonly isFresh: boolean;
  /** Hears that it can, or cannot, be reached. Never with the URL, which may hold a password. */
  readonly onChange: (state: 'ready' | 'gone' | 'unfit', detail: string) => void;
}

/** A Redis as it runs now: whatever it held before its start may be lost. */
interface Era {
  readonly completeSince: number;
}

/**
 * Nonces in a Redis that several servers share. A nonce is taken with one `SET NX PX`, so of two servers one gets it. Each
 * run of a Redis is marked with the time from which on it has remembered everything: after a restart, a failover or a flush
 * it begins anew, whatever came back from its disk.
 */
export class RedisNonces implements NonceStore {
  readonly #redis: Redis;
  readonly #place: RedisPlace;
  #era: Era | undefined;
  #state: 'new' | 'ready' | 'gone' = 'new';
  #wasReached = false;
  #waiting = 0;

  private constructor(redis: Redis, place: RedisPlace) {
    this.#redis = redis;
    this.#place = place;
    redis.on('ready', () => void this.#begin());
    redis.on('close', () => this.#lose('The connection is lost.'));
    redis.on('error', (error: Error) => this.#lose('code' in error ? String(error.code) : error.name));
  }

  /**
   * Begins to connect, and does not wait for it: until then nothing is accepted.
   * @throws SignetError unsupported where the package `ioredis` is not installed
   */
  static async open(place: RedisPlace): Promise<RedisNonces> {
    const { Redis: Client } = await loadClient();
    const redis = new Client(place.url, {
      lazyConnect: true,
      enableOfflineQueue: false,
      autoResendUnfulfilledCommands: false,
      maxRetriesPerRequest: 0,
      commandTimeout: COMMAND_TIMEOUT,
      connectTimeout: CONNECT_TIMEOUT,
      socketTimeout: SILENCE,
      retryStrategy: (times) => Math.min(50 * 2 ** Math.min(times, 10), LONGEST_PAUSE),
    });
    const nonces = new RedisNonces(redis, place);
    redis.connect().catch(() => undefined); // told by the event, and tried again
    return nonces;
  }

  get completeSince(): number | undefined {
    return this.#era?.completeSince;
  }

  async remember(id: string, until: number): Promise<'new' | 'seen' | 'full'> {
    const era = this.#era;
    if (era === undefined) throw gone();
    if (this.#waiting >= MOST_WAITING) return 'full';
    const taken = await this.#ask(() =>
      this.#redis.set(this.#place.prefix + id, '1', 'PX', Math.max(1, Math.ceil(until - Date.now())), 'NX'),
    );
    // Taken in another run than the one whose completeness was looked at: nobody knows.
    if (this.#era !== era) throw gone();
    return taken === 'OK' ? 'new' : 'seen';
  }

  async isReady(): Promise<boolean> {
    if (this.#era === undefined || this.#waiting >= MOST_WAITING) return false;
    return this.#ask(() => this.#redis.ping()).then(
      () => this.#era !== undefined,
      () => false,
    );
  }

  close(): Promise<void> {
    this.#era = undefined;
    this.#redis.removeAllListeners('close').disconnect();
    return Promise.resolve();
  }

  async #ask<T>(command: () => Promise<T>): Promise<T> {
    this.#waiting += 1;
    try {
      return await command();
    } catch (cause) {
      throw gone(cause);
    } finally {
      this.#waiting -= 1;
    }
  }

  #lose(detail: string): void {
    this.#era = undefined;
    if (this.#state !== 'gone') this.#place.onChange('gone', detail);
    this.#state = 'gone';
  }

  /** Finds out what this run of Redis remembers, and marks it where no server did. */
  async #begin(): Promise<void> {
    const isFresh = this.#place.isFresh && !this.#wasReached;
    this.#wasReached = true;
    try {
      const info = await this.#redis.info();
      const unfit = unfitness(info);
      if (unfit !== undefined) {
        this.#place.onChange('unfit', unfit);
        return;
      }
      this.#era = { completeSince: await this.#markRun(infoField(info, 'run_id'), isFresh) };
      this.#state = 'ready';
      this.#place.onChange('ready', '');
    } catch {
      this.#redis.disconnect(true); // comes back as a new connection, and is asked again
    }
  }

  /** @returns milliseconds since the epoch by the clock of Redis, which all servers share */
  async #markRun(run: string, isFresh: boolean): Promise<number> {
    const key = `${this.#place.prefix}since`;
    const mark = await this.#redis.get(key);
    const [markedRun, since] = mark?.split(' ') ?? [];
    if (markedRun === run && since !== undefined) return Number(since);
    const [seconds] = await this.#redis.time();
    const begins = isFresh && mark === null ? 0 : (Number(String(seconds)) + 1) * 1000; // a text, whatever its type says
    await this.#redis.set(key, `${run} ${begins}`);
    return begins;
  }
}

const gone = (cause?: unknown): SignetError =>
  new SignetError('network', 'The store of nonces does not answer. Try again later.', { field: 'nonces', cause });

async function loadClient(): Promise<{ readonly Redis: typeof Redis }> {
  try {
    return await import('ioredis');
  } catch (cause) {
    throw new SignetError(
      'unsupported',
      'nonces.redis needs the package ioredis (5 or newer) where signet is installed: npm install ioredis.',
      { field: 'nonces.redis', cause },
    );
  }
}

/** Why a Redis is no place for nonces; undefined where it is one. */
function unfitness(info: string): string | undefined {
  if (infoField(info, 'run_id') === '') return 'This Redis does not say which run it is (INFO, run_id).';
  if (infoField(info, 'role') === 'slave') return 'This Redis is a replica. Nonces need the primary.';
  const isBounded = infoField(info, 'maxmemory') !== '0';
  if (!isBounded || infoField(info, 'maxmemory_policy') === 'noeviction') return undefined;
  return 'This Redis forgets keys when it is full. Set maxmemory-policy to noeviction.';
}

/** A line of `INFO`; '' where there is none. */
const infoField = (info: string, name: string): string => new RegExp(`^${name}:(.*?)\r?$`, 'm').exec(info)?.[1] ?? '';
