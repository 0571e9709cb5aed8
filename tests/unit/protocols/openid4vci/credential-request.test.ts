import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import type { JsonRequest, SecretBytes } from '../../../../lib/core/index.ts';
import { SignetError } from '../../../../lib/core/index.ts';
import {
  createHolderKey,
  holderPublicJwk,
  isSignedBy,
  parseJws,
  readPublicJwk,
} from '../../../../lib/credentials/index.ts';
import type { IssuanceSession } from '../../../../lib/protocols/openid4vci/index.ts';
import {
  notify,
  pollDeferred,
  refreshInstances,
  requestCredentials,
  sharedWith,
  startIssuance,
} from '../../../../lib/protocols/openid4vci/index.ts';
import { encode } from '../../../fixtures/credentials/test-issuer.ts';
import type { Answers } from '../../../fixtures/openid4vci/offered.ts';
import {
  ISSUER,
  PRE_AUTHORIZED,
  SERVER,
  answer,
  offeredBy,
  refusal,
  sdJwtConfiguration,
  servers,
} from '../../../fixtures/openid4vci/offered.ts';

const NOW = 1_700_000_000_000;
const TOKEN = { access_token: 'token', token_type: 'Bearer' };
const DPOP = { server: { dpop_signing_alg_values_supported: ['ES256'] } };

const keysFor = (count: number): SecretBytes[] => Array.from({ length: count }, createHolderKey);
const copyFor = (jwk: object) => ({ credential: `${encode({})}.${encode({ cnf: { jwk } })}.AA~` });

/** The keys in the proofs of a request. */
const keysIn = ({ json }: JsonRequest): object[] => {
  const { proofs } = json as unknown as { proofs: { jwt: string[] } }; // our own request
  return proofs.jwt.map((jwt) => parseJws(jwt, 'proof').header['jwk'] as object); // and our own proofs
};

const honest: Answers = {
  [`${SERVER}/token`]: () => answer(TOKEN),
  [`${ISSUER}/nonce`]: () => answer({ c_nonce: 'n' }),
  [`${ISSUER}/credential`]: (request) => answer({ credentials: keysIn(request).map(copyFor) }),
};

async function start(answers: Answers, saying: object = {}) {
  const { fetchJson, asked } = servers({ ...honest, ...answers });
  const doors = { fetchJson, clock: () => NOW };
  const offered = await offeredBy({ grants: PRE_AUTHORIZED, ...saying });
  const [session] = await startIssuance(
    offered,
    { type: 'pre-authorized_code' },
    { ...doors, configurationIds: ['licence'] },
  );
  return { doors, asked, session };
}

async function refusalOf(promise: Promise<unknown>): Promise<SignetError> {
  const thrown: unknown = await promise.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (!(thrown instanceof SignetError)) throw new Error('expected a SignetError', { cause: thrown });
  return thrown;
}

const ask = async (answers: Answers, count = 2, saying?: object) => {
  const { doors, session, asked } = await start(answers, saying);
  const { outcome } = await requestCredentials(session, { ...doors, keys: keysFor(count) });
  return { outcome, asked };
};

