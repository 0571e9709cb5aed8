import { authorizationCodeGrantIdentifier, preAuthorizedCodeGrantIdentifier } from '@openid4vc/oauth2';
import type { Members } from '../foreign-verifier.ts';
import type { House } from './house.ts';
import { CONFIGURATION } from './papers.ts';
import type { Grant } from './terms.ts';
import { json, queryOf, random, refuse } from './wire.ts';
import type { Routes } from './wire.ts';

/** What was offered, and what it is recognised by when somebody comes for it. */
export class Offers {
  readonly #house: House;
  readonly #codes = new Set<string>();
  readonly #states = new Set<string>();
  readonly #kept = new Map<string, Members>();

  constructor(house: House) {
    this.#house = house;
  }

  routes(): Routes {
    return {
      '/offer': (received) => {
        const offer = this.#kept.get(queryOf(received).get('id') ?? '');
        return offer === undefined ? refuse('invalid_request', 404) : json(offer);
      },
    };
  }

  /** @returns the offer, and a link that holds it */
  async make(grant: Grant, credentialOfferUri?: string) {
    const { libraries, papers } = this.#house;
    return libraries.issuer.createCredentialOffer({
      issuerMetadata: papers.resolved(),
      credentialConfigurationIds: [CONFIGURATION],
      grants:
        grant === 'authorization_code'
          ? { [authorizationCodeGrantIdentifier]: { issuer_state: this.#fresh(this.#states) } }
          : { [preAuthorizedCodeGrantIdentifier]: this.#preAuthorized() },
      ...(credentialOfferUri !== undefined && { credentialOfferUri }),
    });
  }

  /** @returns a link to where the offer is kept (OpenID4VCI 1.0 §4.1.3) */
  async keep(grant: Grant): Promise<string> {
    const id = random();
    const { credentialOffer, credentialOfferObject } = await this.make(grant, `${this.#house.origin}/offer?id=${id}`);
    this.#kept.set(id, credentialOfferObject);
    return credentialOffer;
  }

  isOfferedBy(code: string): boolean {
    return this.#codes.has(code);
  }

  isOfferedTo(issuerState: string): boolean {
    return this.#states.has(issuerState);
  }

  /** A code is good once. */
  spend(code: string): void {
    this.#codes.delete(code);
  }

  #preAuthorized() {
    const { transactionCode } = this.#house.terms;
    return {
      'pre-authorized_code': this.#fresh(this.#codes),
      ...(transactionCode !== undefined && {
        tx_code: { length: transactionCode.length, input_mode: 'numeric' as const },
      }),
    };
  }

  #fresh(known: Set<string>): string {
    const one = random();
    known.add(one);
    return one;
  }
}
