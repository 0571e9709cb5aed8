import type { Origin } from '../../core/index.ts';
import { TYPE_CLAIM } from '../../proofs/index.ts';
import type { PlannedClaim } from '../../proofs/index.ts';
import type { AttributeValue, PolicyRequest } from '../../policy/index.ts';
import { hostOf } from '../../policy/index.ts';
import type { PageRequest } from '../../requests/index.ts';

/** How long after its touch of the page a person counts as present, in milliseconds. */
const PRESENCE = 30_000;

/** Who asks, what for, and when: what all decisions about one request have in common. */
export interface AskedNow {
  /** Of the page that asks; for an agent: who it says that it asks for, `NOBODY` where that is itself. */
  readonly origin: Origin;
  /** The id of the agent that asks. */
  readonly agent?: string;
  readonly purpose?: string;
  /** The person touched the page just before. */
  readonly present: boolean;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** What decisions rest on of a request that waits, or is about to. */
export type AskedRequest = Pick<PageRequest, 'origin' | 'agent' | 'active' | 'askedAt'>;

/** A waiting request as policy sees it. @param now milliseconds since the epoch */
export const askedNow = (
  { origin, agent, active, askedAt }: AskedRequest,
  now: number,
  purpose?: string,
): AskedNow => ({
  origin,
  ...(agent === undefined ? {} : { agent }),
  ...(purpose === undefined ? {} : { purpose }),
  present: agent === undefined && active && now >= askedAt && now - askedAt <= PRESENCE,
  now,
});

/**
 * One claim of an answer as a request to the policy engine (design §8).
 * @param beside all claims of the answer, by `claimKey`, where they are known
 */
export function claimRequest(asked: AskedNow, claim: PlannedClaim, beside?: readonly string[]): PolicyRequest {
  const { tier, format, credentialType, issuer } = claim;
  return {
    ...common(asked, 'prove', beside === undefined ? {} : { claims: beside }),
    resource: {
      type: claim.claim === TYPE_CLAIM ? 'credential' : 'claim',
      id: claim.claim,
      properties: { tier, format, credential_type: credentialType, issuer },
    },
  };
}

/** A claim that is asked for and that the vault cannot answer: all that is known of it is its name. */
export const nameRequest = (asked: AskedNow, claim: string): PolicyRequest => ({
  ...common(asked, 'prove', {}),
  resource: { type: 'claim', id: claim, properties: {} },
});

/** What an agent does with what the person stored: `list`, `store`, `query`. @param key of the attribute, by `claimKey` */
export const attributeRequest = (asked: AskedNow, { action, key, tier, issuer }: AskedAttribute): PolicyRequest => ({
  ...common(asked, action, {}),
  resource: { type: 'attribute', id: key, properties: { tier, ...(issuer === undefined ? {} : { issuer }) } },
});

/** One thing that the person has stored, or is to store, and what is to be done with it. */
export interface AskedAttribute {
  readonly action: 'list' | 'store' | 'query';
  readonly key: string;
  readonly tier: number;
  /** Whose word it is: an issuer's, or `self`. */
  readonly issuer?: string;
}

/** What an issuer offers, before anything is fetched. @param issuer origin */
export const offerRequest = (asked: AskedNow, issuer: string): PolicyRequest => ({
  ...common(asked, 'receive', {}),
  resource: { type: 'credential', id: TYPE_CLAIM, properties: { issuer } },
});

/** What a page wants to be allowed, mostly to take money. */
export const spendRequest = (asked: AskedNow, { kind, money, oneTime }: AskedSpend): PolicyRequest => ({
  ...common(asked, 'spend', { ...money }),
  resource: { type: 'capability', id: kind, properties: { ...money, one_time: oneTime } },
});

/** A token, or units of one, as rules see it. */
export interface AskedSpend {
  readonly kind: string;
  /** Minor units. */
  readonly money?: { readonly amount: number; readonly currency: string };
  readonly oneTime: boolean;
}

function common(
  { origin, agent, purpose, present, now }: AskedNow,
  action: string,
  more: Readonly<Record<string, AttributeValue>>,
): Omit<PolicyRequest, 'resource'> {
  const host = hostOf(origin);
  const time = new Date(now);
  // An agent chooses for whom it asks: that is no property of its own, from which it could have a role.
  const audience = agent === undefined || host === undefined ? {} : { audience: host };
  return {
    subject:
      agent === undefined
        ? { type: 'site', id: origin, properties: host === undefined ? {} : { host } }
        : { type: 'agent', id: agent, properties: {} },
    action: { name: action },
    context: {
      time: now,
      minute: time.getHours() * 60 + time.getMinutes(),
      weekday: time.getDay() === 0 ? 7 : time.getDay(),
      present,
      ...audience,
      ...(purpose === undefined ? {} : { purpose }),
      ...more,
    },
  };
}