describe('a credential request', () => {
  test('goes with a proof of each key, and no word of who we are', async () => {
    const { outcome, asked } = await ask({}, 3);
    expect(outcome).toMatchObject({ kind: 'issued', copies: [{ keyIndex: 0 }, { keyIndex: 1 }, { keyIndex: 2 }] });
    const request = asked.find(({ url }) => url === `${ISSUER}/credential`);
    expect(request).toMatchObject({ bearer: 'token', json: { credential_configuration_id: 'licence' } });
    expect(request?.json).not.toHaveProperty('credential_identifier');
    expect(request).not.toHaveProperty('dpop');
    const nonce = asked.find(({ url }) => url === `${ISSUER}/nonce`);
    expect(nonce).toEqual({ url: `${ISSUER}/nonce`, post: true }); // no token goes with it
  });

  test('names the credential as the token does, and none that the token is not good for', async () => {
    const details = {
      type: 'openid_credential',
      credential_configuration_id: 'licence',
      credential_identifiers: ['a', 'b'],
    };
    const { doors, session, asked } = await start({
      [`${SERVER}/token`]: () => answer({ ...TOKEN, authorization_details: [details] }),
    });
    for (const identifier of session.identifiers) {
      await requestCredentials(session, { ...doors, keys: keysFor(1), identifier });
    }
    const names = asked.filter(({ url }) => url === `${ISSUER}/credential`).map(({ json }) => json);
    expect(names).toMatchObject([{ credential_identifier: 'a' }, { credential_identifier: 'b' }]);
    expect(names[0]).not.toHaveProperty('credential_configuration_id');
    expect(await refusalOf(requestCredentials(session, { ...doors, keys: keysFor(1), identifier: 'c' }))).toMatchObject(
      {
        ...{ reason: 'bad_request', field: 'identifier' },
      },
    );
  });

  test('is not made with more keys than thirty, nor without any', async () => {
    const { doors, session } = await start({});
    for (const count of [0, 31]) {
      expect((await refusalOf(requestCredentials(session, { ...doors, keys: keysFor(count) }))).reason).toBe(
        'internal',
      );
    }
  });

  test('is made again, with a new nonce, where the first one ran out', async () => {
    let nonces = 0;
    let refusals = 1;
    const { outcome, asked } = await ask({
      [`${ISSUER}/nonce`]: () => answer({ c_nonce: `n${String((nonces += 1))}` }),
      [`${ISSUER}/credential`]: (request) =>
        refusals-- > 0 ? refusal('invalid_nonce') : answer({ credentials: keysIn(request).map(copyFor) }),
    });
    expect(outcome.kind).toBe('issued');
    const proofs = asked
      .filter(({ url }) => url === `${ISSUER}/credential`)
      .map(({ json }) => (json as unknown as { proofs: { jwt: string[] } }).proofs.jwt[0] ?? ''); // our own requests
    expect(proofs.map((jwt) => parseJws(jwt, 'proof').payload['nonce'])).toEqual(['n1', 'n2']);
  });

  test.each<[string, (keys: object[]) => unknown, string]>([
    ['a key of somebody else', ([first]) => [first, holderPublicJwk(createHolderKey())], 'credentials[1].cnf'],
    ['one key twice', ([first]) => [first, first], 'credentials[1].cnf'],
    ['half a key', ([first]) => [{ ...first, y: 'x' }], 'credentials[0].cnf'],
    ['no key', () => [undefined], 'credentials[0].cnf.jwk'],
  ])('is not answered by a credential that is bound to %s', async (_, keys, field) => {
    const bound = (request: JsonRequest) => (keys(keysIn(request)) as object[]).map(copyFor); // or what is none
    const error = await refusalOf(
      ask({ [`${ISSUER}/credential`]: (request) => answer({ credentials: bound(request) }) }),
    );
    expect(error).toMatchObject({ reason: 'credential_refused', field });
  });

  test('of a kind that is bound to no key has no proofs, and asks for no nonce', async () => {
    const card = { format: 'signet-bbs', type: `${ISSUER}/card` };
    const { fetchJson, asked } = servers({
      ...honest,
      [`${ISSUER}/credential`]: () => answer({ credentials: [{ credential: 'card' }] }),
    });
    const offered = await offeredBy({ grants: PRE_AUTHORIZED });
    const unbound = {
      ...offered,
      configurations: [{ ...offered.configuration, suite: 'bbs' as const, vct: card.type }],
    };
    const doors = { fetchJson, clock: () => NOW };
    const [session] = await startIssuance(
      unbound,
      { type: 'pre-authorized_code' },
      { ...doors, configurationIds: ['licence'] },
    );
    expect(session).toMatchObject({ unbound: true, copies: 1 });
    const { outcome } = await requestCredentials(session, { ...doors, keys: [] });
    expect(outcome).toEqual({ kind: 'issued', copies: [{ credential: 'card', openings: {} }] });
    expect(asked.map(({ url }) => url)).toEqual([`${SERVER}/token`, `${ISSUER}/credential`]);
    expect(asked[1]?.json).toEqual({ credential_configuration_id: 'licence' });
    expect((await refusalOf(requestCredentials(session, { ...doors, keys: keysFor(1) }))).reason).toBe('internal');
  });

  test('ends with what the issuer says', async () => {
    expect(
      (await refusalOf(ask({ [`${ISSUER}/credential`]: () => refusal('credential_request_denied') }))).message,
    ).toContain('credential_request_denied');
    expect(await refusalOf(ask({ [`${ISSUER}/credential`]: () => refusal('invalid_token', 401) }))).toMatchObject({
      ...{ reason: 'issuer_refused', field: 'access_token' },
    });
  });
});

