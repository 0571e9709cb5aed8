import { SignetError } from '../../core/index.ts';
import type { ClaimTerm } from '../../credentials/verifying/index.ts';
import { claimTermOfDcql } from '../../credentials/verifying/index.ts';
import type { DcqlCredential, DcqlQuery } from '../../provider/types.ts';

/** The most presentations that one query is answered with. */
export const MAX_PRESENTATIONS = 64;

/**
 * The combinations of claims that answer a credential query, in order of preference, never none (OpenID4VP 1.0 §6.4.1):
 * no claim that could be hidden where none is asked for.
 */
export function askedWays({ claims = [], claim_sets: sets }: DcqlCredential): readonly (readonly ClaimTerm[])[] {
  if (sets === undefined) return [claims.map(claimTermOfDcql)];
  return sets.map((set) => claims.filter(({ id }) => id !== undefined && set.includes(id)).map(claimTermOfDcql));
}

/** Whether a presentation has to show who holds the credential. Unless the query says otherwise, it has to. */
export const needsHolder = ({ require_cryptographic_holder_binding: required = true }: DcqlCredential): boolean =>
  required;

/**
 * Refuses a query whose answers could not be verified here: other formats than SD-JWT VC, or no types.
 * @throws SignetError unsupported or bad_request, naming the place in the query
 */
export function assertVerifiable({ credentials }: DcqlQuery): void {
  for (const [at, { format, meta, claims, claim_sets: sets }] of credentials.entries()) {
    const field = `dcql_query.credentials[${at}]`;
    if (format !== 'dc+sd-jwt') {
      throw new SignetError('unsupported', `${field}.format ${format} is not one that can be verified here.`, {
        field: `${field}.format`,
      });
    }
    if (meta?.vct_values === undefined) {
      throw new SignetError('bad_request', `${field}.meta.vct_values must name the types you accept.`, {
        field: `${field}.meta.vct_values`,
      });
    }
    if (sets !== undefined && claims === undefined) {
      throw new SignetError('bad_request', `${field}.claim_sets needs claims.`, { field: `${field}.claim_sets` });
    }
  }
}
