import type { VaultReader } from '../../vault/index.ts';
import type { CompiledPolicy, PolicyState } from '../engine/index.ts';

/** What decisions about one subject depend on beside rules and requests, loaded once. */
export interface Standing {
  /** @param claim by `claimKey` @param beside the other claims of the same answer */
  of(claim: string, beside?: readonly string[]): PolicyState;
}

export interface StandingOf {
  readonly policy: CompiledPolicy;
  readonly subject: string;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** Loads what is known of a subject: uses of the rules that count, when rules were confirmed, bounds told, a restore. */
export function loadStanding(reader: VaultReader, options: StandingOf): Promise<Standing> {
  throw new Error(`not yet ${typeof reader} ${options.subject}`);
}

/** The state for one claim. @see loadStanding */
export async function stateFor(
  reader: VaultReader,
  { claim, beside, ...of }: StandingOf & { readonly claim: string; readonly beside?: readonly string[] },
): Promise<PolicyState> {
  return (await loadStanding(reader, of)).of(claim, beside);
}
