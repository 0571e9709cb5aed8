import { utf8 } from '../../lib/core/index.ts';
import type {
  AuthorityContext,
  AuthorityIssuer,
  AuthorityResult,
  CapabilitySpec,
  ConsumptionLedger,
  ReplayStore,
} from '../../lib/sdk/index.ts';
import { checkAuthority, parseCapability, signReceipt } from '../../lib/sdk/index.ts';
import type { Asked, Reply } from '../http.ts';
import { json, objectIn, Refusal } from '../http.ts';
import type { Order, Orders } from './orders.ts';
import { priceBasket } from './orders.ts';
import type { ReceiptKey } from './receipt-key.ts';
import { CURRENCY } from './wines.ts';

/** The one thing that the shop asks a wallet to allow. */
const ACTION = 'purchase';

/** Carries the holder's proof: it is about the body, so it cannot be in it. */
const PROOF_HEADER = 'Signet-Proof';

/** A basket that was paid. */
export interface Sale {
  readonly jti: string;
  readonly items: string;
  readonly amount: string;
  /** As the wallet was given it. */
  readonly receipt: string;
}

/** What was handed in, and all that it is decided with. */
interface Payment {
  readonly token: string;
  readonly context: AuthorityContext;
}

export interface Till {
  readonly origin: string;
  /** Who may stand behind a wallet; none: the till is closed. */
  readonly banks: readonly AuthorityIssuer[];
  /** Where to get one. */
  readonly bankOrigins: readonly string[];
  readonly orders: Orders;
  readonly ledger: ConsumptionLedger;
  readonly replay: ReplayStore;
  readonly receipts: ReceiptKey;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Hears what the SDK said of each token. */
  readonly onJudged: (result: AuthorityResult) => void;
  readonly onSold: (sale: Sale) => void;
}

/** `GET /till`: whether something can be bought, and which banks the shop knows. */
export const aboutTill = ({ bankOrigins }: Till): Reply => json({ open: bankOrigins.length > 0, banks: bankOrigins });

/** `POST /order`: rings a basket up. Answers with what the page shall ask the wallet, and the nonce to prove. */
export function placeOrder(asked: Asked, guest: string, till: Till): Reply {
  if (till.banks.length === 0) throw new Refusal(404, 'The till is closed today.');
  const order: Order = { ...priceBasket(objectIn(asked)['basket']), guest };
  const spec: CapabilitySpec = {
    kind: ACTION,
    max_amount: order.amount,
    currency: CURRENCY,
    domain: till.origin,
    one_time: true,
    purpose: purposeOf(order),
    receipt_jwk: till.receipts.jwk,
  };
  return json({ spec, nonce: till.orders.place(order) });
}

const purposeOf = ({ items }: Order): string => `Buy ${items}`;

/** `POST /checkout`: takes a token for an order, once, and only if the SDK allows exactly this purchase with it. */
export async function checkout(asked: Asked, guest: string, till: Till): Promise<Reply> {
  const { nonce, token, standing } = objectIn(asked);
  const order = till.orders.take(nonce, guest);
  if (typeof nonce !== 'string' || order === undefined) {
    return refused('wrong_nonce', 'This basket was rung up too long ago, or paid for already. Ring it up again.');
  }
  const proof = asked.headers.get(PROOF_HEADER);
  const seen = { method: 'POST', url: asked.url.href, nonce, body: utf8(asked.body), replay: till.replay };
  const payment: Payment = {
    token: typeof token === 'string' ? token : '',
    context: {
      ...{ action: ACTION, amount: order.amount, currency: CURRENCY, audience: till.origin, purpose: purposeOf(order) },
      ...{ issuers: till.banks, ledger: till.ledger, now: new Date(till.now()) },
      ...(typeof standing === 'string' && { standing }),
      ...(proof !== null && { proof: { ...seen, proof } }),
    },
  };
  const result = await checkAuthority(payment.token, payment.context);
  till.onJudged(result);
  return result.allowed ? await sell(order, result.jti, till) : await refusedBy(result, payment, till);
}

