import { sha256 } from '@noble/hashes/sha2.js';
import { canonicalJsonBytes, toBase64url } from '../../core/index.ts';
import type { PolicySet } from './rule.ts';

/**
 * base64url SHA-256 of the canonical JSON (RFC 8785) of a policy set: what the log calls the policy.
 * @param set as `readPolicySet` gives it: in its order, without empty members
 */
export const policyHashOf = (set: PolicySet): string => toBase64url(sha256(canonicalJsonBytes(set)));
