import { sha256 } from '@noble/hashes/sha2.js';
import { fromBase64url, toBase64url } from '../core/index.ts';

/**
 * What an agent is called in rules, log and requests: base64url of the first 16 bytes of the SHA-256 of its public key.
 * @param publicKey base64url
 * @throws SignetError bad_request when that is no base64url
 */
export const agentIdOf = (publicKey: string): string => toBase64url(sha256(fromBase64url(publicKey)).subarray(0, 16));
