import { SignetError, assertField } from '../../core/index.ts';
import type { VaultReader, VaultTx } from '../../vault/index.ts';
import type { CompiledPolicy, CompileOptions, PolicySet, ReadOptions } from '../engine/index.ts';
import { compilePolicy, diffPolicies, policyHashOf, readPolicySet } from '../engine/index.ts';
import { assertImportable, assertLockedStand, withLockedOf } from './locked-rules.ts';
import type { PolicyVersion } from './stored-versions.ts';
import { keptVersions, newestVersion, putVersion, readVersion } from './stored-versions.ts';
import { confirmRules, forgetUses, keepUsesFor } from './uses.ts';

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

export interface SaveOptions {
  /** Milliseconds since the epoch: the person says yes to what is new or changed now. */
  readonly at: number;
  /** Ids of locked rules that the person unlocked for this. */
  readonly unlock?: readonly string[];
}

const MAX_RULES = 2000;

const NO_RULE: PolicySet = { v: 1, rules: [] };
const BEFORE_THE_FIRST: StoredPolicy = { version: 0, hash: policyHashOf(NO_RULE), savedAt: 0, set: NO_RULE };

/** The policy sets of a vault: the one in force and those before it, 64 in all. Keeps only the last one compiled. */
export class PolicyBook {
  readonly #options: CompileOptions & ReadOptions;
  #last: PolicyInForce | undefined;

  constructor(options: CompileOptions & ReadOptions) {
    this.#options = options;
  }

  /** The set in force. @throws SignetError vault_damaged */
  async current(reader: VaultReader): Promise<PolicyInForce> {
    const newest = (await newestVersion(reader)) ?? BEFORE_THE_FIRST;
    const last = this.#last;
    if (last?.version === newest.version && last.hash === newest.hash) return last;
    const { version, hash, savedAt } = newest;
    const set = 'set' in newest ? newest.set : await readVersion(reader, newest);
    return this.#compiled({ version, hash, savedAt, set });
  }

  /** The hash of the set in force, which is not read for it. @throws SignetError vault_damaged */
  async hash(reader: VaultReader): Promise<string> {
    return ((await newestVersion(reader)) ?? BEFORE_THE_FIRST).hash;
  }

  /**
   * Makes `change` of the set in force the newest version, unless it changes nothing. Uses of rules that go, go too;
   * those of rules that change stay.
   * @throws SignetError `bad_request` naming the field: a bad rule, more than 2,000, or a locked rule (`rules.<id>`)
   *   that would be changed or go and is not in `unlock`
   */
  async save(
    tx: VaultTx,
    change: (set: PolicySet) => PolicySet,
    { at, unlock = [] }: SaveOptions,
  ): Promise<PolicyInForce> {
    const now = await this.current(tx);
    const next = readPolicySet(change(now.set), this.#options);
    assertLockedStand(now.set, next, unlock);
    return this.#install(tx, now, next, at);
  }

  /** Versions that are kept, newest first. */
  async versions(reader: VaultReader): Promise<readonly PolicyVersion[]> {
    const kept = await keptVersions(reader);
    return kept.map(({ version, hash, savedAt, rules }) => ({ version, hash, savedAt, rules })).reverse();
  }

  /** @throws SignetError not_found when it is not kept */
  async at(reader: VaultReader, version: number): Promise<StoredPolicy> {
    return (await this.#find(reader, (kept) => kept.version === version)) ?? notKept();
  }

  /** The newest version of this hash, or undefined when none is kept. */
  async byHash(reader: VaultReader, hash: string): Promise<StoredPolicy | undefined> {
    if (hash === BEFORE_THE_FIRST.hash) return BEFORE_THE_FIRST;
    return this.#find(reader, (kept) => kept.hash === hash);
  }

  /** Makes an earlier version the newest; what is locked now stays. @throws SignetError not_found */
  async bringBack(tx: VaultTx, version: number, { at }: { readonly at: number }): Promise<PolicyInForce> {
    const [now, earlier] = [await this.current(tx), await this.at(tx, version)];
    return this.#install(tx, now, readPolicySet(withLockedOf(now.set, earlier.set)), at);
  }

  /** Makes an imported set the newest version. @throws SignetError bad_request as `assertImportable` */
  async importSet(tx: VaultTx, set: PolicySet, { at }: { readonly at: number }): Promise<PolicyInForce> {
    const now = await this.current(tx);
    const imported = readPolicySet(set, this.#options);
    assertImportable(now.set, imported);
    return this.#install(tx, now, imported, at);
  }

  async #install(tx: VaultTx, now: PolicyInForce, set: PolicySet, at: number): Promise<PolicyInForce> {
    assertField(set.rules.length <= MAX_RULES, 'rules', `There can be ${MAX_RULES} rules at most.`);
    const hash = policyHashOf(set);
    if (hash === now.hash) return now;
    const next = this.#compiled({ version: now.version + 1, hash, savedAt: at, set });
    await putVersion(tx, set, next);
    await keepUsesFor(tx, set);
    const { added, removed, changed } = diffPolicies(now.set, set);
    for (const { id } of removed) await forgetUses(tx, id);
    const confirmed = [...added.filter(({ made }) => made.at !== at), ...changed.map(({ after }) => after)];
    await confirmRules(
      tx,
      confirmed.map(({ id }) => id),
      at,
    );
    return next;
  }

  #compiled(stored: StoredPolicy): PolicyInForce {
    this.#last = { ...stored, compiled: compilePolicy(stored.set, this.#options) };
    return this.#last;
  }

  async #find(reader: VaultReader, wanted: (kept: PolicyVersion) => boolean): Promise<StoredPolicy | undefined> {
    const found = (await keptVersions(reader)).findLast(wanted);
    if (found === undefined) return undefined;
    const { version, hash, savedAt } = found;
    return { version, hash, savedAt, set: await readVersion(reader, found) };
  }
}

function notKept(): never {
  throw new SignetError('not_found', 'This version of the rules is no longer kept.', { field: 'version' });
}
