import type { Reply } from '../../../e2e/setup/harness.ts';
import type { IssuerTerms } from './terms.ts';
import { partOf, random, refuse, withHeader } from './wire.ts';

/** Seconds that a proof may be old. */
const FRESH = 60;

/**
 * What the library leaves to a server that takes DPoP proofs (RFC 9449): that each comes once, is fresh, and is over a
 * nonce of the server's. An authorization server and its resources each have nonces of their own (§9).
 */
export class DpopDoor {
  readonly #wanted: IssuerTerms['dpop'];
  readonly #challenge: (nonce: string) => Reply;
  readonly #nonces = new Set<string>();
  readonly #seen = new Set<unknown>();

  private constructor(wanted: IssuerTerms['dpop'], challenge: Reply) {
    this.#wanted = wanted;
    this.#challenge = (nonce) => withHeader(challenge, 'dpop-nonce', nonce);
  }

  /** §8. */
  static ofServer = ({ dpop }: IssuerTerms): DpopDoor => new DpopDoor(dpop, refuse('use_dpop_nonce'));

  /** §9. */
  static ofResources = ({ dpop }: IssuerTerms): DpopDoor =>
    new DpopDoor(dpop, { status: 401, headers: { 'www-authenticate': 'DPoP error="use_dpop_nonce", algs="ES256"' } });

  /** @returns what stands against the proof; undefined where it is the library's to verify */
  refusal(proof: string | undefined): Reply | undefined {
    if (this.#wanted === undefined) return undefined;
    const { nonce, jti, iat } = partOf(proof, 1);
    if (this.#wanted === 'nonces' && !this.#nonces.delete(String(nonce))) return this.#challenge(this.#fresh());
    const isFresh = typeof iat === 'number' && Math.abs(Date.now() / 1000 - iat) < FRESH;
    if (!isFresh || typeof jti !== 'string' || this.#seen.has(jti)) return refuse('invalid_dpop_proof');
    this.#seen.add(jti);
    return undefined;
  }

  /** The answer with the nonce for the next proof (§8.2), where nonces are wanted. */
  stamped(reply: Reply): Reply {
    return this.#wanted === 'nonces' ? withHeader(reply, 'dpop-nonce', this.#fresh()) : reply;
  }

  #fresh(): string {
    const nonce = random();
    this.#nonces.add(nonce);
    return nonce;
  }
}
