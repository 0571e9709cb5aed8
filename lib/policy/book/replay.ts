import type { AuditEntry } from '../../audit/index.ts';
import { canonicalJson, equalBytes, fromBase64url } from '../../core/index.ts';
import type { CompileOptions, Decision, PolicySet, Verdict } from '../engine/index.ts';
import { compilePolicy, decide } from '../engine/index.ts';
import type { CommittedFacts } from './decision-facts.ts';
import { commitmentTo } from './decision-facts.ts';
import { stateOf } from './state-facts.ts';

/** Whether the decision of an entry is what the rules of then make of its facts. */
export interface Replay {
  readonly same: boolean;
  /** What differs: these are not the facts of the entry, not its policy set, or it decides otherwise. */
  readonly why?: 'commitment' | 'policy' | 'decision';
  /** Decided again, claim by claim; empty where facts or set are of something else. */
  readonly decisions: readonly Decision[];
}

/**
 * Decides again what an entry of the log says was decided.
 * @param set of the hash that the entry names: see `PolicyBook.byHash`
 */
export function replay(
  entry: Pick<AuditEntry, 'commitment' | 'policy' | 'decision' | 'rules'>,
  { facts, salt }: CommittedFacts,
  set: PolicySet,
  options: CompileOptions,
): Replay {
  if (!isCommitment(entry.commitment, commitmentTo(salt, facts))) return otherwise('commitment');
  const policy = compilePolicy(set, options);
  if (policy.hash !== entry.policy || facts.policy !== entry.policy) return otherwise('policy');
  const decisions = facts.decided.map(({ request, state, askable }) =>
    decide(policy, request, stateOf(state), { askable }),
  );
  const isSame =
    canonicalJson(decisions) === canonicalJson(facts.decided.map(({ decision }) => decision)) &&
    verdictOf(decisions) === entry.decision &&
    canonicalJson(rulesOf(decisions)) === canonicalJson(entry.rules);
  return isSame ? { same: true, decisions } : { same: false, why: 'decision', decisions };
}

/** The verdict about all claims of an answer: DENY if any denies, PERMIT if all permit, else ANOMALY. */
export function verdictOf(decisions: readonly Pick<Decision, 'verdict'>[]): Verdict {
  if (decisions.some(({ verdict }) => verdict === 'DENY')) return 'DENY';
  return decisions.length > 0 && decisions.every(({ verdict }) => verdict === 'PERMIT') ? 'PERMIT' : 'ANOMALY';
}

/** Ids of the rules that matched any of the claims of an answer, sorted. */
export const rulesOf = (decisions: readonly Pick<Decision, 'rules'>[]): readonly string[] =>
  [...new Set(decisions.flatMap(({ rules }) => rules))].sort();

const otherwise = (why: 'commitment' | 'policy'): Replay => ({ same: false, why, decisions: [] });

function isCommitment(given: string | undefined, wanted: Uint8Array): boolean {
  try {
    return given !== undefined && equalBytes(fromBase64url(given), wanted);
  } catch {
    return false; // what is no base64url commits to nothing
  }
}
