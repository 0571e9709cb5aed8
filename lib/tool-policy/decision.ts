import type { Ensure } from './tool-rule.ts';

export type Verdict = 'ALLOW' | 'DENY' | 'ASK';

/** What is to be done with a call. */
export interface Decision {
  readonly verdict: Verdict;
  /** The rule that decided; absent: the default, or that the policy is in doubt. */
  readonly rule?: string;
  /** Whether that rule is locked. */
  readonly locked: boolean;
  readonly reason: string;
}

/** It hangs on a check that is to be run. */
export interface Pending {
  readonly verdict: 'ENSURE';
  readonly rule: string;
  readonly locked: boolean;
  readonly ensure: Ensure;
  /** Where another rule before it could not be told: a check that passes is asked about all the same. */
  readonly atLeast: Decision | undefined;
}

/** What became of a check. */
export type CheckResult =
  { readonly outcome: 'passed' | 'timed_out' | 'missing' } | { readonly outcome: 'failed'; readonly stderr: string };

const MAX_STDERR = 500;

/** The decision that a check was waited for. */
export function settle({ rule, locked, ensure, atLeast }: Pending, result: CheckResult): Decision {
  const allowed = atLeast ?? { verdict: 'ALLOW', rule, locked, reason: '' };
  const deny = (reason: string): Decision => ({ verdict: 'DENY', rule, locked, reason });
  const message = ensure.message === '' ? `Check '${ensure.check}' failed` : ensure.message;
  switch (result.outcome) {
    case 'passed':
      return allowed;
    case 'failed': {
      const stderr = result.stderr.trim().slice(0, MAX_STDERR).toWellFormed();
      return deny(stderr === '' ? message : `${message} -- ${stderr}`);
    }
    case 'timed_out':
      return deny(`Check '${ensure.check}' timed out after ${ensure.timeout} s`);
    case 'missing':
      return locked ? deny(`Check '${ensure.check}' is missing`) : allowed;
  }
}
