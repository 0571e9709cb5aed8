import { SignetError, equalBytes, toSeconds, utf8 } from '../../core/index.ts';
import type { Jws, PublicJwk } from '../../credentials/verifying/index.ts';
import { isSignedBy, jwkThumbprint, parseJws } from '../../credentials/verifying/index.ts';
import { readField } from '../read-field.ts';
import type { CapabilityUse, HolderProofClaims } from './claims.ts';
import { HOLDER_PROOF_TYPE, claimsOfUse, proofSchema } from './claims.ts';
import type { ProofTarget } from './make.ts';
import type { ReplayStore } from './replay-store.ts';

/** Seconds after which a proof is too old, and by which clocks may differ. */
export const MAX_PROOF_AGE = 60;
export const PROOF_SKEW = 30;

const MAX_PROOF_LENGTH = 8192;

/** Why a proof shows nothing, as one word. */
export type ProofProblem =
  'malformed_proof' | 'no_holder_proof' | 'wrong_use' | 'wrong_nonce' | 'proof_time' | 'replayed' | 'replay_full';

export type ProofVerdict =
  { readonly proven: true } | { readonly proven: false; readonly problem: ProofProblem; readonly detail: string };

export interface ProofExpectations extends ProofTarget {
  /** The holder's key, from the token that was verified. */
  readonly holder: PublicJwk;
  /** What the verifier sees happen: its own method, address and body, its own price. */
  readonly use: CapabilityUse;
  /** Milliseconds since the epoch. */
  readonly now: number;
  readonly replay: ReplayStore;
}

/**
 * Verifies that the holder's key was used for exactly this use, now, and once (after RFC 9449 §4.3). A proof is
 * remembered only when all else is right, so that nobody without the key can fill the store.
 * @param proof compact JWS, from a stranger
 * @throws SignetError bad_request where `use` or `nonce` of the caller is wrong; what the store throws
 */
export async function verifyHolderProof(proof: string, expected: ProofExpectations): Promise<ProofVerdict> {
  const wanted = readField(
    proofSchema,
    { jti: NO_ID, iat: 0, ath: expected.tokenHash, nonce: expected.nonce, ...claimsOfUse(expected.use) },
    'proof',
  );
  const read = readProof(proof);
  if ('problem' in read) return read;
  const { jws, claims } = read;
  if (!(await isSignedBy(jws, [expected.holder]))) {
    return refuse('no_holder_proof', 'The proof was not signed with the holder’s key.');
  }
  return refuseClaims(claims, wanted, expected.now) ?? (await remember(claims, expected));
}

const NO_ID = 'A'.repeat(22);

const refuse = (problem: ProofProblem, detail: string) => ({ proven: false, problem, detail }) as const;

function readProof(
  proof: string,
): { readonly jws: Jws; readonly claims: HolderProofClaims } | (ProofVerdict & { proven: false }) {
  if (proof.length > MAX_PROOF_LENGTH) return refuse('malformed_proof', 'The proof is too long.');
  try {
    const jws = parseJws(proof, 'proof', MAX_PROOF_LENGTH);
    const isPlain = Object.keys(jws.header).every((name) => name === 'alg' || name === 'typ');
    if (jws.header['typ'] !== HOLDER_PROOF_TYPE || !isPlain) {
      return refuse('malformed_proof', `The proof is not of the type ${HOLDER_PROOF_TYPE}, or its header says more.`);
    }
    return { jws, claims: readField(proofSchema, jws.payload, 'proof') };
  } catch (error) {
    return refuse('malformed_proof', SignetError.from(error).message);
  }
}

/** What a proof is for, by the claim that says so, in the order that people can act on. */
const BOUND = [
  ['ath', 'The proof is for another token.'],
  ['htm', 'The proof is for another method.'],
  ['htu', 'The proof is for another address.'],
  ['act', 'The proof is for another action.'],
  ['amt', 'The proof is for another amount.'],
  ['cur', 'The proof is for another currency.'],
  ['bdh', 'The proof is for another body.'],
] as const;

function refuseClaims(claims: HolderProofClaims, wanted: HolderProofClaims, now: number): ProofVerdict | undefined {
  const wrong = BOUND.find(([name]) => !isSame(claims[name], wanted[name]));
  if (wrong !== undefined) return refuse('wrong_use', wrong[1]);
  if (!isSame(claims.nonce, wanted.nonce)) return refuse('wrong_nonce', 'The proof answers another nonce.');
  const age = toSeconds(now) - claims.iat;
  if (!(age >= -PROOF_SKEW)) return refuse('proof_time', 'The proof is from the future.');
  return age <= MAX_PROOF_AGE + PROOF_SKEW ? undefined : refuse('proof_time', 'The proof is too old.');
}

/** Two that are missing are the same: a use without an amount has a proof without one. */
const isSame = (given: string | number | undefined, wanted: string | number | undefined): boolean =>
  typeof given === 'string' && typeof wanted === 'string' ? equalBytes(utf8(given), utf8(wanted)) : given === wanted;

async function remember({ jti, iat }: HolderProofClaims, { holder, replay }: ProofExpectations): Promise<ProofVerdict> {
  // One holder cannot use up the ids of another.
  const outcome = await replay.remember(`${jwkThumbprint(holder)}.${jti}`, (iat + KEPT) * 1000);
  if (outcome === 'new') return { proven: true };
  if (outcome === 'seen') return refuse('replayed', 'The proof was used before.');
  return refuse('replay_full', 'No more proofs can be remembered now. Nothing was taken.');
}

/** A proof is remembered for a second longer than it could be taken. */
const KEPT = MAX_PROOF_AGE + PROOF_SKEW + 1;
