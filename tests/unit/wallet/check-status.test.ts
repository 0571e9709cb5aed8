import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { FetchText, JsonObject, Origin, TextRequest } from '../../../lib/core/index.ts';
import { SignetError } from '../../../lib/core/index.ts';
import {
  addCredential,
  consumeInstance,
  createHolderKey,
  holderPublicJwk,
  issuerKeyResolver,
  verifyIssuedCredential,
} from '../../../lib/credentials/index.ts';
import type { CredentialView } from '../../../lib/messaging/contract.ts';
import type { OwnHandlers } from '../../../lib/messaging/own-router.ts';
import { createOwnHandlers } from '../../../lib/wallet/index.ts';
import { openLog } from '../../../lib/wallet/log/open-log.ts';
import type { ListChanges } from '../../fixtures/credentials/status-list.ts';
import { LIST_URI, signList, statusClaim, statusList } from '../../fixtures/credentials/status-list.ts';
import { certify, createParty, x5cOf } from '../../fixtures/credentials/test-certificates.ts';
import type { TestIssuer } from '../../fixtures/credentials/test-issuer.ts';
import { ISSUER, NOW, VCT, createTestIssuer, issueAge } from '../../fixtures/credentials/test-issuer.ts';
import type { TestWallet } from '../../fixtures/wallet.ts';
import { PASSWORD, createTestWallet } from '../../fixtures/wallet.ts';

const PASSPHRASE = 'seven grey herons at dawn';
const TYPE = 'application/statuslist+jwt';

let issuer: TestIssuer;
let stranger: TestIssuer;
let wallet: TestWallet;
let own: OwnHandlers;
/** What was fetched, oldest first. */
let fetched: TextRequest[];
let now: number;

beforeAll(async () => {
  [issuer, stranger] = [await createTestIssuer(), await createTestIssuer()];
});

beforeEach(async () => {
  now = NOW;
  fetched = [];
  wallet = await createTestWallet({ clock: () => now });
  own = answering(() => list({}));
  await own['wallet.create']({ password: PASSWORD, mark: { shape: 'star', colour: 'blue' } });
});

/** A wallet whose network has the issuer's keys, and a status list. */
function answering(text: FetchText): OwnHandlers {
  return createOwnHandlers(() =>
    Promise.resolve({
      ...wallet.services,
      fetchJson: () => Promise.resolve({ ok: true, body: { issuer: ISSUER, jwks: { keys: [keyOf(issuer)] } } }),
      fetchText: (request: TextRequest) => {
        fetched.push(request);
        return text(request);
      },
    }),
  );
}

/** The public key as JSON: JsonWebKey says that members may be undefined, and these are not. */
const keyOf = ({ publicJwk }: TestIssuer): JsonObject => publicJwk as unknown as JsonObject;

/** The issuer's list, in which these places are not valid. */
const list = (values: Readonly<Record<number, number>>, changes: ListChanges = {}, by = issuer): Promise<string> =>
  signList(by, statusList(2, 64, values), changes);

interface Stored {
  readonly copies?: number;
  readonly payload?: object;
  readonly header?: object;
  readonly by?: TestIssuer;
}

/** A credential of so many copies; the first has place 10, the next place 11. */
async function store({ copies = 2, payload = {}, header = {}, by = issuer }: Stored = {}): Promise<string> {
  const instances = await Promise.all(
    Array.from({ length: copies }, async (_, copy) => {
      const holderKey = createHolderKey();
      const holder = holderPublicJwk(holderKey);
      const made = { payload: { ...statusClaim(10 + copy), ...payload }, header };
      const { text } = await issueAge(by, holder, made);
      const origin = ISSUER as Origin; // the test's own constant
      const fetchJson = () => Promise.resolve({ issuer: ISSUER, jwks: { keys: [by.publicJwk] } });
      const resolveKeys = issuerKeyResolver({ issuer: origin, clock: () => NOW, fetchJson });
      const expected = { issuer: origin, vct: VCT, holder, clock: () => NOW, resolveKeys };
      return { holderKey, issued: await verifyIssuedCredential(text, expected) };
    }),
  );
  const log = await openLog(wallet.services);
  const added = { name: 'Card', issuerName: 'Town', receivedAt: NOW, instances };
  const { id } = await log.transact(async (tx) => {
    await tx.log({ kind: 'credential.received', subject: ISSUER });
    return addCredential(tx, added);
  });
  return id;
}

