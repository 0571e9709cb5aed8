import type { VaultReader, VaultTx } from '../../vault/index.ts';
import type { CompiledPolicy, CompileOptions, PolicySet } from '../engine/index.ts';

/** A version of the policy set as it is kept. */
export interface StoredPolicy {
  /** 1 for the first that was saved; 0 for the set without a rule, before that. */
  readonly version: number;
  /** base64url SHA-256 of the set's canonical JSON. */
  readonly hash: string;
  /** Milliseconds since the epoch. */
  readonly savedAt: number;
  readonly set: PolicySet;
}

/** The version that is decided by. */
export interface PolicyInForce extends StoredPolicy {
  readonly compiled: CompiledPolicy;
}

/** A version that can be brought back. */
export interface PolicyVersion {
  readonly version: number;
  readonly hash: string;
  readonly savedAt: number;
  /** How many rules it has. */
  readonly rules: number;
}

export interface SaveOptions {
  /** Milliseconds since the epoch: the person says yes to what is new or changed now. */
  readonly at: number;
  /** Ids of locked rules that the person unlocked for this. */
  readonly unlock?: readonly string[];
}

/** The policy sets of a vault: the one in force and the 64 before it. Keeps nothing but the last one compiled. */
export class PolicyBook {
  constructor(options: CompileOptions) {
    throw new Error(`not yet ${typeof options}`);
  }

  /** The set in force. @throws SignetError vault_damaged */
  current(reader: VaultReader): Promise<PolicyInForce> {
    throw new Error(`not yet ${typeof reader}`);
  }

  /**
   * Makes `change` of the set in force the newest version, unless it changes nothing. Uses of rules that go, go too.
   * @throws SignetError `bad_request` naming the field: a bad rule, more than 2,000, or a locked rule (`rules.<id>`)
   *   that would be changed or go and is not in `unlock`
   */
  save(tx: VaultTx, change: (set: PolicySet) => PolicySet, options: SaveOptions): Promise<PolicyInForce> {
    throw new Error(`not yet ${typeof tx} ${typeof change} ${typeof options}`);
  }

  /** Versions that are kept, newest first. */
  versions(reader: VaultReader): Promise<readonly PolicyVersion[]> {
    throw new Error(`not yet ${typeof reader}`);
  }

  /** @throws SignetError not_found when it is no longer kept */
  at(reader: VaultReader, version: number): Promise<StoredPolicy> {
    throw new Error(`not yet ${typeof reader} ${version}`);
  }

  /** The newest version of this hash, or undefined when none is kept. */
  byHash(reader: VaultReader, hash: string): Promise<StoredPolicy | undefined> {
    throw new Error(`not yet ${typeof reader} ${hash}`);
  }

  /** Makes an earlier version the newest; what is locked now stays. @throws SignetError not_found */
  bringBack(tx: VaultTx, version: number, options: { readonly at: number }): Promise<PolicyInForce> {
    throw new Error(`not yet ${typeof tx} ${version} ${typeof options}`);
  }

  /** Makes an imported set the newest version. @throws SignetError bad_request as `assertImportable` */
  importSet(tx: VaultTx, set: PolicySet, options: { readonly at: number }): Promise<PolicyInForce> {
    throw new Error(`not yet ${typeof tx} ${typeof set} ${typeof options}`);
  }
}

/**
 * An import neither drops, changes nor loosens (by other roles) a locked rule.
 * @throws SignetError bad_request, field `rules.<id>`
 */
export function assertImportable(now: PolicySet, imported: PolicySet): void {
  throw new Error(`not yet ${typeof now} ${typeof imported}`);
}
