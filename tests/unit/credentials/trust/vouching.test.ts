import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { AuditLog } from '../../../../lib/audit/index.ts';
import type { Origin } from '../../../../lib/core/index.ts';
import { SignetError } from '../../../../lib/core/index.ts';
import type { IssuedCredential, TrustList } from '../../../../lib/credentials/index.ts';
import {
  MAX_OWN_ANCHORS,
  MAX_TRUST_LISTS,
  addCredential,
  addTrustList,
  certificateId,
  createHolderKey,
  getCredential,
  holderPublicJwk,
  issuerKeyResolver,
  keptChain,
  listOwnAnchors,
  listTrustLists,
  parseCertificate,
  putOwnAnchor,
  readTrustList,
  removeCredential,
  removeOwnAnchor,
  removeTrustList,
  replaceTrustList,
  trustAnchors,
  verifyIssuedCredential,
  vouchAnew,
} from '../../../../lib/credentials/index.ts';
import type { VaultReader, VaultTx } from '../../../../lib/vault/index.ts';
import type { Party } from '../../../fixtures/credentials/test-certificates.ts';
import { certify, createParty, x5cOf } from '../../../fixtures/credentials/test-certificates.ts';
import type { TestIssuer } from '../../../fixtures/credentials/test-issuer.ts';
import {
  ISSUER,
  NOW,
  NOW_SECONDS,
  VCT,
  createTestIssuer,
  issueAge,
} from '../../../fixtures/credentials/test-issuer.ts';
import { MARK, Machine, PASSWORD } from '../../../fixtures/vault/machine.ts';

const DAY = 86_400_000;

let unlocked: Machine;
let issuer: TestIssuer;
let root: Party;
let rootDer: Uint8Array<ArrayBuffer>;
let log: AuditLog;
let vault: VaultReader;

beforeAll(async () => {
  issuer = await createTestIssuer();
  root = await createParty('Root');
  rootDer = await certify(root, root, { authority: true, uris: [], notAfter: NOW + 10 * DAY });
  unlocked = new Machine();
  await unlocked.worker().create({ password: PASSWORD, mark: MARK });
});

beforeEach(async () => {
  const machine = await unlocked.fork();
  const opened = await machine.worker().open();
  vault = opened;
  log = machine.log(opened);
});

const change = <T>(work: (tx: VaultTx) => Promise<T>): Promise<T> =>
  log.transact(async (tx) => {
    const result = await work(tx);
    await tx.log({ kind: 'trust.added', subject: 'Root' });
    return result;
  });

const anchor = () => parseCertificate(rootDer, 'anchor');
const own = { name: 'The\u202e town', vouchesFor: ['issuers'], since: NOW } as const;
const trustRoot = () => change((tx) => putOwnAnchor(tx, { ...own, certificate: anchor() }));

const listed = (more: object = {}, entry: object = {}): Promise<TrustList> => {
  const certificate = Buffer.from(rootDer).toString('base64');
  return readTrustList(
    JSON.stringify({ name: 'List', anchors: [{ certificate, name: 'On list', ...entry }], ...more }),
    NOW,
  );
};
const signedList = async (by: TestIssuer, iat: number): Promise<TrustList> => {
  const certificate = Buffer.from(rootDer).toString('base64');
  const payload = { name: 'List', anchors: [{ certificate, name: 'On list' }], iat };
  return readTrustList(await by.sign(payload, { typ: 'signet-trust-list+jwt', jwk: by.publicJwk }), NOW);
};

