import { describe, expect, test } from 'vitest';
import type { FetchJson, JsonObject, SecretBytes } from '../../lib/core/index.ts';
import { SignetError, fromUtf8, fromBase64url, parseOrigin, toBase64 } from '../../lib/core/index.ts';
import {
  createHolderKey,
  holderPublicJwk,
  issuerKeyResolver,
  parseCertificate,
  verifyIssuedCredential,
} from '../../lib/credentials/index.ts';
import { createFetchJson } from '../../lib/platform/fetch-json.ts';
import type {
  Discovery,
  DiscoveryOptions,
  Issuance,
  IssuanceSession,
  OfferedCredential,
} from '../../lib/protocols/index.ts';
import {
  beginAuthorization,
  discover,
  finishAuthorization,
  hostsOf,
  notify,
  pollDeferred,
  readOffer,
  refreshInstances,
  requestCredentials,
  startIssuance,
} from '../../lib/protocols/index.ts';
import { certify, createParty } from '../fixtures/credentials/test-certificates.ts';
import type { LibraryIssuer } from '../fixtures/openid4vci/library-issuer.ts';
import { startLibraryIssuer } from '../fixtures/openid4vci/library-issuer.ts';

const fetchJson = createFetchJson(fetch);
const doors = { fetchJson, clock: Date.now };
const CLIENT = { clientId: 'signet', redirectUri: 'https://abcdefgh.chromiumapp.org/issued' };
const keysFor = (count: number): SecretBytes[] => Array.from({ length: count }, createHolderKey);
const origin = (text: string) => parseOrigin(text, 'origin');

async function refusalOf(promise: Promise<unknown>): Promise<SignetError> {
  const thrown: unknown = await promise.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (!(thrown instanceof SignetError)) throw new Error('expected a SignetError', { cause: thrown });
  return thrown;
}

const look = (offer: object, agreed: readonly string[], more: Partial<DiscoveryOptions> = {}): Promise<Discovery> =>
  discover(
    { step: 'call', call: readOffer({ credential_offer: offer }) },
    { ...doors, languages: ['en'], agreed: agreed.map(origin), ...more },
  );

function offeredIn(discovery: Discovery): OfferedCredential {
  if (discovery.step !== 'offered') throw new Error(`stopped at ${discovery.step}`);
  return discovery.offered;
}

const offeredBy = async (
  issuer: LibraryIssuer,
  grant: 'pre-authorized_code' | 'authorization_code' | 'both' = 'pre-authorized_code',
): Promise<OfferedCredential> => offeredIn(await look(issuer.offer(grant), [issuer.origin, issuer.serverOrigin]));

const taking = { configurationIds: ['age'] };

async function byCode(offered: OfferedCredential, transactionCode?: string): Promise<IssuanceSession> {
  const grant = { type: 'pre-authorized_code' as const, ...(transactionCode !== undefined && { transactionCode }) };
  return throughJson((await startIssuance(offered, grant, { ...doors, ...taking }))[0]);
}

/** Over the issuer's own pages; what must survive the worker goes through JSON, as it is sealed. */
async function overThePages(issuer: LibraryIssuer, offered: OfferedCredential): Promise<IssuanceSession> {
  const { url, session } = await beginAuthorization(offered, { ...doors, ...taking, ...CLIENT });
  const grant = finishAuthorization(throughJson(session), await issuer.visit(url));
  return throughJson((await startIssuance(offered, grant, { ...doors, ...taking }))[0]);
}

const throughJson = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T; // plain JSON, by its type

function issuedIn({ outcome }: Issuance): { readonly copies: readonly string[]; readonly notificationId: string } {
  if (outcome.kind !== 'issued') throw new Error('expected credentials');
  return { copies: outcome.copies.map(({ credential }) => credential), notificationId: outcome.notificationId ?? '' };
}

const part = (jwt: string, index: number): Readonly<Record<string, unknown>> =>
  JSON.parse(fromUtf8(fromBase64url(jwt.split('.')[index] ?? ''))) as Readonly<Record<string, unknown>>; // of JWTs that we made

const paths = (issuer: LibraryIssuer): string[] => issuer.asked.map(({ method, path }) => `${method} ${path}`);

