import { join } from 'node:path';
import type { VerifyResult } from '../../lib/sdk/index.ts';
import type { Asked, Reply, Running } from '../http.ts';
import { pageRoutes, startServer } from '../http.ts';
import type { BelievedIssuer } from './believed.ts';
import { papersWithKeys, papersWithLateKeys } from './believed.ts';
import { arrive, enter, lookAround } from './door.ts';
import type { Door } from './door.ts';
import { Visits } from './visits.ts';

/** Vine & Barrel, running. */
export interface RunningShop extends Running {
  /** Every byte that ever reached the server, so that a search in it shows what the shop cannot know. */
  readonly received: () => Buffer;
  /** What the SDK said about each proof, oldest first. */
  readonly checked: readonly VerifyResult[];
}

/**
 * Starts the shop of the demo. Fetches the keys of who signs licences once, now; of who signs cards when somebody comes
 * with one.
 * @param options.issuers whose licences it believes
 * @param options.clubs whose cards it believes; none: the members' door is closed
 * @param options.port default: a free one
 * @param options.now milliseconds since the epoch; for tests
 */
export async function startShop(options: {
  issuers: readonly BelievedIssuer[];
  clubs?: readonly BelievedIssuer[];
  port?: number;
  host?: string;
  now?: () => number;
}): Promise<RunningShop> {
  const { clubs = [], port = 0, host = 'localhost', now = Date.now } = options;
  const papers = { licence: await papersWithKeys(options.issuers), card: papersWithLateKeys(clubs, now) };
  const page = await pageRoutes(join(import.meta.dirname, 'page'));
  const chunks: Buffer[] = [];
  const checked: VerifyResult[] = [];
  const running = await startServer({ host, port, onBytes: (bytes) => chunks.push(bytes) }, (origin) => {
    const visits = new Visits(now);
    const door: Door = { origin, papers, visits, now, onChecked: (result) => checked.push(result) };
    return Promise.resolve(
      new Map<string, (asked: Asked) => Reply | Promise<Reply>>([
        ...page,
        ['POST /arrive', (asked) => arrive(asked, door)],
        ['POST /enter', (asked) => enter(asked, door)],
        ['GET /shelf', (asked) => lookAround('shelf', asked, door)],
        ['GET /evenings', (asked) => lookAround('evenings', asked, door)],
      ]),
    );
  });
  return { ...running, received: () => Buffer.concat(chunks), checked };
}

if (import.meta.main) {
  const [issuer] = process.argv.slice(2);
  if (issuer === undefined) throw new Error('Say whose papers to believe: node demo/shop/server.ts ISSUER_ORIGIN');
  const { origin } = await startShop({
    issuers: [{ issuer, type: `${issuer}/driving-licence` }],
    clubs: [{ issuer, type: `${issuer}/membership` }],
    port: Number(process.env['PORT'] ?? 0),
  });
  console.log(`Vine & Barrel: ${origin}`);
}