describe('a token that is bound to a key', () => {
  const bound = { ...TOKEN, token_type: 'DPoP' };

  test('is asked for and shown with proofs of that key, each of its own, that say what they are for', async () => {
    const { asked } = await ask({ [`${SERVER}/token`]: () => answer(bound) }, 1, DPOP);
    const proven = asked.filter(({ dpop }) => dpop !== undefined);
    expect(proven.map(({ url }) => url)).toEqual([`${SERVER}/token`, `${ISSUER}/credential`]);
    const proofs = proven.map(({ dpop }) => parseJws(dpop?.proof ?? '', 'proof'));
    for (const proof of proofs) {
      const jwk = readPublicJwk(proof.header['jwk']);
      expect(proof.header).toMatchObject({ typ: 'dpop+jwt', alg: 'ES256' });
      expect(proof.header['jwk']).not.toHaveProperty('d');
      expect(await isSignedBy(proof, jwk === undefined ? [] : [jwk])).toBe(true);
    }
    expect(proofs[0]?.header['jwk']).toEqual(proofs[1]?.header['jwk']);
    expect(proofs.map(({ payload }) => payload)).toEqual([
      { jti: expect.any(String) as string, htm: 'POST', htu: `${SERVER}/token`, iat: NOW / 1000 },
      {
        ...{ jti: expect.any(String) as string, htm: 'POST', htu: `${ISSUER}/credential`, iat: NOW / 1000 },
        ath: createHash('sha256').update('token').digest('base64url'),
      },
    ]);
    expect(proofs[0]?.payload['jti']).not.toBe(proofs[1]?.payload['jti']);
    expect(proven[1]).not.toHaveProperty('bearer');
  });

  test('is bound to another key at each issuance', async () => {
    const once = async () => (await start({ [`${SERVER}/token`]: () => answer(bound) }, DPOP)).session.dpop?.jwk.x;
    expect(await once()).not.toBe(await once());
  });

  test('takes the nonces that servers give, each back to who gave it', async () => {
    const nonceIn = ({ dpop }: JsonRequest): unknown => parseJws(dpop?.proof ?? '', 'proof').payload['nonce'];
    const { doors, session, asked } = await start(
      {
        [`${SERVER}/token`]: (request) =>
          nonceIn(request) === 'of the server'
            ? answer(bound)
            : refusal('use_dpop_nonce', 400, { dpopNonce: 'of the server' }),
        [`${ISSUER}/nonce`]: () => answer({ c_nonce: 'n' }, { dpopNonce: 'of the issuer' }),
      },
      DPOP,
    );
    const { session: after } = await requestCredentials(session, { ...doors, keys: keysFor(1) });
    expect(after.dpop?.nonces).toEqual({ authorization: 'of the server', resource: 'of the issuer' });
    const proven = asked.filter(({ dpop }) => dpop !== undefined);
    expect(proven.map((request) => [new URL(request.url).pathname, nonceIn(request)])).toEqual([
      ['/token', undefined],
      ['/token', 'of the server'],
      ['/credential', 'of the issuer'],
    ]);
  });

  test('is asked for once where the server wants a nonce that it does not give', async () => {
    const { fetchJson, asked } = servers({ [`${SERVER}/token`]: () => refusal('use_dpop_nonce') });
    const offered = await offeredBy({ grants: PRE_AUTHORIZED, ...DPOP });
    const options = { fetchJson, clock: () => NOW, configurationIds: ['licence'] };
    expect((await refusalOf(startIssuance(offered, { type: 'pre-authorized_code' }, options))).reason).toBe(
      'issuer_refused',
    );
    expect(asked).toHaveLength(1);
  });
});

