import type { Clock } from '../../lib/core/index.ts';
import { SignetError } from '../../lib/core/index.ts';
import { CLOCK_SKEW, MAX_BINDING_AGE, parseJws } from '../../lib/credentials/verifying/index.ts';
import type { CheckSignature } from '../../lib/credentials/verifying/index.ts';
import type { StatusFetch, VerifyResult } from '../../lib/sdk/index.ts';
import type { PreparedIssuer } from '../../lib/sdk/trusted-issuer.ts';
import { verifyHeld } from '../../lib/sdk/verify-held.ts';
import type { Configuration } from './configuration/read.ts';
import { nodeSignatures } from './node-signatures.ts';
import type { NonceStore } from './nonces/nonce-store.ts';
import { nonceId } from './nonces/nonce-store.ts';
import type { VerifyRequest } from './verify-request.ts';

/** Milliseconds that clocks may differ by. */
const SKEW = CLOCK_SKEW * 1000;

/**
 * Milliseconds after which a proof of now is too old for every server that shares the nonces: it may be from a clock that is
 * ahead, and be shown to a server whose clock is behind.
 */
const REMEMBERED = MAX_BINDING_AGE * 1000 + 3 * SKEW;

export interface VerifierOptions {
  readonly configuration: Pick<Configuration, 'audiences' | 'issuers' | 'types'>;
  readonly nonces: NonceStore;
  readonly status: 'skip' | StatusFetch;
  readonly clock: Clock;
}

/** Checks proofs as the SDK does, by what is configured, and takes each nonce once. */
export class Verifier {
  readonly #issuers: readonly PreparedIssuer[];
  readonly #types: readonly string[] | undefined;
  readonly #knownTypes: ReadonlySet<string>;
  readonly #audiences: ReadonlyMap<string, string>;
  readonly #checkSignature: CheckSignature;
  readonly #options: VerifierOptions;

  constructor(options: VerifierOptions) {
    const { issuers, types, audiences } = options.configuration;
    this.#options = options;
    this.#issuers = issuers;
    this.#types = types;
    this.#knownTypes = new Set(types ?? issuers.flatMap((issuer) => issuer.types ?? []));
    this.#audiences = new Map(
      audiences.flatMap((origin) => [
        [origin, origin],
        [origin.replace('https://', ''), origin],
      ]),
    );
    this.#checkSignature = nodeSignatures(issuers.flatMap(({ keys }) => keys));
  }

  /**
   * @throws SignetError bad_request naming the field where it asks for what is not configured; status_unknown where a status
   *   cannot be told; network where nonces cannot be remembered, too_many where there is no room for them
   */
  async verify(request: VerifyRequest): Promise<VerifyResult> {
    const { proof, terms, nonce } = request;
    const origin = this.#audiences.get(request.audience);
    if (origin === undefined) throw notHere('audience', 'This server does not verify for this audience.');
    const now = this.#options.clock();
    const result = await verifyHeld(proof, {
      ...{ terms, origin, nonce, now },
      issuers: this.#issuersAmong(request.issuers),
      types: this.#typesAmong(request.types),
      status: this.#options.status,
      bearer: false,
      checkSignature: this.#checkSignature,
    });
    if (!result.valid) return result;
    return (await this.#refuseReplay(proof, nonceId(origin, nonce))) ?? result;
  }

  /** Taken last: what is not valid uses up nothing. */
  async #refuseReplay(proof: string, id: string): Promise<VerifyResult | undefined> {
    const { nonces, clock } = this.#options;
    const { completeSince } = nonces;
    if (completeSince === undefined) throw forgetful('The store of nonces does not answer. Try again later.');
    const now = clock();
    if (completeSince > 0 && boundAt(proof) <= completeSince + SKEW) {
      if (now <= completeSince + SKEW)
        throw forgetful('Nonces are remembered for too short a time yet. Try again later.');
      return refuse('expired', 'The proof is from before this server remembers nonces. Ask again.');
    }
    switch (await nonces.remember(id, now + REMEMBERED)) {
      case 'new':
        return undefined;
      case 'seen':
        return refuse('wrong_nonce', 'This nonce was answered before.');
      case 'full':
        throw new SignetError('too_many', 'No more nonces can be remembered now. Try again later.', {
          field: 'nonces',
        });
    }
  }

  #issuersAmong(named: readonly string[] | undefined): readonly PreparedIssuer[] {
    if (named === undefined) return this.#issuers;
    const unknown = named.find((name) => !this.#issuers.some(({ issuer }) => issuer === name));
    if (unknown !== undefined) throw notHere('issuers', 'One of these issuers is not trusted here.');
    return this.#issuers.filter(({ issuer }) => named.includes(issuer));
  }

  #typesAmong(named: readonly string[] | undefined): readonly string[] | undefined {
    if (named === undefined) return this.#types;
    if (named.some((type) => !this.#knownTypes.has(type))) {
      throw notHere('types', 'One of these types is not verified here.');
    }
    return named;
  }
}

/** Whether a store has remembered for long enough to take a proof that is made now. */
export const remembersEnough = ({ completeSince }: NonceStore, now: number): boolean =>
  completeSince === 0 || (completeSince !== undefined && now > completeSince + SKEW);

/** When the holder made a proof that was verified: milliseconds since the epoch. */
function boundAt(proof: string): number {
  const { payload } = parseJws(proof.slice(proof.lastIndexOf('~') + 1), 'kb_jwt');
  return Number(payload['iat']) * 1000;
}

const refuse = (reason: 'expired' | 'wrong_nonce', detail: string): VerifyResult => ({ valid: false, reason, detail });

const notHere = (field: string, message: string): SignetError => new SignetError('bad_request', message, { field });

const forgetful = (message: string): SignetError => new SignetError('network', message, { field: 'nonces' });
