import type { ForeignVerifier, Stand } from '../foreign-verifier.ts';
import { askByLink } from './by-link.ts';
import { askThroughBrowser } from './dc-api.ts';

/**
 * A verifier that is made of other people's software: `@openid4vc/openid4vp` writes requests and reads answers,
 * `@sd-jwt/sd-jwt-vc` verifies, `dcql` compares with the query, `jose` signs and decrypts. What they leave to their
 * caller stands in `reading.ts`: audience, age of the key binding, over-disclosure.
 */
export const theirVerifier = (stand: Stand): ForeignVerifier => ({
  ask: (terms = {}) => askThroughBrowser(stand, terms),
  askByLink: (terms = {}) => askByLink(stand, terms),
});
