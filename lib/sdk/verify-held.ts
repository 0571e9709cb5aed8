import { toSeconds } from '../core/index.ts';
import type { RefusalReason } from '../credentials/verifying/index.ts';
import { verifyPresentation } from '../credentials/verifying/index.ts';
import { isOtherFormat, mayBeBbs } from './format.ts';
import { refuseStatus, trustFor } from './issuer-word.ts';
import type { Question } from './question.ts';
import type { VerifyResult } from './verifying.ts';

/** `verify` for a question that was read before, and for proofs of a holder alone. @throws SignetError as `verify` */
export async function verifyHeld(proof: unknown, question: Question): Promise<VerifyResult> {
  if (typeof proof !== 'string') return refuse('malformed', 'The proof is not text.');
  if (mayBeBbs(proof)) {
    return refuse('no_holder_proof', 'Whoever has a copy of this credential can show it: say `bearer` to accept that.');
  }
  if (isOtherFormat(proof)) return refuse('unsupported_format', 'The proof is of a format that is not supported.');
  const result = await verifyPresentation(proof, {
    audience: `origin:${question.origin}`,
    nonce: question.nonce,
    now: toSeconds(question.now),
    terms: question.terms,
    trust: (issuer, issuerJwt) => trustFor(question, issuer, issuerJwt),
    checkSignature: question.checkSignature,
    // Its code is loaded by whoever gets such a proof, and by nobody else.
    ranges: async (evidence) => (await import('./verify-ranges.ts')).verifyRanges(evidence, question),
  });
  if (!result.valid) return result;
  const revoked = await refuseStatus(question, result);
  if (revoked !== undefined) return revoked;
  const { facts, answers, holder = 'none' } = result;
  return {
    valid: true,
    claims: answers,
    issuer: facts.issuer,
    format: result.proves === 'ranges' ? 'bulletproof' : 'dc+sd-jwt',
    holder,
    expires: facts.expiresAt === undefined ? undefined : new Date(facts.expiresAt * 1000),
    scope: question.terms.map(({ name }) => name).sort(),
  };
}

const refuse = (reason: RefusalReason, detail: string): VerifyResult => ({ valid: false, reason, detail });
