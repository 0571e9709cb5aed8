import { isIP, isIPv4 } from 'node:net';

/** Requests that may come: so many a second, and as many at once. */
class Bucket {
  #left: number;
  #at: number;
  readonly #perSecond: number;

  /** @param now milliseconds on a clock that only goes on */
  constructor(perSecond: number, now: number) {
    this.#perSecond = perSecond;
    this.#left = perSecond;
    this.#at = now;
  }

  /** @returns 0 where it may come; else the milliseconds until one may */
  take(now: number): number {
    this.#left = Math.min(this.#perSecond, this.#left + ((now - this.#at) * this.#perSecond) / 1000);
    this.#at = now;
    if (this.#left < 1) return ((1 - this.#left) * 1000) / this.#perSecond;
    this.#left -= 1;
    return 0;
  }
}

/** Addresses that are counted one by one at most. The one that was quiet longest is forgotten first. */
const MOST_CLIENTS = 4096;

/** How many requests may come from one address, and from all together. */
export class RateLimit {
  readonly #perClient: number;
  readonly #all: Bucket;
  readonly #clients = new Map<string, Bucket>();
  readonly #now: () => number;

  /** @param now milliseconds on a clock that only goes on */
  constructor(limits: { readonly perClient: number; readonly inAll: number }, now: () => number) {
    this.#perClient = limits.perClient;
    this.#all = new Bucket(limits.inAll, now());
    this.#now = now;
  }

  /** @param client from `clientOf` @returns 0 where the request may come; else the milliseconds until one may */
  take(client: string): number {
    const now = this.#now();
    const wait = this.#bucketOf(client, now).take(now);
    return wait > 0 ? wait : this.#all.take(now);
  }

  #bucketOf(client: string, now: number): Bucket {
    const bucket = this.#clients.get(client) ?? new Bucket(this.#perClient, now);
    this.#clients.delete(client);
    this.#clients.set(client, bucket);
    if (this.#clients.size > MOST_CLIENTS) {
      const [quietest] = this.#clients.keys();
      if (quietest !== undefined) this.#clients.delete(quietest);
    }
    return bucket;
  }
}

/**
 * Whom a request is counted on: the address it came from, or, where that is a proxy of ours, the last address that a proxy
 * of ours did not add. IPv6 counts by its network of 64 bits, which one client has whole.
 * @param forwarded `X-Forwarded-For`, a stranger's word up to the part that a proxy of ours wrote
 */
export function clientOf(peer: string, forwarded: string | undefined, proxies: ReadonlySet<string>): string {
  let client = plain(peer);
  const hops = forwarded === undefined ? [] : forwarded.split(',');
  while (proxies.has(client)) {
    const before = plain(hops.pop()?.trim() ?? '');
    if (isIP(before) === 0) break;
    client = before;
  }
  return isIP(client) === 6 ? networkOf(client) : client;
}

/** An IPv4 address in the clothes of IPv6 is one of IPv4. */
const plain = (address: string): string => {
  const mapped = /^::ffff:(.+)$/i.exec(address)?.[1];
  return mapped !== undefined && isIPv4(mapped) ? mapped : address;
};

function networkOf(address: string): string {
  const [before = '', after = ''] = address.replace(/%.*$/, '').split('::');
  const head = before.split(':').filter((group) => group !== '');
  const tail = after.split(':').filter((group) => group !== '');
  const zeros: string[] = Array.from({ length: Math.max(0, 8 - head.length - tail.length) }, () => '0');
  const groups = [...head, ...(address.includes('::') ? zeros : []), ...tail];
  return groups
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':');
}