describe('by a pre-authorized code', () => {
  test('a batch of thirty comes, each bound to a key of its own, signed by the issuer', async () => {
    await using issuer = await startLibraryIssuer();
    const offered = await offeredBy(issuer);
    expect(offered).toMatchObject({ grant: 'pre-authorized_code', copies: 30, issuerName: 'Library', dpop: false });
    const keys = keysFor(30);
    const { outcome } = await requestCredentials(await byCode(offered), { ...doors, keys });
    if (outcome.kind !== 'issued') throw new Error('expected credentials');
    expect(new Set(outcome.copies.map(({ keyIndex }) => keyIndex)).size).toBe(30);
    const resolveKeys = issuerKeyResolver({
      issuer: origin(issuer.origin),
      clock: Date.now,
      fetchJson: async ({ href }) => {
        const answer = await fetchJson({ url: href });
        return answer.ok ? answer.body : undefined;
      },
    });
    for (const { credential, keyIndex = -1 } of outcome.copies) {
      const key = keys[keyIndex];
      if (key === undefined) throw new Error('bound to no key of ours');
      const expected = { issuer: origin(issuer.origin), vct: issuer.vct, holder: holderPublicJwk(key) };
      await verifyIssuedCredential(credential, { ...expected, resolveKeys, clock: Date.now });
    }
  });

  test('a code that was told some other way is asked for, and a wrong one may be tried again', async () => {
    await using issuer = await startLibraryIssuer({ transactionCode: '4711' });
    const offered = await offeredBy(issuer);
    expect(offered.transactionCode).toEqual({ numeric: true, length: 4 });
    expect(await refusalOf(byCode(offered, '471'))).toMatchObject({ reason: 'bad_request', field: 'transactionCode' });
    expect(await refusalOf(byCode(offered, '4712'))).toMatchObject({
      reason: 'issuer_refused',
      field: 'transactionCode',
    });
    expect((await byCode(offered, '4711')).token.scheme).toBe('Bearer');
  });

  test('is good once', async () => {
    await using issuer = await startLibraryIssuer();
    const offered = await offeredBy(issuer);
    await byCode(offered);
    expect(await refusalOf(byCode(offered))).toMatchObject({ field: 'pre-authorized_code' });
  });

  test('is preferred where there is a way over the issuer’s pages as well', async () => {
    await using issuer = await startLibraryIssuer();
    expect((await offeredBy(issuer, 'both')).grant).toBe('pre-authorized_code');
  });

  test('says who asks only where the issuer wants to know, and then in its proofs as well', async () => {
    await using issuer = await startLibraryIssuer({ wantsClientId: true });
    const offered = await offeredBy(issuer);
    const [session] = await startIssuance(
      offered,
      { type: 'pre-authorized_code', clientId: 'signet' },
      { ...doors, ...taking },
    );
    expect(session.clientId).toBe('signet');
    expect(issuedIn(await requestCredentials(session, { ...doors, keys: keysFor(1) })).copies).toHaveLength(1);
    await using anonymous = await startLibraryIssuer();
    const [nobody] = await startIssuance(
      await offeredBy(anonymous),
      { type: 'pre-authorized_code', clientId: 'signet' },
      { ...doors, ...taking },
    );
    expect(nobody.clientId).toBeUndefined();
    expect(issuedIn(await requestCredentials(nobody, { ...doors, keys: keysFor(1) })).copies).toHaveLength(1);
  });
});

