import type { AuditEntry } from '../../audit/index.ts';
import type { VaultReader, VaultTx } from '../../vault/index.ts';
import type {
  BoundConflict,
  CompiledPolicy,
  CompileOptions,
  Decision,
  DecideOptions,
  PolicyRequest,
  PolicySet,
  PolicyState,
} from '../engine/index.ts';

/** What the state said to one decision: enough to decide the same again. */
export interface StateFacts {
  readonly uses: readonly (readonly [rule: string, subject: string, since: number, uses: number | null])[];
  readonly spent: readonly (readonly [
    rule: string,
    subject: string,
    currency: string,
    since: number,
    minor: number | null,
  ])[];
  readonly confirmed: readonly (readonly [rule: string, at: number | null])[];
  readonly restoredAt?: number;
  readonly bound?: BoundConflict;
}

/** One decision with everything it rests on beside the policy set. */
export interface DecidedClaim {
  readonly request: PolicyRequest;
  readonly state: StateFacts;
  readonly askable: boolean;
  readonly decision: Decision;
}

/** The decisions of one answer. */
export interface DecisionFacts {
  readonly version: number;
  /** Hash of the policy set. */
  readonly policy: string;
  readonly decided: readonly DecidedClaim[];
}

export interface CommittedFacts {
  /** base64url: goes into the entry of the log. */
  readonly commitment: string;
  /** base64url, 16 random bytes. */
  readonly salt: string;
  readonly facts: DecisionFacts;
}

export interface KeptFacts extends CommittedFacts {
  /** Of the entry in the log. */
  readonly seq: number;
  readonly time: number;
}

/** Decides, and keeps what the decision rests on. @see decide */
export function decideOnRecord(
  policy: CompiledPolicy,
  request: PolicyRequest,
  state: PolicyState,
  options: DecideOptions,
): DecidedClaim {
  throw new Error(`not yet ${policy.hash} ${request.action.name} ${typeof state} ${typeof options}`);
}

/** The salted commitment to facts: base64url SHA-256 over length-prefixed salt and canonical JSON. */
export function commitFacts(facts: DecisionFacts): CommittedFacts {
  throw new Error(`not yet ${facts.policy}`);
}

/** Keeps the facts of an entry, in its transaction; the newest 512 are kept. */
export function noteFacts(
  tx: VaultTx,
  entry: Pick<AuditEntry, 'seq' | 'time'>,
  committed: CommittedFacts,
): Promise<void> {
  throw new Error(`not yet ${typeof tx} ${entry.seq} ${committed.salt}`);
}

/** The facts of an entry, or undefined when they are no longer kept. */
export function factsOf(reader: VaultReader, seq: number): Promise<KeptFacts | undefined> {
  throw new Error(`not yet ${typeof reader} ${seq}`);
}

/** Newest first. */
export function recentFacts(reader: VaultReader, last: number): Promise<readonly KeptFacts[]> {
  throw new Error(`not yet ${typeof reader} ${last}`);
}

/** Whether an entry's decision is what the rules of then make of its facts. */
export interface Replay {
  readonly same: boolean;
  readonly why?: 'commitment' | 'policy' | 'decision';
  readonly decisions: readonly Decision[];
}

/** Decides again. @param set of the hash that the entry names: see `PolicyBook.byHash` */
export function replay(
  entry: Pick<AuditEntry, 'commitment' | 'policy' | 'decision' | 'rules'>,
  kept: CommittedFacts,
  set: PolicySet,
  options: CompileOptions,
): Replay {
  throw new Error(`not yet ${entry.policy} ${kept.salt} ${set.v} ${typeof options}`);
}
