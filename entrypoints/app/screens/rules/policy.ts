import type { ClaimNames } from '../../../../components/policy/claim-phrase.ts';
import type { OwnResponse } from '../../../../lib/messaging/index.ts';

/** The rules in force, with what goes with them. */
export interface Policy extends OwnResponse<'policy.get'> {
  readonly names: ClaimNames;
  /** Claims to choose from, what sites ask for most before the others. */
  readonly claims: readonly string[];
}
