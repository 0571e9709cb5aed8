import { Oauth2ResourceUnauthorizedError, Oauth2ServerErrorResponseError, setGlobalConfig } from '@openid4vc/oauth2';
import type { Reply } from '../../../e2e/setup/harness.ts';
import { serve } from '../../../e2e/setup/harness.ts';
import type { Members } from '../foreign-verifier.ts';
import { CredentialDesk } from './credentials.ts';
import { createHouse } from './house.ts';
import { Offers } from './offers.ts';
import { SignInDesk } from './sign-in.ts';
import type { IssuerTerms, TheirIssuer } from './terms.ts';
import { TokenDesk } from './tokens.ts';
import { json } from './wire.ts';

export type { Grant, IssuerTerms, TheirIssuer } from './terms.ts';
export { refuse, withHeader } from './wire.ts';

/** An issuer made of other people's software: `@openid4vc/openid4vci` and `oauth2`, `@sd-jwt/sd-jwt-vc`, `jose`. */
export async function startTheirIssuer(terms: IssuerTerms = {}): Promise<TheirIssuer> {
  setGlobalConfig({ allowInsecureUrls: true }); // loopback has no certificates
  const server = await serve({ '/': '<!doctype html><title>issuer</title>' });
  const origin = server.origin();
  const house = await createHouse(terms, origin);
  const offers = new Offers(house);
  const signIn = new SignInDesk(house, offers);
  const tokens = new TokenDesk(house, offers, signIn);
  const desk = new CredentialDesk(house, tokens);
  const refusals: string[] = [];

  const routes = [house.papers, offers, signIn, tokens, desk].map((one) => one.routes());
  for (const [path, answer] of routes.flatMap((table) => Object.entries(table))) {
    server.route(path, async (received) => {
      const reply = await guarded(() => answer(received), refusals);
      return terms.lie === undefined
        ? reply
        : spoilt(reply, (honest) => terms.lie?.(path, honest, { origin }) ?? honest);
    });
  }
  for (const [path, route] of Object.entries(terms.routes?.(origin) ?? {})) server.route(path, route);

  return {
    origin,
    vct: house.papers.vct,
    offer: async (grant = 'pre-authorized_code') => (await offers.make(grant)).credentialOfferObject,
    link: async (grant = 'pre-authorized_code') => (await offers.make(grant)).credentialOffer,
    linkByReference: (grant = 'pre-authorized_code') => offers.keep(grant),
    asked: () => server.received.filter(({ path }) => path !== '/' && path !== '/favicon.ico'),
    proofs: desk.proofs,
    notifications: desk.notifications,
    refusals,
    [Symbol.asyncDispose]: () => server.close(),
  };
}

/** What the libraries refuse becomes the answer that they want to be given. */
async function guarded(answer: () => Reply | string | Promise<Reply | string>, refusals: string[]): Promise<Reply> {
  try {
    const reply = await answer();
    return typeof reply === 'string' ? { body: reply } : reply;
  } catch (error) {
    refusals.push(String(error));
    if (error instanceof Oauth2ResourceUnauthorizedError) {
      return { status: 401, headers: { 'www-authenticate': error.toHeaderValue() } };
    }
    if (error instanceof Oauth2ServerErrorResponseError) return json(error.errorResponse, error.status);
    return json({ error: 'server_error' }, 500);
  }
}

function spoilt(reply: Reply, lie: (honest: Members) => Members): Reply {
  if (typeof reply.body !== 'string' || !reply.body.startsWith('{')) return reply;
  return { ...reply, body: JSON.stringify(lie(JSON.parse(reply.body) as Members)) }; // begins like one
}
