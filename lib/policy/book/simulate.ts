import type { VaultReader } from '../../vault/index.ts';
import type { CompileOptions, PolicySet, Rule, Verdict } from '../engine/index.ts';

/** What trying a rule against past decisions shows. */
export interface Simulation {
  /** How many decisions were tried. */
  readonly tried: number;
  /** Those that turn out otherwise with the rule than without it, newest first, at most 50. */
  readonly changed: readonly {
    readonly seq: number;
    readonly time: number;
    readonly subject: string;
    readonly claim: string;
    readonly was: Verdict;
    readonly would: Verdict;
  }[];
  /** How many of all that turn out otherwise become each. */
  readonly permits: number;
  readonly denies: number;
  readonly asks: number;
}

/**
 * Tries a rule, or a change of the one with its id, against the facts of the last answers.
 * @param options.set in force @param options.last answers, at most 512
 */
export function simulate(
  reader: VaultReader,
  options: CompileOptions & { readonly rule: Rule; readonly set: PolicySet; readonly last: number },
): Promise<Simulation> {
  throw new Error(`not yet ${typeof reader} ${options.last}`);
}