describe('over the issuer’s own pages', () => {
  test('with pushed requests, bound tokens, nonces for them and answers that name the server', async () => {
    await using issuer = await startLibraryIssuer({
      ...{ pushed: 'required', dpop: 'with_nonces', namesItself: true, identifiers: ['bachelor', 'master'] },
    });
    const offered = await offeredBy(issuer, 'authorization_code');
    const { url, session } = await beginAuthorization(offered, { ...doors, ...taking, ...CLIENT });
    expect([...new URL(url).searchParams.keys()]).toEqual(['client_id', 'request_uri']);
    const grant = finishAuthorization(throughJson(session), await issuer.visit(url));
    const [started] = await startIssuance(offered, grant, { ...doors, ...taking });
    expect(started).toMatchObject({ token: { scheme: 'DPoP' }, identifiers: ['bachelor', 'master'] });
    const first = await requestCredentials(started, { ...doors, keys: keysFor(2) });
    const second = await requestCredentials(throughJson(first.session), {
      ...{ ...doors, keys: keysFor(1), identifier: 'master' },
    });
    expect(issuedIn(first).copies).toHaveLength(2);
    expect(issuedIn(second).copies).toHaveLength(1);
    const tokens = issuer.asked.filter(({ path }) => path === '/token');
    const credentials = issuer.asked.filter(({ path }) => path === '/credential');
    expect([tokens.length, credentials.length]).toEqual([2, 3]); // a nonce is learnt once at each
    expect(credentials.every(({ headers }) => headers.get('Authorization')?.startsWith('DPoP '))).toBe(true);
    const proofs = [...tokens, ...credentials].map(({ headers }) => part(headers.get('DPoP') ?? '', 1));
    expect(new Set(proofs.map(({ jti }) => jti)).size).toBe(5);
    expect(proofs.map(({ ath }) => ath !== undefined)).toEqual([false, false, true, true, true]);
  });

  test('with a plain request by scope, and a bearer token', async () => {
    await using issuer = await startLibraryIssuer();
    const offered = await offeredBy(issuer, 'authorization_code');
    const { url } = await beginAuthorization(offered, { ...doors, ...taking, ...CLIENT });
    const asked = Object.fromEntries(new URL(url).searchParams);
    expect(asked).toMatchObject({
      ...{ response_type: 'code', client_id: 'signet', redirect_uri: CLIENT.redirectUri, scope: 'age' },
      ...{ code_challenge_method: 'S256', issuer_state: 'from the counter' },
    });
    expect(asked).not.toHaveProperty('authorization_details');
    const session = await overThePages(issuer, offered);
    expect(session).toMatchObject({ clientId: 'signet', token: { scheme: 'Bearer' }, identifiers: [] });
    expect(issuedIn(await requestCredentials(session, { ...doors, keys: keysFor(1) })).copies).toHaveLength(1);
  });

  test('of an authorization server elsewhere, which is named before it is spoken to', async () => {
    await using issuer = await startLibraryIssuer({ serverElsewhere: true, dpop: 'bound', pushed: 'offered' });
    const stopped = await look(issuer.offer('authorization_code'), [issuer.origin]);
    expect(stopped.step).toBe('issuer');
    expect(hostsOf(stopped)).toEqual([issuer.serverOrigin]);
    expect(paths(issuer)).toEqual(['GET /.well-known/openid-credential-issuer']);
    const options = { ...doors, languages: ['en'], agreed: [issuer.origin, issuer.serverOrigin].map(origin) };
    const offered = offeredIn(await discover(throughJson(stopped), options));
    expect(hostsOf(offered)).toEqual([issuer.origin, issuer.serverOrigin]);
    const session = await overThePages(issuer, offered);
    expect(issuedIn(await requestCredentials(session, { ...doors, keys: keysFor(3) })).copies).toHaveLength(3);
  });

  test('of an issuer with a path, for whom the proofs are', async () => {
    await using issuer = await startLibraryIssuer({ path: '/tenants/one', namesItself: true });
    const offered = await offeredBy(issuer, 'authorization_code');
    expect(offered).toMatchObject({ issuer: issuer.origin, credentialIssuer: `${issuer.origin}/tenants/one` });
    const session = await overThePages(issuer, offered);
    expect(issuedIn(await requestCredentials(session, { ...doors, keys: keysFor(2) })).copies).toHaveLength(2);
    const sent = issuer.asked.find(({ path }) => path === '/tenants/one/credential');
    const { proofs } = JSON.parse(sent?.body ?? '') as { proofs: { jwt: string[] } }; // our own client's
    expect(part(proofs.jwt[0] ?? '', 1)).toMatchObject({ aud: `${issuer.origin}/tenants/one`, iss: 'signet' });
    expect(paths(issuer)).toContain('GET /.well-known/openid-credential-issuer/tenants/one');
    expect(paths(issuer)).toContain('GET /.well-known/oauth-authorization-server/tenants/one');
  });
});

