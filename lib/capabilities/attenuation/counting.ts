import { toBase64url } from '../../core/index.ts';
import type { Permission } from '../clauses/index.ts';
import type { ConsumptionUse } from '../ledger/port.ts';
import type { Capability } from '../token/index.ts';
import { momentOf } from '../token/index.ts';
import type { CapabilityChain } from './chain.ts';

/** What is counted beside a chain. */
export interface Counted {
  /** What the use takes, in the currency's smallest unit; 0 where no money moves. */
  readonly amount: number;
  /** The clause that was opened, where the token has hidden ones. */
  readonly clause?: Permission;
  /** How far the chain of a budget was released, verified: steps from its start. */
  readonly index?: number;
}

/**
 * What a ledger has to count for a use of a chain, in this order. The root is counted whatever a child says. A child
 * that is stricter than what stands above it is counted as well, and first: what it lost when the root then refuses
 * was its own holder's to lose. Empty where nothing is bounded.
 */
export function countedUses({ levels, root }: CapabilityChain, counted: Counted): readonly ConsumptionUse[] {
  const uses: ConsumptionUse[] = [];
  const bound = boundOf(root, counted);
  let { limit, oneTime } = bound;
  for (const level of levels.slice(1)) {
    const own = boundOf(level, { amount: counted.amount });
    if (!isStricter(own, { limit, oneTime })) continue;
    ({ limit, oneTime } = own);
    uses.unshift({ jti: childId(level), amount: counted.amount, ...own, ...timesOf(level) });
  }
  if (!bound.oneTime && bound.limit === undefined) return uses;
  const index = counted.index === undefined ? {} : { index: counted.index };
  return [...uses, { jti: root.claims.jti, amount: counted.amount, ...bound, ...index, ...timesOf(root) }];
}

type Bound = Pick<ConsumptionUse, 'limit' | 'oneTime'>;

/** Of a budget no more can be taken than was released, whatever the sum of all steps is. */
function boundOf({ claims: { spl } }: Capability, { clause, index }: Counted): Bound {
  const sum = clause === undefined ? spl.max_amount : clause.amount;
  const released = index === undefined ? Infinity : index * (spl.budget_chain?.unit ?? 0);
  return { limit: sum === undefined ? undefined : Math.min(sum, released), oneTime: spl.one_time };
}

const isStricter = (own: Bound, above: Bound): boolean =>
  (own.oneTime && !above.oneTime) || (own.limit ?? Infinity) < (above.limit ?? Infinity);

/** Its hash and not its `jti`, which its maker chose: nobody can count under another token's name. */
const childId = ({ token }: Capability): string => toBase64url(token.hash.slice(0, 16));

const timesOf = ({ claims: { iat, exp } }: Capability): Pick<ConsumptionUse, 'issuedAt' | 'expires'> => ({
  issuedAt: momentOf(iat),
  expires: momentOf(exp),
});
