import type { JsonObject } from '../../core/index.ts';
import { SignetError } from '../../core/index.ts';
import { commit, newBlinding } from '../commitment/index.ts';
import { jwkThumbprint } from '../verifying/index.ts';
import type { Committer, CopyTerms, IssuedCopy, IssuingContext, WireOpening } from './issued-copy.ts';
import { CopyIssuer } from './issued-copy.ts';
import type { CredentialSchema } from './schema.ts';

const PEDERSEN: Committer = { newBlinding, commit };

/**
 * Issues one copy of an SD-JWT VC (SD-JWT VC §3, RFC 9901 §4): what the schema always discloses in clear, the rest
 * behind salted digests, yes/no fields and commitments made from the values as of the day of issue (UTC). Its times are
 * whole days.
 * @param values by the name of the raw field; exactly those of the schema, optional ones left out or there
 * @throws SignetError bad_request, naming `schema` or the field whose value does not fit; what the signer throws
 */
export async function issueSdJwtVc(
  schema: CredentialSchema,
  values: JsonObject,
  context: IssuingContext,
  copy: CopyTerms,
): Promise<IssuedCopy> {
  return new CopyIssuer(schema, values, context, PEDERSEN).issue(copy);
}

/** Copies of one credential, as a credential response of OpenID4VCI has them. */
export interface IssuedBatch {
  /** Compact SD-JWT VCs, one for each holder key, in their order. */
  readonly credentials: readonly string[];
  /** For the member `signet_openings`: one object for each credential, in the same order. */
  readonly openings: readonly Readonly<Record<string, WireOpening>>[];
}

/**
 * Issues copies that cannot be put together by those who see one each: salts, blindings and holder key are each copy's
 * own, times are whole days. A status entry in `copies` must be each copy's own too.
 * @throws SignetError bad_request as `issueSdJwtVc`, and where two copies share a holder key or a status entry
 */
export async function issueBatch(
  schema: CredentialSchema,
  values: JsonObject,
  context: IssuingContext,
  copies: readonly CopyTerms[],
): Promise<IssuedBatch> {
  assertApart(copies);
  const issuer = new CopyIssuer(schema, values, context, PEDERSEN);
  const issued: IssuedCopy[] = [];
  for (const copy of copies) issued.push(await issuer.issue(copy));
  return {
    credentials: issued.map(({ credential }) => credential),
    openings: issued.map(({ openings }) => openings),
  };
}

function assertApart(copies: readonly CopyTerms[]): void {
  const insist = (condition: boolean, field: string, message: string): void => {
    if (!condition) throw new SignetError('bad_request', message, { field });
  };
  const holders = new Set(copies.map(({ holder }) => jwkThumbprint(holder)));
  insist(holders.size === copies.length, 'holder', 'Two copies are for one key: they could be linked.');
  const entries = copies.flatMap(({ status }) => (status === undefined ? [] : [`${status.uri} ${status.idx}`]));
  insist(new Set(entries).size === entries.length, 'status', 'Two copies have one status entry: they could be linked.');
}