/** A credential that its issuer signed under a certificate of the root's. */
async function certified(
  leafUntil = NOW + DAY,
): Promise<{ issued: IssuedCredential; holderKey: ReturnType<typeof createHolderKey> }> {
  const leaf: Party = { name: 'Leaf', kind: 'P-256', keyPair: issuer.keyPair };
  const x5c = x5cOf(await certify(leaf, root, { usage: 1, notAfter: leafUntil }));
  const holderKey = createHolderKey();
  const holder = holderPublicJwk(holderKey);
  const { text } = await issueAge(issuer, holder, { header: { x5c } });
  const origin = ISSUER as Origin; // the test's own constant
  const clock = (): number => NOW;
  const fetchJson = () => Promise.reject(new SignetError('network', 'Nobody is asked.'));
  const resolveKeys = issuerKeyResolver({ issuer: origin, clock, fetchJson });
  return {
    holderKey,
    issued: await verifyIssuedCredential(text, { issuer: origin, vct: VCT, holder, clock, resolveKeys }),
  };
}

const receive = async (...copies: Awaited<ReturnType<typeof certified>>[]): Promise<string> =>
  change(async (tx) => {
    const added = { name: 'Age', issuerName: 'Town', receivedAt: NOW, instances: copies };
    return (await addCredential(tx, added)).id;
  });

const issuerOf = async (id: string) => (await getCredential(vault, id)).issuer;

describe('the person’s anchors', () => {
  it('are none at first', async () => {
    expect(await trustAnchors(vault, { for: 'issuers' })).toEqual([]);
    expect(await trustAnchors(vault, { for: 'verifiers' })).toEqual([]);
  });

  it('count for whom they vouch, and for nobody else', async () => {
    await trustRoot();
    expect((await trustAnchors(vault, { for: 'issuers' })).map(certificateId)).toEqual([certificateId(anchor())]);
    expect(await trustAnchors(vault, { for: 'verifiers' })).toEqual([]);
    expect((await listOwnAnchors(vault)).map(({ name }) => name)).toEqual(['The town']);
  });

  it('stand once, however often they are put there', async () => {
    await trustRoot();
    await change((tx) => putOwnAnchor(tx, { ...own, vouchesFor: ['verifiers'], certificate: anchor() }));
    expect((await listOwnAnchors(vault)).map(({ vouchesFor }) => vouchesFor)).toEqual([['verifiers']]);
  });

  it('are gone when they are taken away, and not twice', async () => {
    await trustRoot();
    const { id } = (await listOwnAnchors(vault))[0] ?? { id: '' };
    await change((tx) => removeOwnAnchor(tx, id));
    expect(await listOwnAnchors(vault)).toEqual([]);
    await expect(change((tx) => removeOwnAnchor(tx, id))).rejects.toMatchObject({ reason: 'not_found' });
  });

  it('are so many and no more', async () => {
    const ders = await Promise.all(
      Array.from({ length: MAX_OWN_ANCHORS + 1 }, () => certify(root, root, { authority: true, uris: [] })),
    );
    const put = (der: Uint8Array) => (tx: VaultTx) =>
      putOwnAnchor(tx, { ...own, certificate: parseCertificate(der, 'anchor') });
    await change(async (tx) => {
      for (const der of ders.slice(0, MAX_OWN_ANCHORS)) await put(der)(tx);
    });
    const last = ders.at(-1) ?? rootDer;
    await expect(change(put(last))).rejects.toMatchObject({ reason: 'too_many' });
    expect(await listOwnAnchors(vault)).toHaveLength(MAX_OWN_ANCHORS);
  });
});