describe('several kinds of one offer', () => {
  const two = {
    issuer: { credential_configurations_supported: { licence: sdJwtConfiguration(), badge: sdJwtConfiguration() } },
    configurationIds: ['licence', 'badge'],
    grants: PRE_AUTHORIZED,
  };

  test('come by one token, which each session goes on with', async () => {
    const { fetchJson, asked } = servers(honest);
    const doors = { fetchJson, clock: () => NOW };
    const [licence, badge] = await startIssuance(
      await offeredBy(two),
      { type: 'pre-authorized_code' },
      { ...doors, configurationIds: ['licence', 'badge'] },
    );
    if (badge === undefined) throw new Error('expected two sessions');
    const first = await requestCredentials(licence, { ...doors, keys: keysFor(1) });
    await requestCredentials(sharedWith(badge, first.session), { ...doors, keys: keysFor(1) });
    const named = asked.flatMap(({ json }) => (json === undefined ? [] : [json]));
    expect(named).toMatchObject([{ credential_configuration_id: 'licence' }, { credential_configuration_id: 'badge' }]);
    expect(asked.filter(({ url }) => url.endsWith('/token'))).toHaveLength(1);
  });

  test('are only those that were offered', async () => {
    const { fetchJson, asked } = servers(honest);
    const options = { fetchJson, clock: () => NOW, configurationIds: ['licence', 'passport'] };
    expect(
      await refusalOf(startIssuance(await offeredBy(two), { type: 'pre-authorized_code' }, options)),
    ).toMatchObject({
      ...{ reason: 'bad_request', field: 'configurationIds' },
    });
    expect(asked).toEqual([]);
  });
});

describe('what comes later', () => {
  const promise = { transaction_id: 't', interval: 60 };

  async function promised(answers: Answers = {}) {
    const started = await start({ [`${ISSUER}/credential`]: () => answer(promise), ...answers });
    const { session, outcome } = await requestCredentials(started.session, { ...started.doors, keys: keysFor(1) });
    if (outcome.kind !== 'deferred') throw new Error('expected a promise');
    return { ...started, session, deferral: { ...outcome.deferral, notBefore: NOW } };
  }

  const poll = async (answers: Answers) => {
    const { doors, session, deferral } = await promised(answers);
    return pollDeferred(session, deferral, { ...doors, keys: keysFor(1) });
  };
  const saying = (said: Answers[string]) => poll({ [`${ISSUER}/deferred`]: said });

  test('is asked for by the name of the promise alone', async () => {
    const { doors, session, deferral, asked } = await promised({ [`${ISSUER}/deferred`]: () => answer(promise) });
    const { outcome } = await pollDeferred(session, deferral, { ...doors, keys: keysFor(1) });
    expect(asked.at(-1)).toEqual({ url: `${ISSUER}/deferred`, bearer: 'token', json: { transaction_id: 't' } });
    expect(outcome).toEqual({
      kind: 'deferred',
      deferral: { transactionId: 't', interval: 60_000, notBefore: NOW + 60_000 },
    });
  });

  test('is still to come where an issuer says so with an error, as drafts had it', async () => {
    expect((await saying(() => refusal('issuance_pending'))).outcome).toMatchObject({
      ...{ kind: 'deferred', deferral: { transactionId: 't', notBefore: NOW + 60_000 } },
    });
  });

  test.each(['invalid_transaction_id', 'credential_request_denied'])('never comes after %s', async (error) => {
    expect(await refusalOf(saying(() => refusal(error)))).toMatchObject({ field: 'transaction_id' });
  });

  test.each([
    [503, ''],
    [503, 'temporarily_unavailable'],
    [500, 'server_error'],
    [429, ''],
    [404, ''],
  ])('is still to come after status %i with “%s”: that is trouble of the moment', async (status, error) => {
    expect(await refusalOf(saying(() => refusal(error, status)))).toMatchObject({ reason: 'network' });
  });

  test.each([
    [503, 'invalid_transaction_id', 'issuer_refused'],
    [404, 'invalid_request', 'issuer_refused'],
  ])('is not to come after status %i with “%s”', async (status, error, reason) => {
    expect(await refusalOf(saying(() => refusal(error, status)))).toMatchObject({ reason });
  });

  test.each<[string, unknown, string]>([
    ['another promise', { transaction_id: 'other', interval: 5 }, 'credential response.transaction_id'],
    ['nothing', {}, 'credential response.credentials'],
    ['two for one key', { credentials: [{ credential: 'a' }, { credential: 'b' }] }, 'credential response.credentials'],
    ['somebody else’s', { credentials: [copyFor(holderPublicJwk(createHolderKey()))] }, 'credentials[0].cnf'],
  ])('is not %s', async (_, body, field) => {
    expect((await refusalOf(saying(() => answer(body)))).field).toBe(field);
  });
});

