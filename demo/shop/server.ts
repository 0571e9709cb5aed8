import { join } from 'node:path';
import type { TrustedIssuer, VerifyResult } from '../../lib/sdk/index.ts';
import type { Asked, Reply, Running } from '../http.ts';
import { pageRoutes, startServer } from '../http.ts';
import { arrive, enter, shelf } from './door.ts';
import type { Door } from './door.ts';
import { Visits } from './visits.ts';

/** An issuer the shop believes: its origin, and the type (`vct`) of its licences. */
export interface BelievedIssuer {
  readonly issuer: string;
  readonly type: string;
}

/** Vine & Barrel, running. */
export interface RunningShop extends Running {
  /** Every byte that ever reached the server, so that a search in it shows what the shop cannot know. */
  readonly received: () => Buffer;
  /** What the SDK said about each proof, oldest first. */
  readonly checked: readonly VerifyResult[];
}

/**
 * Starts the shop of the demo. Fetches the issuers' keys once, now.
 * @param options.port default: a free one
 * @param options.now milliseconds since the epoch; for tests
 */
export async function startShop(options: {
  issuers: readonly BelievedIssuer[];
  port?: number;
  host?: string;
  now?: () => number;
}): Promise<RunningShop> {
  const { port = 0, host = 'localhost', now = Date.now } = options;
  const issuers = await Promise.all(options.issuers.map(fetchKeys));
  const types = options.issuers.map(({ type }) => type);
  const page = await pageRoutes(join(import.meta.dirname, 'page'));
  const chunks: Buffer[] = [];
  const checked: VerifyResult[] = [];
  const running = await startServer({ host, port, onBytes: (bytes) => chunks.push(bytes) }, (origin) => {
    const visits = new Visits(now);
    const door: Door = { origin, issuers, types, visits, now, onChecked: (result) => checked.push(result) };
    return Promise.resolve(
      new Map<string, (asked: Asked) => Reply | Promise<Reply>>([
        ...page,
        ['POST /arrive', (asked) => arrive(asked, door)],
        ['POST /enter', (asked) => enter(asked, door)],
        ['GET /shelf', (asked) => shelf(asked, door)],
      ]),
    );
  });
  return { ...running, received: () => Buffer.concat(chunks), checked };
}

/** An issuer's keys, by value, as the SDK wants them (SD-JWT VC §5). */
async function fetchKeys({ issuer, type }: BelievedIssuer): Promise<TrustedIssuer> {
  const response = await fetch(`${issuer}/.well-known/jwt-vc-issuer`, { redirect: 'error' });
  const metadata = (await response.json()) as { issuer?: unknown; jwks?: { keys: object[] } }; // checked by the SDK
  if (metadata.issuer !== issuer || metadata.jwks === undefined)
    throw new Error(`${issuer} does not publish its keys.`);
  return { issuer, types: [type], jwks: metadata.jwks };
}

if (import.meta.main) {
  const [issuer] = process.argv.slice(2);
  if (issuer === undefined) throw new Error('Say whose licences to believe: node demo/shop/server.ts ISSUER_ORIGIN');
  const port = Number(process.env['PORT'] ?? 0);
  const { origin } = await startShop({ issuers: [{ issuer, type: `${issuer}/driving-licence` }], port });
  console.log(`Vine & Barrel: ${origin}`);
}
