import type { Role } from './role.ts';
import type { Scalar } from './rule.ts';

export type AttributeValue = Scalar | readonly string[];

/**
 * What is decided about, in the shape of the OpenID AuthZEN Authorization API (§5): one subject, one action, one
 * resource. A proof of several claims is one request for each of them.
 */
export interface PolicyRequest {
  readonly subject: {
    readonly type: 'site' | 'agent';
    /** The origin as the browser reports it, or the agent's id. */
    readonly id: string;
    /** `host` (of a site), and more by the attribute schema. */
    readonly properties: Readonly<Record<string, AttributeValue>>;
  };
  readonly action: { readonly name: string };
  readonly resource: {
    readonly type: string;
    /** For a claim: its `claimKey`. */
    readonly id: string;
    /** `tier`, `format`, `credential_type`, `issuer`, …: see the attribute schema. */
    readonly properties: Readonly<Record<string, AttributeValue>>;
  };
  /** `time` (ms since the epoch), `minute` (of the day, local), `weekday` (1 Monday), `present`, `purpose`, … */
  readonly context: Readonly<Record<string, AttributeValue>>;
}

/** Bounds that were told before: what they and the one asked for tell together is for the person to weigh. */
export interface BoundConflict {
  /** The claim both are about: `age`. */
  readonly claim: string;
  /** The other bounds, as claim names: `age_over_18`. */
  readonly told: readonly string[];
}

/** What a decision depends on beside rules and request. Pure answers: the same for the same arguments. */
export interface PolicyState {
  /** How often a rule was used by a subject at or after `since`; undefined when that is not known. */
  uses(ruleId: string, subject: string, since: number): number | undefined;
  /** Minor units of a currency that a rule let a subject spend at or after `since`. */
  spent(ruleId: string, subject: string, currency: string, since: number): number | undefined;
  /** When the person last said yes to a rule: milliseconds; undefined: when it was made. */
  confirmedAt(ruleId: string): number | undefined;
  /** Permits that were confirmed before this ask once more: the vault was restored then. */
  readonly restoredAt?: number;
  /** A second, different bound on the same claim within 180 days. */
  readonly bound?: BoundConflict;
}

/** Nothing was ever used, spent or told. */
export const FRESH_STATE: PolicyState = {
  uses: () => 0,
  spent: () => 0,
  confirmedAt: () => undefined,
};

/** The role of a subject and the least role of a claim, as the set of policies has them. */
export interface RolesInForce {
  readonly subject: Role;
  readonly by: 'explicit' | 'credential' | 'domain' | 'default';
  readonly least: Role;
}