const view = async (id: string): Promise<CredentialView | undefined> =>
  (await own['credentials.list']({})).credentials.find((credential) => credential.id === id);

const kinds = async (): Promise<readonly string[]> =>
  (await own['audit.list']({ limit: 20 })).entries
    .filter(({ kind }) => kind.startsWith('credential.'))
    .map(({ kind }) => kind);

describe('asking whether a credential was revoked', () => {
  test('happens when the person asks, and not before', async () => {
    const id = await store();
    expect(await view(id)).toMatchObject({ state: 'active', hasStatus: true });
    expect(await view(id)).not.toHaveProperty('statusAskedAt');
    expect(fetched).toEqual([]);
  });

  test('fetches one list for all copies, and writes down that they are valid', async () => {
    const id = await store({ copies: 3 });
    now += 1000;
    expect(await own['credentials.checkStatus']({ id })).toEqual({ state: 'active' });
    expect(fetched).toEqual([{ url: LIST_URI, type: TYPE }]);
    expect(await view(id)).toMatchObject({ state: 'active', statusAskedAt: now });
    const [entry] = (await own['audit.list']({ limit: 1 })).entries;
    expect(entry).toMatchObject({ kind: 'credential.checked', subject: ISSUER, claims: [] });
  });

  test('finds it revoked for good: it is no longer shown, and not asked about again', async () => {
    const id = await store();
    own = answering(() => list({ 10: 1, 11: 1 }));
    expect(await own['credentials.checkStatus']({ id })).toEqual({ state: 'revoked' });
    expect(await kinds()).toEqual(['credential.revoked', 'credential.received']);
    const request = await wallet.ask('requestProof', {
      claims: ['age_over_21'],
      nonce: 'A'.repeat(22),
      purpose: 'Wine',
    });
    const [waiting] = (await own['requests.list']({})).waiting;
    expect(waiting).toMatchObject({ requestId: request.id, state: { step: 'nothing' } });
    own = answering(() => list({}));
    expect(await own['credentials.checkStatus']({ id })).toEqual({ state: 'revoked' });
    expect(fetched).toHaveLength(1);
  });

  test('finds it suspended, and active again later', async () => {
    const id = await store();
    own = answering(() => list({ 10: 2, 11: 2 }));
    expect(await own['credentials.checkStatus']({ id })).toEqual({ state: 'suspended' });
    own = answering(() => list({}));
    expect(await own['credentials.checkStatus']({ id })).toEqual({ state: 'active' });
  });

  test('finds one copy revoked, and goes on with the others', async () => {
    const id = await store();
    own = answering(() => list({ 10: 1 }));
    expect(await own['credentials.checkStatus']({ id })).toEqual({ state: 'active' });
    const log = await openLog(wallet.services);
    const used = log.transact(async (tx) => {
      await tx.log({ kind: 'proof.allowed' });
      return consumeInstance(tx, id, 0, now);
    });
    await expect(used).rejects.toMatchObject({ reason: 'changed' });
  });

  test('asks each list that copies name, once', async () => {
    const second = `${ISSUER}/statuslists/2`;
    const first = await store({ copies: 1 });
    const id = await store({ copies: 1, payload: statusClaim(3, second) });
    own = answering(({ url }) => list({ 3: 1 }, { payload: { sub: url } }));
    await own['credentials.checkStatus']({ id });
    expect(fetched.map(({ url }) => url)).toEqual([second]);
    expect((await view(first))?.state).toBe('active');
    expect((await view(id))?.state).toBe('revoked');
  });

  test('takes a list with a line break at its end, as files have', async () => {
    const id = await store();
    own = answering(async () => `${await list({})}\n`);
    expect(await own['credentials.checkStatus']({ id })).toEqual({ state: 'active' });
  });
});

