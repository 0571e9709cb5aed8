import { utf8 } from '../../../lib/core/index.ts';
import type { AuthorityContext, ConsumptionLedger, DecidePolicy, ReplayStore } from '../../../lib/sdk/index.ts';
import { checkAuthority } from '../../../lib/sdk/index.ts';
import { compilePolicy } from '../../../lib/spl/index.ts';
import { GIFT_HOST, GIFT_REQUEST } from '../../fixtures/spl/gift.ts';
import type { BatchOptions } from '../batches.ts';
import { timeBatches } from '../batches.ts';

export const NONCE = 'BgYGBgYGBgYGBgYGBgYGBg';
export const CALL = { method: 'POST', url: 'https://shop.example/pay', body: '{"cart":7}' } as const;
export const PURCHASE = { action: 'purchase', amount: '10.00', minor: 1000, currency: 'USD' } as const;

/** A token with all that came with it, as plain values that can be sent to a worker. */
export interface CheckCase {
  readonly token: string;
  readonly proof: string;
  /** Milliseconds since the epoch. */
  readonly now: number;
  readonly beside: Pick<AuthorityContext, 'issuers' | 'standing' | 'clause' | 'unit' | 'lastUnit'>;
}

/** Each call asks about the same token and proof: what is measured is the deciding, so the stores always say that all is new. */
const replay: ReplayStore = { remember: () => Promise.resolve('new') };
const ledger: ConsumptionLedger = { consume: () => Promise.resolve('ok') };
/** The gift policy is about a request of its own; compiled anew each time, as a merchant who sees it first does. */
const decide: DecidePolicy = (policy) => compilePolicy(policy).decide(GIFT_REQUEST, GIFT_HOST);

/** Microseconds that `checkAuthority` takes for a token that it allows. */
export function timeCheck({ token, proof, now, beside }: CheckCase, batches: BatchOptions): Promise<number[]> {
  const { action, amount, currency } = PURCHASE;
  const { method, url, body } = CALL;
  const context: AuthorityContext = {
    ...{ action, amount, currency, audience: 'https://shop.example', now: new Date(now) },
    ...{ ledger, decide, proof: { method, url, body: utf8(body), proof, nonce: NONCE, replay } },
    ...beside,
  };
  return timeBatches(batches, async () => {
    const { allowed, reasons } = await checkAuthority(token, context);
    if (!allowed) throw new Error(`A token was refused: ${reasons.map(({ detail }) => detail).join(' ')}`);
  });
}
