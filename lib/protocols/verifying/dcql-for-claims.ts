import { SignetError } from '../../core/index.ts';
import type { ClaimTerm } from '../../credentials/verifying/index.ts';
import { claimTermOf } from '../../credentials/verifying/index.ts';
import type { ClaimRequest, DcqlClaim, DcqlCredential } from '../../provider/types.ts';

/** What an answer calls the one credential that `claims` are asked of. */
export const CLAIMS_ID = 'proof';

const BIRTH_DATES: ReadonlySet<string> = new Set(['birth_date', 'birthdate']);

/**
 * A claim request of Signet's in the terms that any wallet can answer: by what is disclosed. Somebody's age is asked as
 * `age_over_N`, or `age_equal_or_over`/`N`, since DCQL cannot compare (OpenID4VP 1.0 §6.3).
 * @throws SignetError unsupported for what only a proof about a hidden number could answer; bad_request as `claimTermOf`
 */
export function disclosedTermOf(request: ClaimRequest): ClaimTerm {
  const { name, paths, values, range } = claimTermOf(request);
  const isRange = paths.length === 0;
  if (isRange && range !== undefined && BIRTH_DATES.has(name) && isAgeToday(range.question)) {
    return { ...disclosedTermOf(`age_over_${range.question.age_at_least}`), name };
  }
  if (isRange) {
    const message = `No query says "at least" or "at most" of ${name}: ask Signet by requestProof, or for a claim that says it.`;
    throw new SignetError('unsupported', message, { field: 'claims' });
  }
  return values === undefined ? { name, paths } : { name, paths, values };
}

type Question = NonNullable<ClaimTerm['range']>['question'];

const isAgeToday = (question: Question): question is { readonly age_at_least: number } =>
  'age_at_least' in question && question.as_of === undefined;

/**
 * The DCQL credential query that asks for these terms, all of one credential. Where a claim has two spellings, a
 * credential answers in the first throughout, or in the second.
 * @param types accepted `vct` values
 */
export function dcqlForTerms(terms: readonly ClaimTerm[], types: readonly string[]): DcqlCredential {
  const asked = { id: CLAIMS_ID, format: 'dc+sd-jwt', meta: { vct_values: types } };
  const spellings = [0, 1].map((spelling) => terms.map((term, at) => claimOf(term, at, spelling)));
  const [first = [], second = []] = spellings;
  if (terms.every(({ paths }) => paths.length === 1)) return { ...asked, claims: first.map(withoutId) };
  const claims = [...first, ...second.filter(({ id }) => first.every((one) => one.id !== id))];
  return { ...asked, claims, claim_sets: [first, second].map((set) => set.map(({ id }) => id)) };
}

type NamedClaim = DcqlClaim & { readonly id: string };

function claimOf({ paths, values }: ClaimTerm, at: number, spelling: number): NamedClaim {
  const chosen = Math.min(spelling, paths.length - 1);
  const claim = { id: `${'ab'.charAt(chosen)}${at}`, path: paths[chosen] ?? [] };
  return values === undefined ? claim : { ...claim, values };
}

const withoutId = ({ path, values }: NamedClaim): DcqlClaim => (values === undefined ? { path } : { path, values });