describe('later', () => {
  test('a credential is asked for again when it is time, and comes', async () => {
    let now = Date.now();
    await using issuer = await startLibraryIssuer({ rounds: 2, dpop: 'with_nonces', now: () => now });
    const later = { fetchJson, clock: () => now, keys: keysFor(4) };
    const session = await byCode(await offeredBy(issuer));
    const promised = await requestCredentials(session, later);
    if (promised.outcome.kind !== 'deferred') throw new Error('expected a promise');
    const { deferral } = promised.outcome;
    expect(deferral.notBefore).toBe(now + 5000);
    const early = await pollDeferred(promised.session, deferral, later);
    expect([early.outcome, paths(issuer).includes('POST /deferred')]).toEqual([promised.outcome, false]);
    now += 5000;
    const again = await pollDeferred(throughJson(promised.session), throughJson(deferral), later);
    if (again.outcome.kind !== 'deferred') throw new Error('expected a promise');
    expect(again.outcome.deferral).toEqual({ ...deferral, notBefore: now + 5000 });
    now += 5000;
    const delivered = await pollDeferred(again.session, again.outcome.deferral, later);
    expect(issuedIn(delivered).copies).toHaveLength(4);
    expect(await refusalOf(pollDeferred(delivered.session, deferral, later))).toMatchObject({
      ...{ reason: 'issuer_refused', field: 'transaction_id' },
    });
  });

  test('a credential comes though the token has run out, where it can be renewed', async () => {
    let now = Date.now();
    await using issuer = await startLibraryIssuer({ rounds: 1, refreshes: true, tokenSeconds: 60, now: () => now });
    const later = { fetchJson, clock: () => now, keys: keysFor(1) };
    const promised = await requestCredentials(await byCode(await offeredBy(issuer)), later);
    if (promised.outcome.kind !== 'deferred') throw new Error('expected a promise');
    now += 3_600_000;
    const kept: IssuanceSession[] = [];
    const delivered = await pollDeferred(promised.session, promised.outcome.deferral, {
      ...later,
      keep: (session) => Promise.resolve(void kept.push(session)),
    });
    expect(issuedIn(delivered).copies).toHaveLength(1);
    expect(kept).toHaveLength(1);
    expect(kept[0]?.token).toEqual(delivered.session.token);
  });
});

describe('afterwards', () => {
  test('the issuer hears what became of what it issued', async () => {
    await using issuer = await startLibraryIssuer({ dpop: 'with_nonces' });
    const issuance = await requestCredentials(await byCode(await offeredBy(issuer)), { ...doors, keys: keysFor(1) });
    const { notificationId } = issuedIn(issuance);
    const session = await notify(issuance.session, { notificationId, event: 'credential_accepted' }, doors);
    const description = 'Storage “full”\\';
    await notify(session, { notificationId, event: 'credential_failure', description }, doors);
    expect(issuer.notifications).toEqual([
      { notification_id: notificationId, event: 'credential_accepted' },
      { notification_id: notificationId, event: 'credential_failure', event_description: 'Storage full' },
    ]);
  });

  test('a used-up batch is filled by the refresh token, and the new one is kept before copies are asked for', async () => {
    await using issuer = await startLibraryIssuer({ refreshes: true, dpop: 'with_nonces', batchSize: 5 });
    const first = await requestCredentials(await overThePages(issuer, await offeredBy(issuer, 'authorization_code')), {
      ...{ ...doors, keys: keysFor(5) },
    });
    const events: string[] = [];
    const watched: FetchJson = (request) => {
      events.push(new URL(request.url).pathname);
      return fetchJson(request);
    };
    const options = {
      ...doors,
      fetchJson: watched,
      keys: keysFor(5),
      keep: () => Promise.resolve(void events.push('kept')),
    };
    const second = await refreshInstances(throughJson(first.session), options);
    expect(issuedIn(second).copies).toHaveLength(5);
    expect(second.session.token.refreshToken).not.toBe(first.session.token.refreshToken);
    expect(events).toEqual(['/token', 'kept', '/nonce', '/credential']); // and no proof was sent in vain
    expect(await refusalOf(refreshInstances(first.session, options))).toMatchObject({ field: 'refresh_token' });
    expect(issuedIn(await refreshInstances(second.session, options)).copies).toHaveLength(5);
  });

  test('nothing more comes where there is no refresh token and the token has run out', async () => {
    let now = Date.now();
    await using issuer = await startLibraryIssuer({ now: () => now });
    const options = { fetchJson, clock: () => now, keys: keysFor(1) };
    const { session } = await requestCredentials(await byCode(await offeredBy(issuer)), options);
    now += 3_600_000;
    expect(await refusalOf(refreshInstances(session, options))).toMatchObject({
      ...{ reason: 'issuer_refused', field: 'access_token' },
    });
  });
});