/** Hands over the bottles, and a receipt for the wallet. Sum and token are those that were counted a moment ago. */
async function sell({ items, amount }: Order, jti: string, till: Till): Promise<Reply> {
  const receipt = await signReceipt({ type: 'paid', jti, ...about(till), amount, items }, till.receipts.signer);
  till.onSold({ jti, items, amount, receipt });
  return json({ paid: true, items, amount, currency: CURRENCY, receipt });
}

const refused = (reason: string, why: string, more: object = {}): Reply =>
  json({ paid: false, reason, why, ...more }, 403);

/** What every receipt of the shop says. */
const about = ({ origin, now }: Till) => ({ audience: origin, currency: CURRENCY, at: new Date(now()) });

async function refusedBy({ reasons }: AuthorityResult, payment: Payment, till: Till): Promise<Reply> {
  const reason = reasons[0]?.reason ?? 'malformed';
  const why = WHY[reason] ?? WHY_NOT_READ;
  if (!NEEDS_BANK.has(reason)) return refused(reason, why);
  const receipt = await giveBack(payment, till);
  return refused(reason, why, { banks: till.bankOrigins, ...(receipt !== undefined && { receipt }) });
}

/**
 * Gives a permission back that nobody stands behind: a wallet counts it against its person's limits until the shop says
 * that it took nothing and never will. So it is used up first, as if its own key were believed: all is checked but that.
 * @returns the receipt, or undefined where there is nothing to give back
 */
async function giveBack({ token, context }: Payment, till: Till): Promise<string | undefined> {
  const { issuer, oneTime, maxAmount: unused, currency } = parseCapability(token);
  if (!oneTime || unused === undefined || currency !== CURRENCY) return undefined;
  const result = await checkAuthority(token, { ...context, issuers: [{ key: issuer }] });
  if (!result.allowed) return undefined;
  return await signReceipt({ type: 'unused', jti: result.jti, ...about(till), unused }, till.receipts.signer);
}

/** For these a bank can help. */
const NEEDS_BANK: ReadonlySet<string> = new Set(['untrusted_issuer', 'over_grant', 'revoked']);

const OUT_OF_TIME = 'This permission is not valid now. Nothing was taken.';
const NOT_FOR_THIS = 'This permission is for something else than your basket. Nothing was taken.';
const WHY_NOT_READ = 'We could not check this permission. Nothing was taken.';

/** By the SDK's word. */
const WHY: Readonly<Partial<Record<string, string>>> = {
  untrusted_issuer: 'Nobody whom we know stands behind your wallet. Nothing was taken.',
  over_grant: 'Your bank does not stand behind a purchase of this size. Nothing was taken.',
  revoked: 'Your bank took its limit back. Nothing was taken.',
  used: 'This permission was for one purchase, and you made it. Nothing more was taken.',
  over_limit: 'This permission does not have as much left. Nothing was taken.',
  too_old: 'This permission is from before we opened, so we cannot tell whether it was used. Nothing was taken.',
  ledger_full: 'Our book is full just now. Nothing was taken.',
  replayed: 'This was sent to us before. Nothing more was taken.',
  no_holder_proof: 'Whoever sent this permission did not show that it is theirs. Nothing was taken.',
  expired: OUT_OF_TIME,
  not_yet_valid: OUT_OF_TIME,
  proof_time: OUT_OF_TIME,
  wrong_use: NOT_FOR_THIS,
  wrong_nonce: NOT_FOR_THIS,
  wrong_audience: NOT_FOR_THIS,
  wrong_action: NOT_FOR_THIS,
  wrong_purpose: NOT_FOR_THIS,
  wrong_currency: NOT_FOR_THIS,
  over_amount: NOT_FOR_THIS,
};
