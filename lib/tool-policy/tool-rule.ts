/** What a rule does with a call that it matches. GATE and ENSURE allow, or deny, by what they look up. */
export type Action = 'ALLOW' | 'DENY' | 'ASK' | 'GATE' | 'ENSURE';
export type DefaultAction = 'ALLOW' | 'DENY' | 'ASK';

/** One of the last `within` allowed calls must have one of these terms (parted by `|`) in its tool or detail. */
export interface Gate {
  readonly requires_prior: string;
  readonly within: number;
}

/** A program in the folder of checks that must end with 0. */
export interface Ensure {
  readonly check: string;
  /** Seconds. */
  readonly timeout: number;
  readonly message: string;
}

/** A rule as the published form has it. */
export interface ToolRule {
  readonly name: string;
  /** A regular expression (Rust's syntax, case-sensitive) that is somewhere in the tool's name. */
  readonly tool_pattern: string;
  /** All must hold; none is all calls of the tool. */
  readonly conditions: readonly string[];
  readonly action: Action;
  readonly reason?: string;
  /** What to do instead. */
  readonly alternative?: string;
  /** May be neither changed nor removed, and nothing goes before it. */
  readonly locked: boolean;
  readonly gate?: Gate;
  readonly ensure?: Ensure;
}

/** Rules in order: the first that matches decides. */
export interface ToolPolicy {
  readonly version: 1;
  readonly default_action: DefaultAction;
  readonly rules: readonly ToolRule[];
}

export const GATE_WITHIN = { least: 1, usual: 50, most: 500 } as const;
export const ENSURE_TIMEOUT = { least: 1, usual: 5, most: 30 } as const;