describe('encrypted', () => {
  test('requests and answers are sealed', async () => {
    await using issuer = await startLibraryIssuer({ encrypted: true });
    const offered = await offeredBy(issuer);
    expect(offered.encryption).toMatchObject({
      request: { enc: 'A256GCM', key: { kid: 'requests' } },
      response: 'A256GCM',
    });
    const { copies } = issuedIn(await requestCredentials(await byCode(offered), { ...doors, keys: keysFor(30) }));
    expect(copies).toHaveLength(30);
    const sent = issuer.asked.find(({ path }) => path === '/credential');
    expect(sent?.headers.get('Content-Type')).toBe('application/jwt');
    expect(sent?.body.split('.')).toHaveLength(5);
    expect(part(sent?.body ?? '', 0)).toMatchObject({ alg: 'ECDH-ES', enc: 'A256GCM', kid: 'requests' });
  });

  test('so are promises, and what they come to', async () => {
    let now = Date.now();
    await using issuer = await startLibraryIssuer({ encrypted: true, rounds: 2, now: () => now });
    const later = { fetchJson, clock: () => now, keys: keysFor(2) };
    let { session, outcome } = await requestCredentials(await byCode(await offeredBy(issuer)), later);
    for (let round = 0; outcome.kind === 'deferred' && round < 2; round++) {
      now += 5000;
      ({ session, outcome } = await pollDeferred(session, outcome.deferral, later));
    }
    expect(issuedIn({ session, outcome }).copies).toHaveLength(2);
    const keysAsked = issuer.asked
      .filter(({ path }) => path === '/deferred')
      .map(({ headers }) => headers.get('Content-Type'));
    expect(keysAsked).toEqual(['application/jwt', 'application/jwt']);
  });

  test('an answer in the clear is refused', async () => {
    await using issuer = await startLibraryIssuer({
      encrypted: true,
      spoil: (asked, answer) =>
        asked.path === '/credential'
          ? { ...answer, headers: { 'Content-Type': 'application/json' }, body: '{"credentials":[{"credential":"a"}]}' }
          : answer,
    });
    const session = await byCode(await offeredBy(issuer));
    expect(await refusalOf(requestCredentials(session, { ...doors, keys: keysFor(1) }))).toMatchObject({
      ...{ reason: 'issuer_refused', field: 'credential response' },
    });
  });

  test('an answer that was sealed for another request is refused', async () => {
    let first: string | undefined;
    await using issuer = await startLibraryIssuer({
      encrypted: true,
      spoil: (asked, answer) => {
        if (asked.path !== '/credential') return answer;
        first ??= answer.body;
        return { ...answer, body: first };
      },
    });
    const session = await byCode(await offeredBy(issuer));
    const keys = keysFor(1);
    await requestCredentials(session, { ...doors, keys });
    expect(await refusalOf(requestCredentials(session, { ...doors, keys }))).toMatchObject({
      ...{ reason: 'issuer_refused', field: 'credential response' },
    });
  });
});

