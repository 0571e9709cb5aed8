import { equalBytes, utf8 } from '../core/index.ts';
import type { Answer } from './answer.ts';
import { isAnswerOf } from './answer.ts';
import type { Challenge, Ruling } from './challenge.ts';
import { isOfScope } from './challenge.ts';
import type { Scope } from './scope.ts';
import { isStrictPart } from './scope.ts';
import type { NotifySettings } from './settings.ts';

/** Why an answer counts for nothing: the question waits on as if it had not come. */
export type AnswerRefusal =
  /** No key for answers is registered. */
  | 'no_key'
  | 'bad_signature'
  | 'other_challenge'
  | 'wrong_nonce'
  | 'wrong_scope'
  /** It was answered before. */
  | 'used'
  /** The question did not offer this answer, or the person has switched off since what it offered. */
  | 'not_offered'
  /** `keep` is not a strict part of what was asked. */
  | 'no_part';

export type Judged =
  { readonly counts: true; readonly ruling: Ruling } | { readonly counts: false; readonly refusal: AnswerRefusal };

/** A question that was decided. */
export interface Ruled {
  readonly challenge: Challenge;
  readonly ruling: Ruling;
}

/**
 * What an answer makes of the question that it is for. Pure: whoever calls it stores the ruling, once.
 * @param now milliseconds since the epoch: from `endsAt` on every answer is a denial
 */
export function judge(challenge: Challenge, answer: Answer, settings: NotifySettings, now: number): Judged {
  const { answers } = settings;
  if (answers === undefined) return refused('no_key');
  if (!isAnswerOf(answer, answers.publicKey)) return refused('bad_signature');
  const misfit = misfitOf(challenge, answer);
  if (misfit !== undefined) return refused(misfit);
  if (challenge.ruling !== undefined) return refused('used');
  if (now >= challenge.endsAt) return counted({ decision: 'deny', why: 'late' });
  if (!challenge.answers.includes(answer.decision)) return refused('not_offered');
  if (answer.decision === 'deny') return counted({ decision: 'deny', why: 'said' });
  if (challenge.tier3 && !answers.tier3) return refused('not_offered');
  if (answer.decision === 'approve') return counted({ decision: 'approve' });
  if (!isStrictPart(answer.keep, challenge.names)) return refused('no_part');
  return counted({ decision: 'narrow', keep: answer.keep });
}

/**
 * What a ruling lets happen: the scope itself, a strict part of it, or nothing. Never more than was asked, whatever the
 * ruling says, and nothing at all where the request is no longer the one that was asked about.
 * An answer that came in time and is carried out late is late all the same.
 * @param scope of the request as it stands now
 * @param now milliseconds since the epoch
 */
export function permittedBy({ challenge, ruling }: Ruled, scope: Scope, now: number): Scope | undefined {
  if (ruling.decision === 'deny' || now >= challenge.endsAt || !isOfScope(challenge, scope)) return undefined;
  if (ruling.decision === 'approve') return scope;
  const names = scope.items.map(({ name }) => name);
  if (!isStrictPart(ruling.keep, names)) return undefined;
  return { ...scope, items: scope.items.filter(({ name }) => ruling.keep.includes(name)) };
}

function misfitOf(challenge: Challenge, answer: Answer): AnswerRefusal | undefined {
  if (answer.challenge !== challenge.id) return 'other_challenge';
  if (!isSame(answer.nonce, challenge.nonce)) return 'wrong_nonce';
  return isSame(answer.scope, challenge.digest) ? undefined : 'wrong_scope';
}

const isSame = (a: string, b: string): boolean => equalBytes(utf8(a), utf8(b));
const counted = (ruling: Ruling): Judged => ({ counts: true, ruling });
const refused = (refusal: AnswerRefusal): Judged => ({ counts: false, refusal });
