import * as v from 'valibot';
import {
  bytes16,
  bytes32,
  currency,
  holderJwk,
  instant,
  minorUnits,
  name,
  origin,
  permissions,
  policyText,
  publicKey,
  purpose,
} from '../fields.ts';
import { MAX_BUDGET_LENGTH } from '../budget/index.ts';
import { MAX_CLAUSES, isClauseTreeSize } from '../clauses/index.ts';
import type { CapabilityClaims, CapabilityTerms } from './claims.ts';

const budgetChain = v.strictObject({
  commitment: bytes32,
  unit: v.pipe(minorUnits, v.minValue(1, 'must be at least 1')),
  currency,
  length: v.pipe(v.number(), v.safeInteger(), v.minValue(1), v.maxValue(MAX_BUDGET_LENGTH, 'is too long')),
});

export const termsSchema: v.GenericSchema<unknown, CapabilityTerms> = v.strictObject({
  permissions: v.exactOptional(permissions),
  max_amount: v.exactOptional(minorUnits),
  unit: v.literal('minor'),
  currency: v.exactOptional(currency),
  one_time: v.boolean(),
  purpose,
  merchant: v.exactOptional(name),
  budget_chain: v.exactOptional(budgetChain),
  policy: v.exactOptional(policyText),
  merkle_root: v.exactOptional(bytes32),
  leaves: v.exactOptional(v.custom<number>(isClauseTreeSize, `must be a power of two, at most ${MAX_CLAUSES}`)),
});

/** Members that are not known here are refused: a misread restriction would be one that nobody keeps. */
const entries = {
  iss: publicKey,
  sub: name,
  aud: v.exactOptional(origin),
  jti: bytes16,
  iat: instant,
  nbf: instant,
  exp: instant,
  cnf: v.exactOptional(v.strictObject({ jwk: holderJwk })),
  parent: v.exactOptional(bytes32),
  sealed: v.exactOptional(v.literal(true)),
  crit: v.exactOptional(v.array(v.string())),
  spl: termsSchema,
} as const;

export const claimsSchema: v.GenericSchema<unknown, CapabilityClaims> = v.strictObject(entries);

/** Whether a claim is one that this version understands. */
export const isKnownClaim = (claim: string): boolean => Object.hasOwn(entries, claim);