describe('signed metadata', () => {
  /** An authority, and an issuer with a certificate of it for whatever host. */
  async function signing(uris: (host: string) => readonly string[]) {
    const authority = await createParty('Authority');
    const party = await createParty('Issuer');
    const root = await certify(authority, authority, {
      ...{ authority: true, notBefore: Date.now() - 1000, notAfter: Date.now() + 86_400_000 },
    });
    const signed = async (host: string) => {
      const terms = { uris: uris(host), dnsNames: [], notBefore: Date.now() - 1000, notAfter: Date.now() + 86_400_000 };
      const leaf = await certify(party, authority, terms);
      return { party, x5c: [toBase64(leaf), toBase64(root)] };
    };
    return { signed, anchors: [parseCertificate(root, 'anchor')] };
  }

  test('is vouched for by who the person trusts, and asked for only where there is somebody', async () => {
    const { signed, anchors } = await signing((host) => [host]);
    await using issuer = await startLibraryIssuer({ signed });
    const offer = issuer.offer('pre-authorized_code');
    expect(offeredIn(await look(offer, [issuer.origin], { anchors })).vouched).toBe(true);
    expect(offeredIn(await look(offer, [issuer.origin])).vouched).toBe(false);
    expect(
      issuer.asked.map(({ headers }) => headers.get('Accept')).filter((type) => type?.includes('jwt')),
    ).toHaveLength(1);
  });

  test('of somebody nobody trusts is put away for the plain kind, which vouches for nothing', async () => {
    const { signed } = await signing((host) => [host]);
    const { anchors } = await signing((host) => [host]);
    await using issuer = await startLibraryIssuer({ signed });
    expect(offeredIn(await look(issuer.offer('pre-authorized_code'), [issuer.origin], { anchors })).vouched).toBe(
      false,
    );
    expect(paths(issuer).filter((path) => path.includes('credential-issuer'))).toHaveLength(2);
  });

  test('in another’s name is refused, though somebody vouches for that one', async () => {
    const { signed, anchors } = await signing(() => ['https://bank.example']);
    await using issuer = await startLibraryIssuer({ signed });
    expect(await refusalOf(look(issuer.offer('pre-authorized_code'), [issuer.origin], { anchors }))).toMatchObject({
      ...{ reason: 'issuer_refused', field: 'signed issuer metadata.x5c' },
    });
  });
});

