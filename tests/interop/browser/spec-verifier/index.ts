import type { ForeignVerifier, Stand } from '../foreign-verifier.ts';
import { askByLink } from './by-link.ts';
import { askThroughBrowser } from './dc-api.ts';

/**
 * A verifier written from the text alone: OpenID4VP 1.0 with its appendices A and B, RFC 7515 (JWS), RFC 7516 and 7518
 * (JWE), RFC 9901 (SD-JWT) and the draft of SD-JWT VC. WebCrypto and nothing else.
 */
export const specVerifier = (stand: Stand): ForeignVerifier => ({
  ask: (terms = {}) => askThroughBrowser(stand, terms),
  askByLink: (terms = {}) => askByLink(stand, terms),
});
