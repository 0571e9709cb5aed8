import { join } from 'node:path';
import type { AuthorityResult, VerifyResult } from '../../lib/sdk/index.ts';
import { MemoryReplayStore, memoryLedger } from '../../lib/sdk/index.ts';
import type { Asked, Reply, Running } from '../http.ts';
import { pageRoutes, startServer } from '../http.ts';
import { sdkForPages } from '../sdk-for-pages.ts';
import { believedBank } from './banks.ts';
import type { BelievedIssuer } from './believed.ts';
import { papersWithKeys, papersWithLateKeys } from './believed.ts';
import { arrive, enter, inside, lookAround } from './door.ts';
import type { Door } from './door.ts';
import { Orders } from './orders.ts';
import { createReceiptKey } from './receipt-key.ts';
import type { Sale, Till } from './till.ts';
import { aboutTill, checkout, placeOrder } from './till.ts';
import { Visits } from './visits.ts';

/** Vine & Barrel, running. */
export interface RunningShop extends Running {
  /** Every byte that ever reached the server, so that a search in it shows what the shop cannot know. */
  readonly received: () => Buffer;
  /** What the SDK said about each proof, oldest first. */
  readonly checked: readonly VerifyResult[];
  /** What the SDK said about each token that was to pay, oldest first. */
  readonly judged: readonly AuthorityResult[];
  /** What was sold, oldest first. */
  readonly sales: readonly Sale[];
}

/** Tokens that the shop remembers at once: each for a quarter of an hour. */
const LEDGER_CAPACITY = 10_000;
/** Milliseconds that a wallet's clock may be off. */
const SKEW = 30_000;

/**
 * Starts the shop of the demo. Fetches the keys of who signs licences once, now; of who signs cards when somebody comes
 * with one; of banks once, now.
 * @param options.issuers whose licences it believes
 * @param options.clubs whose cards it believes; none: the members' door is closed
 * @param options.banks origins of those that may stand behind a purchase; none: the till is closed
 * @param options.port default: a free one
 * @param options.now milliseconds since the epoch; for tests
 */
export async function startShop(options: {
  issuers: readonly BelievedIssuer[];
  clubs?: readonly BelievedIssuer[];
  banks?: readonly string[];
  port?: number;
  host?: string;
  now?: () => number;
}): Promise<RunningShop> {
  const { clubs = [], banks: bankOrigins = [], port = 0, host = 'localhost', now = Date.now } = options;
  const papers = { licence: await papersWithKeys(options.issuers), card: papersWithLateKeys(clubs, now) };
  const banks = await Promise.all(bankOrigins.map(believedBank));
  const receipts = await createReceiptKey();
  const page = await pageRoutes(join(import.meta.dirname, 'page'));
  const chunks: Buffer[] = [];
  const checked: VerifyResult[] = [];
  const judged: AuthorityResult[] = [];
  const sales: Sale[] = [];
  const running = await startServer({ host, port, onBytes: (bytes) => chunks.push(bytes) }, (origin) => {
    const visits = new Visits(now);
    const replay = new MemoryReplayStore({ clock: now });
    const door: Door = { origin, papers, visits, replay, now, onChecked: (result) => checked.push(result) };
    const till: Till = {
      ...{ origin, banks, bankOrigins, receipts, now, orders: new Orders(now) },
      // At a new address no token was ever taken. At a fixed one, those from before the start are refused.
      ledger: memoryLedger({
        ...{ capacity: LEDGER_CAPACITY, skew: SKEW, clock: now },
        ...(port === 0 && { completeSince: 0 }),
      }),
      replay,
      onJudged: (result) => judged.push(result),
      onSold: (sale) => sales.push(sale),
    };
    return Promise.resolve(
      new Map<string, (asked: Asked) => Reply | Promise<Reply>>([
        ...page,
        ['GET /signet.js', sdkForPages()],
        ['POST /arrive', (asked) => arrive(asked, door)],
        ['POST /enter', (asked) => enter(asked, door)],
        ['GET /shelf', (asked) => lookAround('shelf', asked, door)],
        ['GET /evenings', (asked) => lookAround('evenings', asked, door)],
        ['GET /till', () => aboutTill(till)],
        ['POST /order', inside(door, (asked, guest) => placeOrder(asked, guest, till))],
        ['POST /checkout', inside(door, (asked, guest) => checkout(asked, guest, till))],
      ]),
    );
  });
  return { ...running, received: () => Buffer.concat(chunks), checked, judged, sales };
}

if (import.meta.main) {
  const [issuer, ...banks] = process.argv.slice(2);
  if (issuer === undefined) {
    throw new Error('Say whose papers to believe: node demo/shop/server.ts ISSUER_ORIGIN [BANK_ORIGIN]');
  }
  const { origin } = await startShop({
    issuers: [{ issuer, type: `${issuer}/driving-licence` }],
    clubs: [{ issuer, type: `${issuer}/membership` }],
    banks,
    port: Number(process.env['PORT'] ?? 0),
  });
  console.log(`Vine & Barrel: ${origin}`);
}
