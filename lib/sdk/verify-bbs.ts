import { parseOrigin, toSeconds } from '../core/index.ts';
import { verifyBbsPresentation } from '../credentials/bbs/verifying/index.ts';
import { typesOf } from './trusted-issuer.ts';
import type { Question } from './question.ts';
import type { VerifyResult } from './verifying.ts';

/** Verifies a presentation of a BBS credential, by either suite, for a service that accepts proofs without a holder. */
export async function verifyBbs(proof: string, question: Question): Promise<VerifyResult> {
  const { terms, nonce, issuers, types, now } = question;
  const result = await verifyBbsPresentation(proof, {
    ...{ terms, nonce },
    origin: parseOrigin(question.origin, 'audience'),
    trusted: issuers.map((entry) => ({
      issuer: entry.issuer,
      keys: entry.bbsKeys,
      types: typesOf(entry, types),
    })),
    requestedTypes: [],
    now: toSeconds(now),
  });
  if (!result.valid) return result;
  const { header, suite, answers } = result;
  return {
    valid: true,
    claims: answers,
    issuer: header.issuer,
    format: suite,
    holder: 'none',
    expires: new Date(header.expires * 1000),
    scope: terms.map(({ name }) => name).sort(),
  };
}
