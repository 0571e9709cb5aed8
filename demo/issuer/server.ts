import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { Asked, Reply, Routes, Running } from '../http.ts';
import { json, objectIn, pageRoutes, Refusal, startServer } from '../http.ts';
import { Counter } from './counter.ts';
import { LICENCE_ID, licenceType } from './driving-licence.ts';
import { Issuance } from './issuance.ts';
import { membershipType } from './membership.ts';
import { PEOPLE } from './people.ts';
import { createSigningKey } from './signing-key.ts';

/** The State of Example, running. */
export interface RunningIssuer extends Running {
  /** The `vct` of its driving licences. */
  readonly licenceType: string;
  /** The type of its membership cards. */
  readonly membershipType: string;
}

const PREFLIGHT: Reply = {
  status: 204,
  headers: {
    'Access-Control-Allow-Origin': '*',
    'Access-Control-Allow-Methods': 'GET, POST',
    'Access-Control-Allow-Headers': 'Authorization, Content-Type',
  },
  body: '',
};

/**
 * Starts the issuer of the demo.
 * @param options.port default: a free one
 * @param options.now milliseconds since the epoch; for tests
 */
export async function startIssuer(
  options: { port?: number; host?: string; now?: () => number } = {},
): Promise<RunningIssuer> {
  const { port = 0, host = '127.0.0.1', now = Date.now } = options;
  const key = await createSigningKey();
  const page = await pageRoutes(join(import.meta.dirname, 'page'));
  const running = await startServer({ host, port }, (origin) => {
    const issuance = new Issuance({ origin, key, counter: new Counter(now), now });
    return Promise.resolve(routes(issuance, origin, page));
  });
  const { origin } = running;
  return { ...running, licenceType: licenceType(origin), membershipType: membershipType(origin) };
}

function routes(issuance: Issuance, origin: string, page: [string, () => Reply][]): Routes {
  const referenced = new Map<string, object>();
  const preflights = ['token', 'nonce', 'credential', 'deferred'].map(
    (path) => [`OPTIONS /${path}`, () => PREFLIGHT] as const,
  );
  return new Map<string, (asked: Asked) => Reply | Promise<Reply>>([
    ...page,
    ...preflights,
    [
      'GET /people',
      () =>
        json(PEOPLE.map(({ id, given_name, family_name, birthdate }) => ({ id, given_name, family_name, birthdate }))),
    ],
    ['POST /offers', (asked) => makeOffer(asked, issuance, origin, referenced)],
    ['GET /offer', ({ url }) => takeOffer(url.searchParams.get('id') ?? '', referenced)],
    ['GET /.well-known/openid-credential-issuer', issuance.issuerMetadata],
    ['GET /.well-known/oauth-authorization-server', issuance.authorizationServerMetadata],
    ['GET /.well-known/jwt-vc-issuer', issuance.signingKeys],
    ['POST /token', issuance.token],
    ['POST /nonce', issuance.nonce],
    ['POST /credential', issuance.credential],
    ['POST /deferred', issuance.deferred],
    ['GET /authorize', issuance.authorize],
    ['GET /authorize/as', issuance.signedIn],
  ]);
}

/** The page's button: an offer by value and by reference, and the transaction code a letter would bring. */
async function makeOffer(
  asked: Asked,
  issuance: Issuance,
  origin: string,
  referenced: Map<string, object>,
): Promise<Reply> {
  const { person: id, withCode, how, credential: configurationId = LICENCE_ID } = objectIn(asked);
  if (how === 'sign-in') return json({ offer: await issuance.offerToAnybody(LICENCE_ID) });
  const person = PEOPLE.find((candidate) => candidate.id === id);
  if (person === undefined) throw new Refusal(404, 'Nobody of that name is on the register.');
  if (typeof configurationId !== 'string' || !issuance.issues(configurationId)) {
    throw new Refusal(404, 'There is no such credential here.');
  }
  const later = how === 'later' && configurationId === LICENCE_ID;
  const wanted = { person, configurationId, later };
  const { offer, transactionCode } = await issuance.offer(wanted, { withCode: withCode === true });
  const reference = randomBytes(16).toString('base64url');
  referenced.set(reference, offer);
  return json({ offer, offerUri: `${origin}/offer?id=${reference}`, transactionCode });
}

function takeOffer(id: string, referenced: Map<string, object>): Reply {
  const offer = referenced.get(id);
  if (offer === undefined || !referenced.delete(id)) throw new Refusal(404, 'This offer was fetched already.');
  return json(offer, 200, { 'Access-Control-Allow-Origin': '*' });
}

if (import.meta.main) {
  const { origin } = await startIssuer({ port: Number(process.env['PORT'] ?? 0) });
  console.log(`State of Example: ${origin}`);
}
