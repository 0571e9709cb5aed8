import type { Origin } from '../core/index.ts';
import { SignetError } from '../core/index.ts';
import type { ProofQuery } from './query.ts';

/** What the key binding JWT of every presentation says beside `sd_hash` and `iat`. */
export interface Binding {
  /** `aud`: `origin:<origin>` for pages and the Digital Credentials API; over a link, the verifier's full client id. */
  readonly audience: string;
  /** The verifier's: any text, but never none. */
  readonly nonce: string;
  /** What the person authorises by the presentation (OpenID4VP 1.0 §8.4, Appendix B.3.3.1). */
  readonly transactionData?: readonly TransactionEntry[];
}

/** One entry of `transaction_data`, for one of the credentials that it names. */
export interface TransactionEntry {
  /** DCQL ids: exactly one of these presentations authorises it. */
  readonly credentialIds: readonly string[];
  /** base64url as it came, which is what is hashed. */
  readonly encoded: string;
}

/** What a page's own request is bound to. */
export const bindingToOrigin = (origin: Origin, nonce: string): Binding => ({ audience: `origin:${origin}`, nonce });

/**
 * Whether presentations that answer a query can be bound so.
 * @throws SignetError bad_request, naming the field, on an audience or nonce that is none and on an entry that names no
 *   credential of the query, or one that need not be bound to its holder; unsupported where the query's language has no ids to name
 */
export function assertBindable({ audience, nonce, transactionData = [] }: Binding, query: ProofQuery): void {
  if (audience === '') throw new SignetError('bad_request', 'There is nobody to present to.', { field: 'audience' });
  if (nonce === '') throw new SignetError('bad_request', 'The nonce is empty.', { field: 'nonce' });
  const field = 'transaction_data';
  if (transactionData.length > 0 && query.language !== 'dcql') {
    throw new SignetError('unsupported', 'Transactions are authorised by answers to dcql_query alone.', { field });
  }
  const ids = new Set(query.credentials.map(({ id }) => id));
  const stray = transactionData.findIndex(
    ({ credentialIds }) => credentialIds.length === 0 || !credentialIds.every((id) => ids.has(id)),
  );
  const refuse = (at: number, why: string): never => {
    const named = `${field}[${at}].credential_ids`;
    throw new SignetError('bad_request', `${named} ${why}`, { field: named });
  };
  if (stray !== -1) refuse(stray, 'names no credential of the query.');
  const unbound = new Set(query.credentials.filter((one) => one.unbound).map(({ id }) => id));
  const loose = transactionData.findIndex(({ credentialIds }) => credentialIds.some((id) => unbound.has(id)));
  if (loose !== -1) refuse(loose, 'names a credential that is asked for without its holder (Appendix B.3.3).');
}

/**
 * The query that is left once each transaction has to be authorised: of the ways to meet its sets, an optional one
 * among them, one must be taken that answers with a credential which the entry names.
 */
export function forTransactions(query: ProofQuery, { transactionData = [] }: Binding): ProofQuery {
  const options = [...query.requiredSets, ...query.optionalSets.map((set) => set.options)].flat();
  const sets = transactionData.map(({ credentialIds }) =>
    options.filter((ids) => ids.some((id) => credentialIds.includes(id))),
  );
  return { ...query, requiredSets: [...sets, ...query.requiredSets] };
}

/** The credential that authorises an entry: the first it names that is answered; undefined where none is. */
export const authorisedBy = ({ credentialIds }: TransactionEntry, answered: readonly string[]): string | undefined =>
  credentialIds.find((id) => answered.includes(id));

/** Whether answers to these ids authorise all that is to be. */
export const authorisesAll = ({ transactionData = [] }: Binding, answered: readonly string[]): boolean =>
  transactionData.every((entry) => authorisedBy(entry, answered) !== undefined);

/**
 * The entries that go into the key binding of one answer, as they came; undefined where there are none.
 * @param id of the answer @param answered ids of all answers
 */
export function entriesFor(
  { transactionData = [] }: Binding,
  id: string,
  answered: readonly string[],
): readonly string[] | undefined {
  const own = transactionData.filter((entry) => authorisedBy(entry, answered) === id);
  return own.length === 0 ? undefined : own.map(({ encoded }) => encoded);
}
