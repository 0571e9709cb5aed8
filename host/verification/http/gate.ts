import type { IncomingMessage } from 'node:http';
import type { RateLimit } from '../rate.ts';
import { clientOf } from '../rate.ts';
import { Refusal, retryAfter } from './reply.ts';

export interface GateOptions {
  /** As a `Host` header says them, in lower case. */
  readonly hosts: ReadonlySet<string>;
  /** Pages that may ask from a browser. */
  readonly origins: ReadonlySet<string>;
  readonly proxies: ReadonlySet<string>;
  readonly rate: RateLimit;
}

/** Looks at who asks, and whom they think they ask, before anything is read. */
export class Gate {
  readonly #options: GateOptions;

  constructor(options: GateOptions) {
    this.#options = options;
  }

  /**
   * @throws Refusal 429 for too many requests; 400 for no host or several; 421 for a host that is none of ours, as a page has
   *   whose name leads here (DNS rebinding); 403 for the page of another origin
   */
  assertMayAsk(request: IncomingMessage): void {
    const { hosts, origins } = this.#options;
    this.#assertRate(request);
    const host = single(request, 'host');
    if (host === undefined) throw new Refusal(400, 'bad_request', 'Say one host.', { field: 'host' });
    if (!hosts.has(host.toLowerCase())) throw new Refusal(421, 'wrong_host', 'This server has another name.');
    const origin = single(request, 'origin');
    if (origin !== undefined && !origins.has(origin)) {
      throw new Refusal(403, 'wrong_origin', 'Pages of this origin may not ask here.');
    }
  }

  /** Headers for a page that may ask; none for what is no page. Once `assertMayAsk` let it through. */
  corsHeaders({ headers: { origin } }: IncomingMessage): Readonly<Record<string, string>> {
    if (this.#options.origins.size === 0) return {};
    if (origin === undefined) return { vary: 'origin' };
    return {
      'access-control-allow-origin': origin,
      'access-control-expose-headers': 'x-request-id, retry-after',
      vary: 'origin',
    };
  }

  #assertRate({ socket, headers }: IncomingMessage): void {
    const forwarded = headers['x-forwarded-for'];
    const client = clientOf(socket.remoteAddress ?? '', [forwarded ?? []].flat().join(','), this.#options.proxies);
    const wait = this.#options.rate.take(client);
    if (wait > 0) {
      throw new Refusal(429, 'too_many', 'Too many requests. Try again later.', { headers: retryAfter(wait / 1000) });
    }
  }
}

/** A header that may come once. Node keeps the first of several; here there must be no other. */
function single({ rawHeaders }: IncomingMessage, name: string): string | undefined {
  const values = rawHeaders.filter((_, at) => at % 2 === 1 && rawHeaders[at - 1]?.toLowerCase() === name);
  if (values.length > 1) throw new Refusal(400, 'bad_request', `Say one ${name}.`, { field: name });
  return values[0];
}
