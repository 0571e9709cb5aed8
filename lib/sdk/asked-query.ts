import type { Json } from '../core/index.ts';
import { isJsonObject } from '../core/index.ts';
import type { ClaimTerm } from '../credentials/verifying/index.ts';
import { assertVerifiable, dcqlForTerms, disclosedTermOf } from '../protocols/verifying/index.ts';
import { readDcqlQuery } from '../provider/dcql-schema.ts';
import type { ClaimRequest, DcqlQuery } from '../provider/types.ts';
import { mistake } from './caller.ts';
import type { TrustedIssuer } from './trusted-issuer.ts';

/** What is asked: claims of one credential, or a query in OpenID4VP's language. */
export interface AskedOfWallets {
  /**
   * What to learn, of one credential: a claim's name, or a list as `window.signet` takes it. An age is asked as
   * `age_over_21`; other comparisons cannot be asked of any wallet.
   */
  readonly claims?: string | readonly ClaimRequest[];
  /** Instead of `claims`: OpenID4VP 1.0 §6, for credentials of the format `dc+sd-jwt`. */
  readonly dcql_query?: DcqlQuery;
  /** With `claims`: accepted credential types (`vct`). Default: those that `issuers` name. */
  readonly types?: readonly string[];
  /** Whose credentials you accept. Wallets are told the types alone; `verifyResponse` decides. */
  readonly issuers?: readonly Pick<TrustedIssuer, 'issuer' | 'types'>[];
}

export interface Query {
  readonly query: DcqlQuery;
  readonly claims?: readonly ClaimRequest[];
}

/** @throws SignetError bad_request naming the member, or unsupported for what cannot be asked or verified */
export function readQuery(asked: AskedOfWallets): Query {
  const { claims, dcql_query: query } = asked;
  if ((claims === undefined) === (query === undefined)) throw mistake('claims', 'Ask by claims, or by dcql_query.');
  if (claims === undefined) {
    if (asked.types !== undefined) throw mistake('types', 'types is for claims; dcql_query has meta.vct_values.');
    return { query: checked(query) };
  }
  const requests = readClaims(claims);
  const terms = requests.map(disclosedTermOf);
  return { query: checked({ credentials: [dcqlForTerms(terms, typesOf(asked))] }), claims: requests };
}

/** The terms of `claims` that were asked of any wallet. */
export const termsOf = (claims: readonly ClaimRequest[]): readonly ClaimTerm[] => claims.map(disclosedTermOf);

function readClaims(claims: unknown): readonly ClaimRequest[] {
  const requests: unknown = typeof claims === 'string' ? [claims] : claims;
  const isNamed = (one: unknown): boolean => isJsonObject(one) && typeof one['name'] === 'string';
  if (
    !Array.isArray(requests) ||
    requests.length === 0 ||
    !requests.every((one) => typeof one === 'string' || isNamed(one))
  ) {
    throw mistake('claims', 'claims must say what is asked: names, or objects with one.');
  }
  return requests as readonly ClaimRequest[]; // claimTermOf checks the rest
}

function typesOf({ types, issuers }: AskedOfWallets): readonly string[] {
  const named = types ?? [...new Set((issuers ?? []).flatMap((issuer) => issuer.types ?? []))];
  if (!Array.isArray(named) || named.length === 0 || !named.every((type) => typeof type === 'string')) {
    throw mistake('types', 'types must name the credential types you accept.');
  }
  return named;
}

/** The query as wallets read it, within the limits; a member that nobody knows is a mistake. */
function checked(query: unknown): DcqlQuery {
  const read = readDcqlQuery(query as Json, { strict: true }); // what reading it is there to find out
  assertVerifiable(read);
  return read;
}
