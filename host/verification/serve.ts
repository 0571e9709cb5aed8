import { SignetError } from '../../lib/core/index.ts';
import type { Configuration } from './configuration/read.ts';
import { Answerer } from './http/answer.ts';
import { Gate } from './http/gate.ts';
import { BodyBudget } from './http/read-body.ts';
import type { Place } from './http/server.ts';
import { HttpServer } from './http/server.ts';
import { hostsOf, inUrl } from './listening.ts';
import { MemoryNonces } from './nonces/memory-nonces.ts';
import type { NonceStore } from './nonces/nonce-store.ts';
import { RedisNonces } from './nonces/redis-nonces.ts';
import { RateLimit } from './rate.ts';
import type { RequestLog } from './request-log.ts';
import { routesOf } from './routes.ts';
import { StatusLists } from './status-lists.ts';
import { Verifier } from './verifier.ts';

/** Milliseconds that what runs has to end in, once it is to stop. */
const LAST_MOMENTS = 10_000;

export interface ServeOptions {
  readonly configuration: Configuration;
  readonly place: Place;
  /** No proof was accepted before this start: those of a moment ago are taken at once. */
  readonly isFresh: boolean;
  readonly log: RequestLog;
}

/** A verification server that runs. */
export interface RunningVerification {
  /** `http://127.0.0.1:3000` */
  readonly url: string;
  readonly port: number;
  /** @returns whether everything that was asked was answered */
  stop(): Promise<boolean>;
}

/** Starts a verification server. @throws SignetError where it cannot listen, or something it needs is missing */
export async function startVerification(options: ServeOptions): Promise<RunningVerification> {
  const { configuration, place, log } = options;
  const { limits } = configuration;
  const nonces = await openNonces(options);
  let isClosing = false;
  const lists = new StatusLists({ fetch, now: Date.now, isDevelopment: configuration.development });
  const status = configuration.status === 'skip' ? 'skip' : lists.fetch;
  const verifier = new Verifier({ configuration, nonces, status, clock: Date.now });
  const hosts = new Set<string>();
  const answerer = new Answerer({
    routes: routesOf({ configuration, verifier, nonces, now: Date.now, isClosing: () => isClosing }),
    gate: new Gate({
      hosts,
      origins: new Set(configuration.origins),
      proxies: new Set(configuration.proxies),
      rate: new RateLimit({ perClient: limits.per_client, inAll: limits.in_all }, () => performance.now()),
    }),
    budget: new BodyBudget(limits.bodies_bytes),
    limits,
    log,
  });
  const server = new HttpServer(limits, answerer);
  try {
    hostsOf(place.host, place.port, configuration.hosts); // who could not be named is told before it listens
    const port = await server.listen(place);
    for (const name of hostsOf(place.host, port, configuration.hosts)) hosts.add(name);
    return {
      url: `http://${inUrl(place.host)}:${port}`,
      port,
      stop: async () => {
        isClosing = true;
        const isWhole = await server.close(LAST_MOMENTS);
        await nonces.close();
        log.flush();
        return isWhole;
      },
    };
  } catch (error) {
    await nonces.close();
    throw SignetError.from(error);
  }
}

async function openNonces({ configuration, isFresh, log }: ServeOptions): Promise<NonceStore> {
  const { nonces, limits } = configuration;
  if (nonces.redis === undefined) return new MemoryNonces({ capacity: limits.nonces, isFresh, clock: Date.now });
  return RedisNonces.open({
    url: nonces.redis,
    prefix: nonces.prefix,
    isFresh,
    onChange: (state, detail) =>
      log.add({ level: state === 'ready' ? 'warn' : 'error', event: `nonces_${state}`, detail }),
  });
}
