import type { VaultReader, VaultTx } from '../../vault/index.ts';
import type { CompiledPolicy, Rule } from '../engine/index.ts';

/** A record of answers that is not as it was written: moved away, it counts no more. Log each as `pattern.set_aside`. */
export interface SetAside {
  /** Where they can still be read; else empty. */
  readonly subject: string;
  readonly claim: string;
  /** Its MAC is not of its content; an older one was put back; it is gone; or one that was never there. */
  readonly why: 'altered' | 'rolled_back' | 'missing' | 'stranger';
}

export interface Answer {
  readonly subject: string;
  readonly kind: 'site' | 'agent';
  /** By `claimKey`. */
  readonly claim: string;
  readonly label: string;
  /** What the person chose, not what a rule did. */
  readonly answer: 'allowed' | 'denied';
  readonly at: number;
}

/** Answers that agree, and the rule that would be made of them. */
export interface Suggestion {
  readonly id: string;
  readonly subject: string;
  readonly claim: string;
  readonly label: string;
  readonly allowed: number;
  readonly denied: number;
  readonly since: number;
  readonly rule: Rule;
}

/** Counts an answer of the person. @returns what was found altered on the way, and is set aside */
export function noteAnswer(tx: VaultTx, answer: Answer): Promise<readonly SetAside[]> {
  throw new Error(`not yet ${typeof tx} ${answer.subject}`);
}

/**
 * Rules that the person's answers speak for: at least 5 answers, at least 90 % of them alike, not settled by a rule
 * and not dismissed. Nothing is applied.
 * @returns `tampered`: records that do not count because they were altered; see `setAsideTampered`
 */
export function suggestionsOf(
  reader: VaultReader,
  options: { readonly policy: CompiledPolicy; readonly now: number },
): Promise<{ readonly suggestions: readonly Suggestion[]; readonly tampered: number }> {
  throw new Error(`not yet ${typeof reader} ${options.now}`);
}

/** Does not suggest it again until the answers turn. @throws SignetError not_found */
export function dismissSuggestion(tx: VaultTx, id: string): Promise<readonly SetAside[]> {
  throw new Error(`not yet ${typeof tx} ${id}`);
}

/** Looks at every record of answers and moves away those that were altered. */
export function setAsideTampered(tx: VaultTx): Promise<readonly SetAside[]> {
  throw new Error(`not yet ${typeof tx}`);
}

/** How many records of answers were ever set aside. */
export function countSetAside(reader: VaultReader): Promise<number> {
  throw new Error(`not yet ${typeof reader}`);
}

/** For `moved` of the vault's journal: MACs the records of answers anew, which were copied from a vault of other keys. */
export function rekeyPatterns(tx: VaultTx, from: VaultReader): Promise<void> {
  throw new Error(`not yet ${typeof tx} ${typeof from}`);
}
