import type { Received, Reply } from '../../../e2e/setup/harness.ts';
import type { House } from './house.ts';
import type { Offers } from './offers.ts';
import { CONFIGURATION } from './papers.ts';
import { formOf, json, queryOf, random, refuse, requestOf, seeOther } from './wire.ts';
import type { Routes } from './wire.ts';

/** Where Chromium catches what an extension's sign-in window is sent back to. */
const EXTENSION = /^https:\/\/[a-p]{32}\.chromiumapp\.org(?:\/|$)/;

/** What a wallet asked for, and how it will prove that it was the one that asked. */
export interface AskedFor {
  readonly clientId: string;
  readonly redirectUri: string;
  readonly state: string | null;
  /** PKCE, S256. */
  readonly challenge: string;
  /** By `authorization_details`; else by scope. */
  readonly byDetails: boolean;
  /** Thumbprint of the key that the code is bound to (RFC 9449 §10). */
  readonly jkt?: string;
}

/** Where the person says who they are: pushed requests, the page, and the way back with a code. */
export class SignInDesk {
  readonly #house: House;
  readonly #offers: Offers;
  readonly #pushed = new Map<string, { readonly parameters: URLSearchParams; readonly jkt?: string }>();
  readonly #tickets = new Map<string, AskedFor>();
  readonly #codes = new Map<string, AskedFor>();

  constructor(house: House, offers: Offers) {
    this.#house = house;
    this.#offers = offers;
  }

  routes(): Routes {
    return {
      '/par': (received) => this.#push(received),
      '/authorize': (received) => this.#authorize(received),
      '/decide': (received) => this.#decide(received),
    };
  }

  /** @returns what a code was given for. Once: whatever becomes of it, it is spent. */
  redeem(code: string): AskedFor | undefined {
    const asked = this.#codes.get(code);
    this.#codes.delete(code);
    return asked;
  }

  /** RFC 9126. */
  async #push(received: Received): Promise<Reply> {
    const { libraries, origin, papers } = this.#house;
    const request = requestOf(origin, received);
    const parameters = formOf(received);
    if (received.method !== 'POST' || parameters.has('request_uri')) return refuse('invalid_request');
    const authorizationRequest = Object.fromEntries(parameters);
    const parsed = await libraries.server.parsePushedAuthorizationRequest({ request, authorizationRequest });
    const { dpop } = await libraries.server.verifyPushedAuthorizationRequest({
      authorizationServerMetadata: papers.server(),
      ...{ request, authorizationRequest: parsed.authorizationRequest },
      ...(parsed.dpop !== undefined && {
        dpop: {
          ...(parsed.dpop.jwt !== undefined && { jwt: parsed.dpop.jwt }),
          ...(parsed.dpop.jwkThumbprint !== undefined && { jwkThumbprint: parsed.dpop.jwkThumbprint }),
        },
      }),
    });
    const requestUri = `urn:ietf:params:oauth:request_uri:${random()}`;
    this.#pushed.set(requestUri, { parameters, ...(dpop !== undefined && { jkt: dpop.jwkThumbprint }) });
    const created = libraries.server.createPushedAuthorizationResponse({ requestUri, expiresInSeconds: 60 });
    return json(created.pushedAuthorizationResponse, 201);
  }

  async #authorize(received: Received): Promise<Reply> {
    const given = queryOf(received);
    const { detour } = this.#house.terms;
    const asked = this.#question(given);
    if (asked === undefined) return refuse('invalid_request');
    if (detour !== undefined) return seeOther(await detour(asked.parameters));
    const ticket = random();
    this.#tickets.set(ticket, asked.askedFor);
    return { body: pageWith(ticket) };
  }

  /** @returns undefined where it is not as the metadata wants it */
  #question(given: URLSearchParams) {
    const requestUri = given.get('request_uri');
    if (this.#house.terms.withoutPushing === true) return this.#read(requestUri === null ? given : undefined);
    const pushed = this.#pushed.get(requestUri ?? '');
    this.#pushed.delete(requestUri ?? '');
    if (pushed?.parameters.get('client_id') !== given.get('client_id')) return undefined;
    return this.#read(pushed.parameters, pushed.jkt);
  }

  #read(parameters: URLSearchParams | undefined, jkt = parameters?.get('dpop_jkt') ?? undefined) {
    if (parameters === undefined) return undefined;
    const details = parameters.get('authorization_details');
    const clientId = parameters.get('client_id') ?? '';
    const redirectUri = parameters.get('redirect_uri') ?? '';
    const challenge = parameters.get('code_challenge') ?? '';
    const isGood =
      parameters.get('response_type') === 'code' &&
      parameters.get('code_challenge_method') === 'S256' &&
      this.#offers.isOfferedTo(parameters.get('issuer_state') ?? '') &&
      (details === null ? this.#isInScope(parameters) : isDetailed(details));
    if (!isGood || clientId === '' || challenge === '' || !EXTENSION.test(redirectUri)) return undefined;
    const state = parameters.get('state');
    const byDetails = details !== null;
    return {
      parameters,
      askedFor: { clientId, redirectUri, state, challenge, byDetails, ...(jkt !== undefined && { jkt }) },
    };
  }

  #isInScope(parameters: URLSearchParams): boolean {
    const scopes = parameters.get('scope')?.split(' ') ?? [];
    return this.#house.terms.withoutScope !== true && scopes.includes(CONFIGURATION);
  }

  async #decide(received: Received): Promise<Reply> {
    const form = formOf(received);
    const ticket = form.get('ticket') ?? '';
    const asked = this.#tickets.get(ticket);
    this.#tickets.delete(ticket);
    if (asked === undefined) return refuse('invalid_request');
    const back = new URL(asked.redirectUri);
    if (form.get('answer') === 'yes') back.searchParams.set('code', this.#codeFor(asked));
    else back.searchParams.set('error', 'access_denied');
    if (asked.state !== null) back.searchParams.set('state', asked.state);
    back.searchParams.set('iss', this.#house.origin); // RFC 9207: of errors as well
    await this.#house.terms.back?.(back.searchParams);
    return seeOther(back.href);
  }

  #codeFor(asked: AskedFor): string {
    const code = random();
    this.#codes.set(code, asked);
    return code;
  }
}

/** OpenID4VCI 1.0 §5.1.1. */
function isDetailed(details: string): boolean {
  const list = JSON.parse(details) as readonly Readonly<Record<string, unknown>>[]; // else it throws, and is refused
  return list.some(({ type, credential_configuration_id: id }) => type === 'openid_credential' && id === CONFIGURATION);
}

const pageWith = (ticket: string): string => `<!doctype html>
<html lang="en"><title>Sign in</title><h1>Foreign Issuer</h1><p>Do you want the pass in your wallet?</p>
<form method="post" action="/decide"><input type="hidden" name="ticket" value="${ticket}">
<button id="yes" name="answer" value="yes">It is me</button> <button id="no" name="answer" value="no">No</button></form>`;