describe('where there is no answer to believe', () => {
  test.each<[string, FetchText, Stored]>([
    ['the list cannot be had', () => Promise.reject(new SignetError('network', 'issuer.example took too long.')), {}],
    ['somebody else signed the list', () => list({ 10: 1, 11: 1 }, {}, stranger), {}],
    ['it is another list', () => list({ 10: 1, 11: 1 }, { payload: { sub: `${LIST_URI}9` } }), {}],
    ['the list has expired', () => list({ 10: 1, 11: 1 }, { payload: { exp: 1 } }), {}],
    ['the list is no token', () => Promise.resolve('<html>'), {}],
    ['the list ends before the credential', () => list({}), { payload: statusClaim(999) }],
    ['the status is kept by other means', () => list({}), { payload: { status: { other: {} } } }],
    [
      'the list is said to be on this machine',
      () => list({}),
      { payload: statusClaim(1, 'http://localhost:9000/list') },
    ],
  ])('nothing is changed, and the question is logged: %s', async (_, text, stored) => {
    const id = await store(stored);
    const before = await view(id);
    own = answering(text);
    await expect(own['credentials.checkStatus']({ id })).rejects.toMatchObject({ reason: 'status_unknown' });
    expect(await view(id)).toEqual(before);
    expect(await kinds()).toEqual(['credential.check_failed', 'credential.received']);
  });

  test('no server of this machine is asked because a credential from elsewhere says so', async () => {
    const id = await store({ payload: statusClaim(1, 'http://127.0.0.1:9000/admin') });
    await expect(own['credentials.checkStatus']({ id })).rejects.toMatchObject({ reason: 'status_unknown' });
    expect(fetched).toEqual([]);
  });

  test('a list is not believed by a certificate that anybody could have made for himself', async () => {
    const id = await store();
    const party = await createParty('Else');
    const header = { x5c: x5cOf(await certify(party, party)) };
    own = answering(() => signBy(party.keyPair, { 10: 1, 11: 1 }, header));
    await expect(own['credentials.checkStatus']({ id })).rejects.toMatchObject({ reason: 'status_unknown' });
    expect((await view(id))?.state).toBe('active');
  });

  test('a list is believed by the certificate that the credential itself was signed with', async () => {
    const party = await createParty('Issuer');
    const header = { x5c: x5cOf(await certify(party, party)) };
    const by: TestIssuer = {
      ...issuer,
      sign: (payload, more) => signToken(party.keyPair, payload, { ...header, ...more }),
    };
    const id = await store({ by, header });
    own = answering(() => signBy(party.keyPair, { 10: 1, 11: 1 }, header));
    expect(await own['credentials.checkStatus']({ id })).toEqual({ state: 'revoked' });
  });

  test('a credential without a status is not asked about', async () => {
    const id = await store({ payload: { status: undefined } });
    await expect(own['credentials.checkStatus']({ id })).rejects.toMatchObject({ reason: 'bad_request', field: 'id' });
    await expect(own['credentials.checkStatus']({ id: 'none' })).rejects.toMatchObject({ reason: 'not_found' });
    expect(fetched).toEqual([]);
  });

  test('a locked vault asks nobody', async () => {
    const id = await store();
    await own['wallet.lock']({});
    await expect(own['credentials.checkStatus']({ id })).rejects.toMatchObject({ reason: 'locked' });
    expect(fetched).toEqual([]);
  });
});

describe('what was found', () => {
  test('is in a backup, and there after it was put back', async () => {
    const id = await store();
    own = answering(() => list({ 10: 1, 11: 1 }));
    await own['credentials.checkStatus']({ id });
    const { id: backup, chunks, bytes } = await own['backup.make']({ passphrase: PASSPHRASE, tier3: false });
    const pieces: string[] = [];
    for (let index = 0; index < chunks; index++) pieces.push((await own['backup.chunk']({ id: backup, index })).data);
    const { id: file } = await own['restore.begin']({ bytes });
    for (const [index, data] of pieces.entries()) await own['restore.chunk']({ id: file, index, data });
    const opener = { password: PASSWORD };
    await own['restore.commit']({ id: file, passphrase: PASSPHRASE, opener, eraseExisting: true });
    expect(await view(id)).toMatchObject({ state: 'revoked', statusAskedAt: NOW });
  });
});

/** A list signed with a key of its own. */
const signBy = (keyPair: CryptoKeyPair, values: Readonly<Record<number, number>>, header: object): Promise<string> =>
  signList({ ...issuer, sign: (payload, more) => signToken(keyPair, payload, more) }, statusList(2, 64, values), {
    header,
  });

async function signToken(keyPair: CryptoKeyPair, payload: object, header: object = {}): Promise<string> {
  const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const signed = `${encode({ alg: 'ES256', typ: 'dc+sd-jwt', ...header })}.${encode(payload)}`;
  const algorithm = { name: 'ECDSA', hash: 'SHA-256' };
  const signature = await crypto.subtle.sign(algorithm, keyPair.privateKey, Buffer.from(signed));
  return `${signed}.${Buffer.from(signature).toString('base64url')}`;
}
