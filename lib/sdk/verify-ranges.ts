import type { Json, JsonObject } from '../core/index.ts';
import { SignetError, dateInUtc, formatDate } from '../core/index.ts';
import { readCommitment } from '../credentials/commitment/index.ts';
import type { CommittedNumber } from '../credentials/commitment/index.ts';
import type { RangeEvidence, RangeQuestion, Refusal, RefusalReason } from '../credentials/verifying/index.ts';
import { verifyStatements } from '../proofs/range/index.ts';
import type { RangeStatement } from '../proofs/range/index.ts';

const DAY = 86_400_000;

type Asked = RangeEvidence['asked'][number];

/**
 * Verifies what a presentation proves about numbers that it does not show: for each that was asked one statement, the
 * one that was asked, true of the number that the issuer committed to, and none beyond that.
 * @param origin the verifier's own
 * @param now milliseconds since the epoch; an age is proven as of its date in UTC, or of the day before or after
 */
export function verifyRanges(
  { proofs, asked, nonce, sdHash }: RangeEvidence,
  { origin, now }: { readonly origin: string; readonly now: number },
): Refusal | { readonly answers: JsonObject } {
  const numberAt = (path: readonly string[]) => numberOf(asked.find((one) => isAt(one, path)));
  const verdict = verifyStatements(proofs, numberAt, { origin, nonce, sdHash });
  if (!verdict.ok) return refuse('wrong_claim', `A proof about a number does not hold: ${verdict.detail}.`);
  const answers: Record<string, Json> = {};
  const open = new Set(asked);
  for (const { path, statement } of verdict.proven) {
    const answered = [...open].find((one) => isAt(one, path) && isAsked(statement, one, now));
    if (answered === undefined) return refuse('over_disclosed', 'The presentation proves more than was asked.');
    open.delete(answered);
    answers[answered.term.name] = answered.term.paths.length > 0 ? true : { ...statement };
  }
  const [missing] = open;
  if (missing !== undefined) return refuse('wrong_claim', `The presentation does not prove ${missing.term.name}.`);
  return { answers };
}

const isAt = ({ place }: Asked, path: readonly string[]): boolean =>
  place.length === path.length && place.every((step, i) => step === path[i]);

function numberOf(asked: Asked | undefined): CommittedNumber | undefined {
  if (asked === undefined) return undefined;
  try {
    return readCommitment(asked.commitment);
  } catch (error) {
    if (SignetError.from(error).reason !== 'bad_request') throw error;
    return undefined; // what the issuer signed is no commitment of ours
  }
}

function isAsked(statement: RangeStatement, { term }: Asked, now: number): boolean {
  const question: RangeQuestion | undefined = term.range?.question;
  if (question === undefined) return false;
  if ('age_at_least' in question) {
    if (!('age_at_least' in statement) || statement.age_at_least !== question.age_at_least) return false;
    const days = question.as_of === undefined ? [now - DAY, now, now + DAY].map(dayOf) : [question.as_of];
    return days.includes(statement.as_of);
  }
  if ('age_at_least' in statement) return false;
  const { gte, lte } = { gte: undefined, lte: undefined, ...statement };
  return gte === question.gte && lte === question.lte;
}

const dayOf = (now: number): string => formatDate(dateInUtc(now));

const refuse = (reason: RefusalReason, detail: string): Refusal => ({ valid: false, reason, detail });
