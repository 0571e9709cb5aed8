import type { Received, Reply } from '../../../e2e/setup/harness.ts';
import type { Members } from '../foreign-verifier.ts';
import type { House } from './house.ts';
import { CONFIGURATION } from './papers.ts';
import { issuePasses } from './passes.ts';
import { sealed, unsealed } from './sealing.ts';
import type { Entitled, TokenDesk } from './tokens.ts';
import { IDENTIFIER } from './tokens.ts';
import { json, partOf, random, refuse } from './wire.ts';
import type { Routes } from './wire.ts';

/** Seconds after which the wallet may ask again. */
const INTERVAL = 1;

/** Nonces, credentials now or later, and what the wallet says of them afterwards. */
export class CredentialDesk {
  readonly proofs: string[] = [];
  readonly notifications: Members[] = [];
  readonly #house: House;
  readonly #tokens: TokenDesk;
  readonly #nonces = new Set<string>();
  readonly #later = new Map<string, { readonly proofs: readonly string[]; rounds: number }>();

  constructor(house: House, tokens: TokenDesk) {
    this.#house = house;
    this.#tokens = tokens;
  }

  routes(): Routes {
    return {
      '/nonce': () => this.#nonce(),
      '/credential': (received) => this.#tokens.admit(received, (entitled) => this.#credential(received, entitled)),
      '/deferred': (received) => this.#tokens.admit(received, () => this.#deferred(received)),
      '/notification': (received) => this.#tokens.admit(received, () => this.#notified(received)),
    };
  }

  #nonce(): Reply {
    const cNonce = random();
    this.#nonces.add(cNonce);
    return json(this.#house.libraries.issuer.createNonceResponse({ cNonce }));
  }

  async #credential(received: Received, entitled: Entitled): Promise<Reply> {
    const body = await unsealed(this.#house, received);
    const { libraries, papers, terms } = this.#house;
    const credentialRequest = libraries.issuer.parseCredentialRequest({
      issuerMetadata: papers.resolved(),
      credentialRequest: body,
    });
    if (!isAskedAs(body, entitled)) return refuse('invalid_credential_request');
    const proofs = credentialRequest.proofs?.jwt ?? [];
    const refused = await this.#refusalOf(proofs, entitled);
    if (refused !== undefined) return refused;
    this.proofs.push(...proofs);
    if (terms.rounds === undefined) {
      const credentials = await issuePasses(this.#house, proofs);
      const issued = { credentialRequest, credentials, notificationId: random() };
      return sealed(this.#house, libraries.issuer.createCredentialResponse(issued), body);
    }
    const transactionId = random();
    this.#later.set(transactionId, { proofs, rounds: terms.rounds });
    const promised = { credentialRequest, transactionId, interval: INTERVAL };
    return sealed(this.#house, libraries.issuer.createCredentialResponse(promised), body, 202);
  }

  /** @throws the library's error, where it finds a proof bad */
  async #refusalOf(proofs: readonly string[], { clientId }: Entitled): Promise<Reply | undefined> {
    const { libraries, papers, terms } = this.#house;
    if (proofs.length === 0 || proofs.length > (terms.batchSize ?? 3)) return refuse('invalid_proof');
    const expectedNonce = String(partOf(proofs[0], 1)['nonce']);
    if (!this.#nonces.delete(expectedNonce)) return refuse('invalid_nonce');
    for (const jwt of proofs) {
      await libraries.issuer.verifyCredentialRequestJwtProof({
        ...{ issuerMetadata: papers.resolved(), jwt, expectedNonce },
        ...(clientId !== undefined && { clientId }),
      });
      // Appendix F.1: nobody's who got the token without saying who they are.
      if (clientId === undefined && 'iss' in partOf(jwt, 1)) return refuse('invalid_proof');
    }
    return undefined;
  }

  async #deferred(received: Received): Promise<Reply> {
    const body = await unsealed(this.#house, received);
    const { issuer } = this.#house.libraries;
    const parsed = issuer.parseDeferredCredentialRequest({ deferredCredentialRequest: body });
    const { transaction_id: transactionId } = parsed.deferredCredentialRequest;
    const later = this.#later.get(transactionId);
    if (later === undefined) return refuse('invalid_transaction_id');
    later.rounds -= 1;
    if (later.rounds > 0) {
      const promised = issuer.createDeferredCredentialResponse({ transactionId, interval: INTERVAL });
      return sealed(this.#house, promised, body, 202);
    }
    this.#later.delete(transactionId);
    const credentials = await issuePasses(this.#house, later.proofs);
    return sealed(this.#house, issuer.createDeferredCredentialResponse({ credentials }), body);
  }

  #notified({ body }: Received): Reply {
    this.notifications.push(JSON.parse(body) as Members); // looked at by the test
    return { status: 204 };
  }
}

/** OpenID4VCI 1.0 §8.2: by the identifier that came with the token, or else by the configuration; never by both. */
const isAskedAs = (body: Members, { byIdentifier }: Entitled): boolean =>
  byIdentifier
    ? body['credential_identifier'] === IDENTIFIER && !('credential_configuration_id' in body)
    : body['credential_configuration_id'] === CONFIGURATION && !('credential_identifier' in body);
