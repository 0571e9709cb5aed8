import { compileNode } from './compile-node.ts';
import type { Decision, DenyReason } from './decision.ts';
import type { Expression } from './expression.ts';
import { Facts, type SplHost } from './facts.ts';
import { costOf } from './limits.ts';
import { type Node, truthOf } from './node.ts';
import { parsePolicy } from './parse.ts';
import { reasonOf, reasonsIn } from './reasons.ts';
import { isRecord, type SplRecord } from './value.ts';

/** A policy ready to decide. */
export interface CompiledPolicy {
  readonly expression: Expression;
  /** The most evaluations that a decision can need, by the published count of gas; at most 10,000. */
  readonly cost: number;
  /**
   * Decides about one request, and never throws: whatever goes wrong denies.
   * @param request JSON values by name, own properties alone; amounts whole and in minor units
   * @param host what the verifier knows; whatever is left out denies where the policy asks for it
   */
  decide(request: SplRecord, host?: SplHost): Decision;
}

const ALLOWED: Decision = Object.freeze({ allowed: true });
const NO_HOST: SplHost = Object.freeze({});

/**
 * Compiles a policy to closures.
 * @param policy its source, or what `parsePolicy` made of it
 * @throws PolicyError with the place, for what cannot be read and for a worst-case cost over 10,000
 */
export function compilePolicy(policy: string | Expression): CompiledPolicy {
  const expression = typeof policy === 'string' ? parsePolicy(policy) : policy;
  const cost = costOf(expression);
  const root = compileNode(expression);
  return { expression, cost, decide: (request, host = NO_HOST) => decide(root, request, host) };
}

function decide(root: Node, request: SplRecord, host: SplHost): Decision {
  try {
    if (!isRecord(request)) return { allowed: false, reasons: [notARequest(root)] };
    return truthOf(root, new Facts(request, host)) ? ALLOWED : deny(root, request, host);
  } catch (thrown) {
    return deny(root, request, host, reasonOf(thrown, root));
  }
}

/**
 * The clauses are judged again, each by itself. A host or request that answers otherwise this time changes the reasons
 * and not the denial.
 */
function deny(root: Node, request: SplRecord, host: SplHost, decisive?: DenyReason): Decision {
  const reasons = tellReasons(root, request, host);
  if (reasons.length > 0) return { allowed: false, reasons };
  return { allowed: false, reasons: [decisive ?? unmet(root)] };
}

function tellReasons(root: Node, request: SplRecord, host: SplHost): readonly DenyReason[] {
  try {
    return reasonsIn(root, new Facts(request, host));
  } catch {
    return []; // the host itself cannot be read: the decisive reason says so
  }
}

const unmet = ({ expression: { place } }: Node): DenyReason => ({
  kind: 'unmet',
  message: 'the policy does not hold',
  place,
});

const notARequest = ({ expression: { place } }: Node): DenyReason => ({
  kind: 'wrong_type',
  message: 'the request is no record of values',
  place,
});
