import { SignetError } from '../core/index.ts';
import { issuerId, revealedBy } from '../credentials/index.ts';
import type { ClaimPath, ConcretePath } from '../credentials/index.ts';
import type { Match } from './matched.ts';
import { acceptsAuthorities, acceptsIssuer } from './query.ts';

/**
 * The last look at a match before anybody is shown it: it answers one way of what is wanted in full, with a credential
 * of a type and issuer that is accepted, and shows no row but those that something asked for lies in. Looks at the
 * query alone, not at how the rows were found.
 * @throws SignetError internal
 */
export function assertAsked({ wanted, record, format, terms, rows, ranges }: Match): void {
  const answersOne = wanted.alternatives.some((alternative) => alternative.every((term) => terms.includes(term)));
  const isAsked = terms.every((term) => wanted.alternatives.some((alternative) => alternative.includes(term)));
  const isAccepted = (wanted.types?.includes(record.vct) ?? true) && acceptsIssuer(wanted, issuerId(record));
  const isBacked = acceptsAuthorities(wanted, record.authorityKeys);
  const isForm = wanted.formats.includes(format) && ranges.every(({ term }) => terms.includes(term));
  const paths = [...terms.flatMap((term) => term.paths), ...ranges.flatMap(({ term }) => term.range?.paths ?? [])];
  const asked = revealedBy(record.claims, rows).filter(({ path }) => paths.some((pointer) => leadsTo(pointer, path)));
  const forced = new Set(asked.flatMap((claim) => claim.rows));
  if (answersOne && isAsked && isAccepted && isBacked && isForm && rows.every((row) => forced.has(row))) return;
  throw unasked();
}

const unasked = (): SignetError =>
  new SignetError('internal', 'The answer would show something that was not asked for. Nothing was released.');

/**
 * The last look at an answer as a whole: each of its credentials was asked for (`assertAsked`), and where one is asked for
 * one goes.
 * @throws SignetError internal
 */
export function assertAnswer(choice: readonly Match[]): void {
  choice.forEach(assertAsked);
  for (const [at, { wanted, record }] of choice.entries()) {
    const before = choice.slice(0, at).filter((match) => match.wanted.id === wanted.id);
    const isTwice = before.some((match) => match.record.id === record.id);
    if (isTwice || (before.length > 0 && !wanted.multiple)) throw unasked();
  }
}

/** Whether a place is one that a claims path pointer selects, or lies below one. */
const leadsTo = (pointer: ClaimPath, path: ConcretePath): boolean =>
  pointer.length <= path.length &&
  pointer.every((step, i) => (step === null ? typeof path[i] === 'number' : step === path[i]));
