import type { PublicPaserk, SigningKey } from '../../lib/capabilities/index.ts';
import { readCapability, readOffer, signOffer, signRevocation } from '../../lib/capabilities/index.ts';
import { SignetError, originOf, toMajorUnits } from '../../lib/core/index.ts';
import type { CapabilitySpec, ConsumptionLedger } from '../../lib/sdk/index.ts';
import { checkAuthority } from '../../lib/sdk/index.ts';
import type { Asked, Reply } from '../http.ts';
import { cookie, cookieIn, json, objectIn, Refusal } from '../http.ts';
import type { Limit, Limits } from './limits.ts';

/** What the bank grants: purchases, each of so many cents at most, for so many days. */
export const GRANT = { permission: 'purchase', cents: 20_000, currency: 'USD', days: 30 } as const;

/** By allowing this, somebody shows the bank the key that they have for it. */
const ENROL = 'enrol';

export interface Bank {
  readonly origin: string;
  readonly key: SigningKey;
  readonly limits: Limits;
  readonly ledger: ConsumptionLedger;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** `GET /limit`: what the page shall ask the wallet, what it would get for it, and what the customer has already. */
export function showLimit(asked: Asked, bank: Bank): Reply {
  const spec: CapabilitySpec = {
    kind: ENROL,
    domain: bank.origin,
    purpose: 'Tell the bank which key is yours',
    one_time: true,
  };
  const { cents, currency, days } = GRANT;
  const held = bank.limits.latestOf(customerOf(asked));
  return json({
    ...{ spec, days, currency, amount: toMajorUnits(cents, currency) },
    ...(held !== undefined && { held: viewOf(held) }),
  });
}

const viewOf = ({ offer, expiresAt, isTaken, takenBackAt }: Limit): object => ({
  offer: offer.token.encoded,
  ...{ expiresAt, isTaken, takenBackAt },
});

const customerOf = (asked: Asked): string => cookieIn(asked, 'customer');

/** `POST /enrol`: a token by the customer's key, for an offer to that key. */
export async function enrol(asked: Asked, bank: Bank): Promise<Reply> {
  const person = await keyShownBy(objectIn(asked)['token'], bank);
  const { permission, cents, currency, days } = GRANT;
  const grant = { permissions: [permission], max_amount: cents, unit: 'minor', currency } as const;
  const authority = originOf(new URL(bank.origin));
  const draft = { authority, person, grants: [grant], lifetime: days * 86_400 };
  const offer = readOffer(await signOffer(draft, bank.key, [], bank.now()));
  const customer = bank.limits.grant(offer, customerOf(asked) || undefined);
  const held = viewOf(found(bank.limits.latestOf(customer)));
  return json({ held }, 200, { 'Set-Cookie': cookie('customer', customer, days * 86_400) });
}

/**
 * The key that signed a token for this bank. It trusts the very key that the token names, so what is shown is one thing
 * alone: whoever sends this holds that key, a moment ago, and sends it here for the first time. Whose account it is, the
 * bank knows because the customer signed in, and from nothing in the token.
 * @throws Refusal
 */
async function keyShownBy(token: unknown, bank: Bank): Promise<PublicPaserk> {
  const encoded = typeof token === 'string' ? token : '';
  const key = issuerOf(encoded);
  const result = await checkAuthority(encoded, {
    ...{ action: ENROL, audience: bank.origin, issuers: [{ key }] },
    ...{ ledger: bank.ledger, now: new Date(bank.now()) },
  });
  if (!result.allowed) {
    throw new Refusal(403, 'Your wallet’s answer does not show us a key, or was sent before. Nothing was granted.');
  }
  return key;
}

function issuerOf(token: string): PublicPaserk {
  try {
    return readCapability(token).claims.iss;
  } catch (error) {
    throw new Refusal(400, `This is no answer of a wallet: ${SignetError.from(error).message}`);
  }
}

/** `POST /answered`: whether the customer's wallet took the limit. One that it did not take is taken back at once. */
export function answered(asked: Asked, { limits }: Bank): Reply {
  const { taken } = objectIn(asked);
  const customer = customerOf(asked);
  if (taken === true) return json({ held: viewOf(found(limits.noteTaken(customer))) });
  limits.drop(customer);
  return json({});
}

/** `POST /take-back`: the customer's limit ends. Answers with what their wallet shall be told. */
export async function takeBack(asked: Asked, { key, limits, now }: Bank): Promise<Reply> {
  objectIn(asked); // a form that another site submits is no JSON
  const taken = found(limits.takeBack(customerOf(asked)));
  return json({ revocation: await signRevocation(taken.offer, key, now()), held: viewOf(taken) });
}

function found(limit: Limit | undefined): Limit {
  if (limit === undefined) throw new Refusal(404, 'You have no limit with us.');
  return limit;
}

/** `GET /revoked/<jti>`: whether a limit was taken back. Anybody may ask who was shown it. */
export function isRevoked({ url }: Asked, { limits }: Bank): Reply {
  const limit = limits.byId(url.pathname.slice('/revoked/'.length));
  if (limit === undefined) throw new Refusal(404, 'We granted nothing under this name.');
  return json({ revoked: limit.takenBackAt !== undefined });
}

/** `GET /.well-known/signet-authority.json`: the keys that the bank's offers are signed with. */
export const publishedKeys = ({ key }: Bank): Reply =>
  json({ keys: [key.publicKey] }, 200, { 'Access-Control-Allow-Origin': '*' });