describe('an issuer that means harm', () => {
  const spoilJson = (path: string, change: object) => ({
    spoil: (
      asked: { path: string },
      answer: { status: number; headers: Readonly<Record<string, string>>; body: string },
    ) =>
      asked.path === path
        ? { ...answer, body: JSON.stringify({ ...(JSON.parse(answer.body) as object), ...change }) }
        : answer,
  });

  test('cannot have a person’s code of another server (mix-up)', async () => {
    await using honest = await startLibraryIssuer({ namesItself: true });
    await using hostile = await startLibraryIssuer({ namesItself: true });
    const atHostile = await beginAuthorization(await offeredBy(hostile, 'authorization_code'), {
      ...{ ...doors, ...taking, ...CLIENT },
    });
    // The hostile server sends the person on to the honest one, with its own words for the question.
    const there = new URL(atHostile.url);
    const onward = `${honest.origin}/authorize${there.search}`;
    const back = await honest.visit(onward);
    expect(new URL(back).searchParams.get('state')).toBe(atHostile.session.state);
    expect(() => finishAuthorization(atHostile.session, back)).toThrow(
      expect.objectContaining({ reason: 'issuer_refused', field: 'authorization response.iss' }),
    );
  });

  test('cannot leave its name out of the answer where it says that it is there', async () => {
    await using issuer = await startLibraryIssuer({
      namesItself: true,
      spoil: (asked, answer) =>
        asked.path === '/authorize'
          ? { ...answer, headers: { Location: (answer.headers['Location'] ?? '').replace(/&iss=.*$/, '') } }
          : answer,
    });
    const offered = await offeredBy(issuer, 'authorization_code');
    await expect(overThePages(issuer, offered)).rejects.toMatchObject({ field: 'authorization response.iss' });
  });

  test.each([
    ['credential_endpoint', '/.well-known/openid-credential-issuer', 'issuer metadata'],
    ['nonce_endpoint', '/.well-known/openid-credential-issuer', 'issuer metadata'],
    ['deferred_credential_endpoint', '/.well-known/openid-credential-issuer', 'issuer metadata'],
    ['notification_endpoint', '/.well-known/openid-credential-issuer', 'issuer metadata'],
    ['token_endpoint', '/.well-known/oauth-authorization-server', 'authorization server metadata'],
    ['authorization_endpoint', '/.well-known/oauth-authorization-server', 'authorization server metadata'],
  ])('cannot put its %s elsewhere', async (name, path, whole) => {
    await using elsewhere = await startLibraryIssuer();
    await using issuer = await startLibraryIssuer(spoilJson(path, { [name]: `${elsewhere.origin}/x` }));
    expect(await refusalOf(offeredBy(issuer))).toMatchObject({ reason: 'issuer_refused', field: `${whole}.${name}` });
    expect(elsewhere.asked).toEqual([]);
  });

  test.each([
    ['/.well-known/openid-credential-issuer', { credential_issuer: 'https://bank.example' }],
    ['/.well-known/oauth-authorization-server', { issuer: 'https://bank.example' }],
  ])('cannot speak at %s for another', async (path, change) => {
    await using issuer = await startLibraryIssuer(spoilJson(path, change));
    expect((await refusalOf(offeredBy(issuer))).message).toMatch(/about another/);
  });

  test('cannot use a proof at another issuer, though it is over a nonce of that one’s', async () => {
    await using honest = await startLibraryIssuer();
    const nonce = await fetchJson({ url: `${honest.origin}/nonce`, post: true });
    if (!nonce.ok) throw new Error('expected a nonce');
    await using hostile = await startLibraryIssuer({
      spoil: (asked, answer) => (asked.path === '/nonce' ? { ...answer, body: JSON.stringify(nonce.body) } : answer),
    });
    const session = await byCode(await offeredBy(hostile));
    await refusalOf(requestCredentials(session, { ...doors, keys: keysFor(1) })); // it is not a nonce of its own
    const sent = hostile.asked.find(({ path }) => path === '/credential');
    const theirs = await byCode(await offeredBy(honest));
    const replay = { url: `${honest.origin}/credential`, bearer: theirs.token.accessToken };
    const replayed = await fetchJson({ ...replay, json: JSON.parse(sent?.body ?? '') as JsonObject }); // our own client's
    expect(replayed).toMatchObject({
      ok: false,
      description: expect.stringContaining("'aud' does not match") as string,
    });
  });

  test('cannot make the wallet ask for nonces without end', async () => {
    await using issuer = await startLibraryIssuer({
      spoil: (asked, answer) =>
        asked.path === '/credential' ? { ...answer, status: 400, body: '{"error":"invalid_nonce"}' } : answer,
    });
    const session = await byCode(await offeredBy(issuer));
    expect((await refusalOf(requestCredentials(session, { ...doors, keys: keysFor(1) }))).reason).toBe(
      'issuer_refused',
    );
    expect(paths(issuer).filter((path) => path === 'POST /credential')).toHaveLength(2);
  });

  test('cannot make the wallet send proofs without end', async () => {
    let count = 0;
    await using issuer = await startLibraryIssuer({
      dpop: 'bound',
      spoil: (asked, answer) =>
        asked.path === '/token'
          ? {
              status: 400,
              headers: { 'Content-Type': 'application/json', 'DPoP-Nonce': `n${String((count += 1))}` },
              body: '{"error":"use_dpop_nonce"}',
            }
          : answer,
    });
    expect((await refusalOf(byCode(await offeredBy(issuer)))).reason).toBe('issuer_refused');
    expect(count).toBe(2);
  });

  test('cannot answer a wallet that showed a key with a token for another’s, nor one that showed none', async () => {
    await using issuer = await startLibraryIssuer(spoilJson('/token', { token_type: 'DPoP' }));
    expect(await refusalOf(byCode(await offeredBy(issuer)))).toMatchObject({ field: 'token response.token_type' });
  });

  test('cannot promise one thing and speak of another', async () => {
    let now = Date.now();
    await using issuer = await startLibraryIssuer({
      ...{ rounds: 2, now: () => now },
      ...spoilJson('/deferred', { transaction_id: 'another' }),
    });
    const later = { fetchJson, clock: () => now, keys: keysFor(1) };
    const { session, outcome } = await requestCredentials(await byCode(await offeredBy(issuer)), later);
    if (outcome.kind !== 'deferred') throw new Error('expected a promise');
    now += 5000;
    expect(await refusalOf(pollDeferred(session, outcome.deferral, later))).toMatchObject({
      ...{ reason: 'issuer_refused', field: 'credential response.transaction_id' },
    });
  });

  test('cannot promise without a place to ask', async () => {
    await using issuer = await startLibraryIssuer({
      ...{ rounds: 1 },
      ...spoilJson('/.well-known/openid-credential-issuer', { deferred_credential_endpoint: undefined }),
    });
    const session = await byCode(await offeredBy(issuer));
    expect(await refusalOf(requestCredentials(session, { ...doors, keys: keysFor(1) }))).toMatchObject({
      field: 'issuer metadata.deferred_credential_endpoint',
    });
  });
});
