import type { Role } from './role.ts';

/** What a rule says where it matches. `ask`: the person decides, in the consent window. */
export type Effect = 'permit' | 'deny' | 'ask';

/** Who a rule is about. */
export type RuleSubject =
  | { readonly any: true }
  /** Exactly this site, by its origin. */
  | { readonly site: string }
  /** Exactly this agent, by its id. */
  | { readonly agent: string }
  /** Every site of this host and of the hosts below it, whatever the port: a registrable domain or part of one. */
  | { readonly domain: string }
  /** Every subject whose role contains this one. */
  | { readonly role: Role }
  | { readonly kind: 'site' | 'agent' };

export type Scalar = string | number | boolean;

/**
 * A test on one attribute of the request, by its name in the attribute schema. Three-valued: an attribute that is
 * missing, or is not of the schema's type, makes it neither true nor false.
 */
export type AttributeCondition =
  | { readonly attribute: string; readonly op: 'equals' | 'not_equals'; readonly value: Scalar }
  | {
      readonly attribute: string;
      readonly op: 'less_than' | 'at_most' | 'more_than' | 'at_least';
      readonly value: number;
    }
  | { readonly attribute: string; readonly op: 'one_of' | 'none_of'; readonly value: readonly Scalar[] }
  | { readonly attribute: string; readonly op: 'starts_with'; readonly value: string }
  /** The attribute is a set of texts that has this one. */
  | { readonly attribute: string; readonly op: 'contains'; readonly value: string }
  /** Both ends inclusive; for times, minutes of the day, weekdays, numbers. */
  | { readonly attribute: string; readonly op: 'between'; readonly value: readonly [number, number] }
  /** A host that is this one or below it. */
  | { readonly attribute: string; readonly op: 'in_domain'; readonly value: string }
  | { readonly attribute: string; readonly op: 'role_at_least'; readonly value: Role }
  /** An amount of this currency (ISO 4217) of at most so many minor units. */
  | {
      readonly attribute: string;
      readonly op: 'amount_at_most';
      readonly value: { readonly minor: number; readonly currency: string };
    };

/** What this rule let this subject do in the last `seconds`, this time included, is at most so much. */
export type WindowCondition =
  | { readonly count: { readonly at_most: number; readonly seconds: number } }
  | { readonly spend: { readonly at_most: number; readonly currency: string; readonly seconds: number } };

export type Condition =
  | AttributeCondition
  | WindowCondition
  | { readonly all: readonly Condition[] }
  | { readonly any: readonly Condition[] }
  | { readonly not: Condition };

/** What a permit asks for in return. A permit whose obligations cannot be met now does not apply. */
export interface Obligations {
  /** How often it may be used in all. */
  readonly max_uses?: number;
  /** Seconds after the person last said yes to it, after which it asks once more. */
  readonly ask_again_after?: number;
  /** The person must have touched the page just before (`context.present`). */
  readonly require_presence?: boolean;
  /** Seconds that what is given under it may be valid, at most. */
  readonly expires_in?: number;
  /** Claims that must not go with it, by name. */
  readonly mask?: readonly string[];
}

/** Where a rule came from. */
export type RuleOrigin = 'person' | 'consent' | 'suggestion' | 'import';

/** A rule as data: stored, signed, exported and shown as this JSON. */
export interface Rule {
  /** 1 to 64 characters of A-Z a-z 0-9 - _. */
  readonly id: string;
  readonly effect: Effect;
  readonly subject: RuleSubject;
  /** `prove`, `receive`, `spend`, …; `*`: any. */
  readonly action: string;
  /**
   * Names of claims as `claimKey` gives them: a name covers what is nested in it (`address` covers
   * `address.locality`). `*`: any.
   */
  readonly claims: readonly string[] | '*';
  /** All must hold. */
  readonly when: readonly Condition[];
  /** Milliseconds since the epoch: valid from, inclusive, and until, exclusive. */
  readonly from?: number;
  readonly until?: number;
  /** Neither changed, deleted, imported over nor loosened before the person unlocks it. */
  readonly locked: boolean;
  readonly obligations?: Obligations;
  /** The person's own words, if any: at most 120 characters. */
  readonly note?: string;
  readonly made: { readonly at: number; readonly by: RuleOrigin };
}

/** A role that a subject was given: by the person (`explicit`), by a credential it showed, or by its domain. */
export interface RoleGiven {
  /** An origin or agent id; for `domain`: a host that covers those below it. */
  readonly subject: string;
  readonly by: 'explicit' | 'credential' | 'domain';
  readonly role: Role;
}

/** Everything that is decided by. Its canonical JSON (RFC 8785) is what is hashed and signed; empty members are left out. */
export interface PolicySet {
  readonly v: 1;
  /** Sorted by id. */
  readonly rules: readonly Rule[];
  readonly roles?: readonly RoleGiven[];
  /** Least roles of claims that the person changed, by `claimKey`. */
  readonly claim_roles?: Readonly<Record<string, Role>>;
}
