import type { ClaimRequest, Format } from '../../lib/sdk/index.ts';

/** What lies behind a door. */
export type Room = 'shelf' | 'evenings';

/** What a visitor shows something of. */
export type Paper = 'licence' | 'card';

/** A way in: what is asked there, and what it opens. */
export interface Way {
  readonly paper: Paper;
  readonly room: Room;
  readonly purpose: string;
  readonly claims: readonly ClaimRequest[];
  /** Default: whatever a wallet answers with by default. */
  readonly formats?: readonly Format[];
  /** The claim that has to be true, where it could also say no. */
  readonly yes?: string;
  /** Whether a proof is taken that names no holder's key, as one that cannot be recognised has none. */
  readonly bearer: boolean;
}

const OVER_21 = {
  paper: 'licence',
  room: 'shelf',
  purpose: 'Buy wine',
  claims: ['age_over_21'],
  yes: 'age_over_21',
  bearer: false,
} as const;

/** All the shop ever wants to know: one thing at each door. */
export const WAYS = {
  /** The licence says it in so many words. */
  claims: OVER_21,
  /** The same question in OpenID4VP's query language. */
  dcql: OVER_21,
  /** The same question of whatever wallet the visitor has. */
  any: OVER_21,
  /** Proven about the sealed birth date: it works for any age, not just those that a licence has a line for. */
  range: {
    paper: 'licence',
    room: 'shelf',
    purpose: 'Buy wine',
    claims: [{ name: 'birth_date', age_at_least: 21 }],
    formats: ['bulletproof'],
    bearer: false,
  },
  /** Either kind of card, shown so that two visits look like two people. */
  member: {
    paper: 'card',
    room: 'evenings',
    purpose: 'Sit at the members’ table',
    claims: ['member'],
    formats: ['bbs', 'bbs+'],
    yes: 'member',
    bearer: true,
  },
} as const satisfies Readonly<Record<string, Way>>;

export type WayName = keyof typeof WAYS;

export const isWayName = (name: unknown): name is WayName => typeof name === 'string' && Object.hasOwn(WAYS, name);
