import { join } from 'node:path';
import { signingKeyOf } from '../../lib/capabilities/index.ts';
import { SecretBytes, randomBytes } from '../../lib/core/index.ts';
import { memoryLedger } from '../../lib/sdk/index.ts';
import type { Asked, Reply, Running } from '../http.ts';
import { pageRoutes, startServer } from '../http.ts';
import type { Bank } from './counter.ts';
import { answered, enrol, isRevoked, publishedKeys, showLimit, takeBack } from './counter.ts';
import { Limits } from './limits.ts';

/** Tokens that the bank remembers at once: each for two minutes. */
const LEDGER_CAPACITY = 10_000;
/** Milliseconds that a wallet's clock may be off. */
const SKEW = 30_000;

/**
 * Starts Pennywhistle Savings, with a key made anew.
 * @param options.port default: a free one
 * @param options.now milliseconds since the epoch; for tests
 */
export async function startBank(
  options: { readonly port?: number; readonly host?: string; readonly now?: () => number } = {},
): Promise<Running> {
  const { port = 0, host = '127.0.0.1', now = Date.now } = options;
  const key = signingKeyOf(SecretBytes.take(randomBytes(32)));
  const page = await pageRoutes(join(import.meta.dirname, 'page'));
  return startServer({ host, port }, (origin) => {
    const bank: Bank = {
      ...{ origin, key, now, limits: new Limits(now) },
      // At a new address no token was ever taken. At a fixed one, those from before the start are refused.
      ledger: memoryLedger({
        ...{ capacity: LEDGER_CAPACITY, skew: SKEW, clock: now },
        ...(port === 0 && { completeSince: 0 }),
      }),
    };
    return Promise.resolve(
      new Map<string, (asked: Asked) => Reply | Promise<Reply>>([
        ...page,
        ['GET /limit', (asked) => showLimit(asked, bank)],
        ['POST /enrol', (asked) => enrol(asked, bank)],
        ['POST /answered', (asked) => answered(asked, bank)],
        ['POST /take-back', (asked) => takeBack(asked, bank)],
        ['GET /revoked/*', (asked) => isRevoked(asked, bank)],
        ['GET /.well-known/signet-authority.json', () => publishedKeys(bank)],
      ]),
    );
  });
}

if (import.meta.main) {
  const { origin } = await startBank({ port: Number(process.env['PORT'] ?? 0) });
  console.log(`Pennywhistle Savings: ${origin}`);
}