describe('a token that is over', () => {
  const renewable = { ...TOKEN, refresh_token: 'r1', expires_in: 60 };

  /** Gives r1, then r2, and so on; takes each token once at the credential endpoint. */
  function renewing(): Answers {
    let count = 1;
    return {
      [`${SERVER}/token`]: ({ form }) => {
        if (form?.['grant_type'] !== 'refresh_token') return answer(renewable);
        if (form['refresh_token'] !== `r${String(count)}`) return refusal('invalid_grant');
        count += 1;
        return answer({
          access_token: `token${String(count)}`,
          token_type: 'Bearer',
          refresh_token: `r${String(count)}`,
        });
      },
    };
  }

  test('is renewed where the issuer no longer takes it, once', async () => {
    const { doors, session, asked } = await start({
      ...renewing(),
      [`${ISSUER}/credential`]: (request) =>
        request.bearer === 'token'
          ? refusal('invalid_token', 401)
          : answer({ credentials: keysIn(request).map(copyFor) }),
    });
    const kept: IssuanceSession[] = [];
    const keep = (fresh: IssuanceSession): Promise<void> => Promise.resolve(void kept.push(fresh));
    const { session: after } = await requestCredentials(session, { ...doors, keep, keys: keysFor(1) });
    expect(after.token).toEqual({ scheme: 'Bearer', accessToken: 'token2', refreshToken: 'r2' });
    expect(kept.map(({ token }) => token.refreshToken)).toEqual(['r2']);
    expect(asked.filter(({ url }) => url === `${ISSUER}/credential`)).toHaveLength(2);
  });

  test('is not renewed again and again', async () => {
    const { doors, session, asked } = await start({
      ...renewing(),
      [`${ISSUER}/credential`]: () => refusal('invalid_token', 401),
    });
    expect(await refusalOf(requestCredentials(session, { ...doors, keys: keysFor(1) }))).toMatchObject({
      field: 'access_token',
    });
    expect(asked.filter(({ url }) => url === `${ISSUER}/credential`)).toHaveLength(2);
  });

  test('that cannot be kept is used for nothing', async () => {
    const { doors, session, asked } = await start(renewing());
    const keep = (): Promise<void> => Promise.reject(new SignetError('storage_failed', 'The disk is full.'));
    expect((await refusalOf(refreshInstances(session, { ...doors, keep, keys: keysFor(1) }))).reason).toBe(
      'storage_failed',
    );
    expect(asked.filter(({ url }) => url === `${ISSUER}/credential`)).toEqual([]);
  });

  test('keeps its refresh token where the server gives no other', async () => {
    const { doors, session } = await start({
      [`${SERVER}/token`]: ({ form }) => answer(form?.['grant_type'] === 'refresh_token' ? TOKEN : renewable),
    });
    const { session: after } = await refreshInstances(session, { ...doors, keys: keysFor(1) });
    expect(after.token.refreshToken).toBe('r1');
  });
});

describe('a notification', () => {
  const about = { notificationId: 'n', event: 'credential_deleted' } as const;

  test('says what became of it, and reads no answer', async () => {
    const { doors, session, asked } = await start({ [`${ISSUER}/notification`]: () => answer(null) });
    await notify(session, about, doors);
    expect(asked.at(-1)).toEqual({
      ...{ url: `${ISSUER}/notification`, bearer: 'token', takes: 'nothing' },
      json: { notification_id: 'n', event: 'credential_deleted' },
    });
  });

  test('says in ASCII what cannot be said otherwise', async () => {
    const { doors, session, asked } = await start({ [`${ISSUER}/notification`]: () => answer(null) });
    await notify(session, { ...about, description: 'A “quoted" \\ \u202eword\n' }, doors);
    expect(asked.at(-1)?.json).toMatchObject({ event_description: 'A quoted  word' });
  });

  test('that is refused says so, and one that nobody wants is not sent', async () => {
    const { doors, session } = await start({ [`${ISSUER}/notification`]: () => refusal('invalid_notification_id') });
    expect((await refusalOf(notify(session, about, doors))).message).toContain('invalid_notification_id');
    const deaf = await start({}, { issuer: { notification_endpoint: undefined } });
    expect((await refusalOf(notify(deaf.session, about, deaf.doors))).reason).toBe('internal');
    expect(deaf.asked.map(({ url }) => url)).toEqual([`${SERVER}/token`]);
  });
});
