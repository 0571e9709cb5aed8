import type { Origin } from '../../core/index.ts';
import { denialsOf } from '../ask-policy.ts';
import type { Permission } from '../clauses/index.ts';
import type { IntendedUse } from '../intended-use.ts';
import { holderOf } from '../intended-use.ts';
import type { DecidePolicy } from '../policy.ts';
import type { Capability, CapabilityClaims } from '../token/index.ts';
import { capabilityOutOfTime } from '../token/index.ts';
import type { CapabilityChain } from './chain.ts';

/** Why a capability does not allow a use, as one word. */
export type UseProblem =
  | 'not_yet_valid'
  | 'expired'
  | 'wrong_audience'
  | 'wrong_action'
  | 'missing_amount'
  | 'over_amount'
  | 'wrong_currency'
  | 'wrong_merchant'
  | 'wrong_purpose'
  | 'wrong_agent'
  | 'hidden_clauses'
  | 'policy_denied'
  | 'policy_unsupported';

export interface UseRefusal {
  readonly reason: UseProblem;
  /** One sentence for people. */
  readonly detail: string;
}

/** What can be brought to a decision beside the tokens. */
export interface Judging {
  /** Without it a token with a policy allows nothing. */
  readonly decide?: DecidePolicy;
  /** The hidden clause that was opened, verified. Without it a token with hidden clauses allows nothing. */
  readonly clause?: Permission;
}

/**
 * All that speaks against a use, at any level of a chain: every bound and every policy has to permit it. Empty where
 * it is allowed, as far as the tokens say: signatures, trust, proof and counting are asked elsewhere.
 */
export function refusalsOf(chain: CapabilityChain, use: IntendedUse, judging: Judging = {}): readonly UseRefusal[] {
  const asked = { ...use, leaf: chain.leaf.claims };
  const found = chain.levels.flatMap((level) => refusalsOfLevel(level, asked, judging));
  if (!isAgent(chain, use)) found.push(refuse('wrong_agent', 'The token is for another agent.'));
  return found.filter(({ reason }, index) => found.findIndex((other) => other.reason === reason) === index);
}

/** A use, and the token that it is made with: whose holder has to prove it. */
interface AskedUse extends IntendedUse {
  readonly leaf: CapabilityClaims;
}

/** An agent is known by its key; by a name only where the wallet gave it, since whoever narrows may call others anything. */
function isAgent({ root, leaf }: CapabilityChain, { agent }: IntendedUse): boolean {
  return agent === undefined || agent === holderOf(leaf.claims) || (leaf === root && agent === root.claims.sub);
}

const refuse = (reason: UseProblem, detail: string): UseRefusal => ({ reason, detail });

/** What binds one use: of a token, or of a clause of it. */
interface Bounds {
  readonly audience: Origin;
  readonly permissions: readonly string[];
  readonly max_amount?: number;
  readonly currency?: string;
  readonly merchant?: string;
  readonly policy?: string;
}

function refusalsOfLevel(level: Capability, use: AskedUse, judging: Judging): UseRefusal[] {
  const { claims } = level;
  const refusals = [...refuseTime(level, use), ...refusePurpose(claims.spl, use)];
  if (claims.spl.merkle_root === undefined) return [...refusals, ...refuseBounds(boundsOf(claims), use, judging)];
  if (judging.clause === undefined) {
    return [...refusals, refuse('hidden_clauses', 'The token shows no clause that is for you.')];
  }
  const bounds = boundsOfClause(judging.clause);
  const restricted = claims.spl.permissions ?? bounds.permissions;
  return [
    ...refusals,
    ...refuseAction(restricted, use),
    ...refusePurpose(judging.clause, use),
    ...refuseBounds(bounds, use, judging),
  ];
}

function refuseTime(level: Capability, { now }: IntendedUse): UseRefusal[] {
  const reason = capabilityOutOfTime(level, now);
  if (reason === undefined) return [];
  return [refuse(reason, reason === 'expired' ? 'The token has expired.' : 'The token is not valid yet.')];
}

/** Compared where both say one: a token always does, a clause may add another that binds it besides. */
const refusePurpose = (said: { readonly purpose?: string }, { purpose }: IntendedUse): UseRefusal[] =>
  purpose === undefined || said.purpose === undefined || purpose === said.purpose
    ? []
    : [refuse('wrong_purpose', 'The token is for another purpose.')];

/** A token without clauses has an audience and permissions: its reader saw to it. Without them nothing is allowed. */
const boundsOf = ({ aud, spl }: CapabilityClaims): Bounds => ({
  ...spl,
  audience: aud ?? NOBODY,
  permissions: spl.permissions ?? [],
});
const NOBODY = '' as Origin; // equals no origin, and so matches none

const boundsOfClause = ({ action, amount, ...others }: Permission): Bounds => ({
  ...others,
  permissions: [action],
  ...(amount === undefined ? {} : { max_amount: amount }),
});

function refuseBounds(bounds: Bounds, use: AskedUse, judging: Judging): UseRefusal[] {
  return [
    ...(bounds.audience === use.audience ? [] : [refuse('wrong_audience', 'The token is for another origin.')]),
    ...refuseAction(bounds.permissions, use),
    ...refuseAmount(bounds, use),
    ...refuseMerchant(bounds, use),
    ...refusePolicy(bounds, use, judging),
  ];
}

const refuseAction = (permissions: readonly string[], { action }: IntendedUse): UseRefusal[] =>
  permissions.includes(action) ? [] : [refuse('wrong_action', 'The token does not permit this action.')];

function refuseAmount({ max_amount, currency }: Bounds, use: IntendedUse): UseRefusal[] {
  if (use.amount === undefined) {
    return max_amount === undefined
      ? []
      : [refuse('missing_amount', 'The token is for money, and no amount is given.')];
  }
  if (max_amount === undefined) return [refuse('over_amount', 'The token permits no money to be taken.')];
  if (use.currency !== currency) return [refuse('wrong_currency', 'The token is for another currency.')];
  const isWithin = Number.isSafeInteger(use.amount) && use.amount >= 0 && use.amount <= max_amount;
  return isWithin ? [] : [refuse('over_amount', 'The amount is over what the token permits.')];
}

const refuseMerchant = ({ merchant }: Bounds, use: IntendedUse): UseRefusal[] =>
  merchant === undefined || merchant === use.merchant
    ? []
    : [refuse('wrong_merchant', 'The token is for another merchant.')];

function refusePolicy({ policy }: Bounds, use: AskedUse, { decide }: Judging): UseRefusal[] {
  if (policy === undefined) return [];
  if (decide === undefined) return [refuse('policy_unsupported', 'The token has a policy, and nothing here reads it.')];
  const reasons = denialsOf(decide, policy, use, use.leaf);
  return reasons === undefined ? [] : [refuse('policy_denied', `The policy of the token denies it${listed(reasons)}.`)];
}

/** The reasons that are sentences, or hold one. */
function listed(reasons: readonly unknown[]): string {
  const texts = reasons.map(textOf).filter((text) => text !== undefined);
  return texts.length === 0 ? '' : `: ${texts.slice(0, 4).join('; ').replace(/\.$/, '')}`;
}

function textOf(reason: unknown): string | undefined {
  if (typeof reason === 'string') return reason;
  if (typeof reason !== 'object' || reason === null) return undefined;
  const { message } = reason as { readonly message?: unknown }; // looked at, not believed
  return typeof message === 'string' ? message : undefined;
}