describe('trust lists', () => {
  it('bring anchors, for some types alone where they say so', async () => {
    const list = await listed({}, { types: [VCT] });
    await change((tx) => addTrustList(tx, { list, address: 'https://town.example/list' }, NOW));
    expect(await trustAnchors(vault, { for: 'issuers', type: VCT })).toHaveLength(1);
    expect(await trustAnchors(vault, { for: 'issuers', type: 'urn:other' })).toEqual([]);
    expect(await trustAnchors(vault, { for: 'issuers' })).toEqual([]);
    const [kept] = await listTrustLists(vault);
    expect([kept?.name, kept?.address, kept?.lookedAt]).toEqual(['List', 'https://town.example/list', NOW]);
  });

  it('take their anchors with them', async () => {
    const list = await listed();
    const id = await change((tx) => addTrustList(tx, { list }, NOW));
    await change((tx) => removeTrustList(tx, id));
    expect(await trustAnchors(vault, { for: 'issuers' })).toEqual([]);
    expect(await listTrustLists(vault)).toEqual([]);
  });

  it('are followed by those of the same key alone, and by no older one', async () => {
    const [maker, stranger] = [await createTestIssuer(), await createTestIssuer()];
    const first = await signedList(maker, NOW_SECONDS - 100);
    const id = await change((tx) => addTrustList(tx, { list: first }, NOW));
    const follow = (list: TrustList) => change((tx) => replaceTrustList(tx, id, { list }, NOW + 1));
    await expect(follow(await signedList(stranger, NOW_SECONDS))).rejects.toMatchObject({ field: 'signature' });
    await expect(follow(await listed())).rejects.toMatchObject({ field: 'signature' });
    await expect(follow(await signedList(maker, NOW_SECONDS - 101))).rejects.toMatchObject({ field: 'list' });
    await follow(await signedList(maker, NOW_SECONDS));
    expect((await listTrustLists(vault)).map(({ issuedAt, lookedAt }) => [issuedAt, lookedAt])).toEqual([
      [NOW_SECONDS, NOW + 1],
    ]);
  });

  it('are so many and no more', async () => {
    const list = await listed();
    await change(async (tx) => {
      for (let i = 0; i < MAX_TRUST_LISTS; i++) await addTrustList(tx, { list }, NOW);
    });
    await expect(change((tx) => addTrustList(tx, { list }, NOW))).rejects.toMatchObject({ reason: 'too_many' });
  });
});

describe('the issuer of a credential', () => {
  it('is vouched for by name when its certificates lead to an anchor', async () => {
    await trustRoot();
    expect(await issuerOf(await receive(await certified()))).toMatchObject({ vouched: true, voucher: 'The town' });
  });

  it('is vouched for by nobody without an anchor, by one that is for verifiers, or one of another key', async () => {
    expect(await issuerOf(await receive(await certified()))).toMatchObject({ vouched: false });
    await change((tx) => putOwnAnchor(tx, { ...own, vouchesFor: ['verifiers'], certificate: anchor() }));
    const stranger = await createParty('Root');
    const theirs = parseCertificate(await certify(stranger, stranger, { authority: true, uris: [] }), 'anchor');
    await change((tx) => putOwnAnchor(tx, { ...own, certificate: theirs }));
    const found = await issuerOf(await receive(await certified()));
    expect([found.vouched, found.voucher]).toEqual([false, undefined]);
  });

  it('is looked at anew when the person changes whom they trust, and when times pass', async () => {
    const id = await receive(await certified());
    await trustRoot();
    await change((tx) => vouchAnew(tx, NOW));
    expect(await issuerOf(id)).toMatchObject({ vouched: true, voucher: 'The town' });
    await change((tx) => vouchAnew(tx, NOW + 2 * DAY)); // the leaf's time is over
    expect(await issuerOf(id)).toMatchObject({ vouched: false });
    await change((tx) => vouchAnew(tx, NOW));
    await change(async (tx) => {
      await removeOwnAnchor(tx, certificateId(anchor()));
      await vouchAnew(tx, NOW);
    });
    expect(await issuerOf(id)).toEqual({ origin: ISSUER, name: 'Town', vouched: false });
  });

  it('is vouched for by nobody where its copies came by different certificates', async () => {
    await trustRoot();
    const id = await receive(await certified(), await certified());
    expect(await issuerOf(id)).toMatchObject({ vouched: false });
    expect(await keptChain(vault, id)).toBeUndefined();
  });

  it('leaves no certificate behind with a credential that is deleted', async () => {
    const id = await receive(await certified());
    expect(await keptChain(vault, id)).toHaveLength(1);
    await change((tx) => removeCredential(tx, id));
    expect(await keptChain(vault, id)).toBeUndefined();
  });
});
