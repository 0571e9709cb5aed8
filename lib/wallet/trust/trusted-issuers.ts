import type { LoggedTx } from '../../audit/index.ts';
import type { KeptList, OwnAnchor, TrustAnchor } from '../../credentials/index.ts';
import {
  ANCHOR_PROBLEMS,
  addTrustList,
  anchorOf,
  assessAnchor,
  distinguishedName,
  keptChain,
  listCredentials,
  listOwnAnchors,
  listTrustLists,
  parseCertificate,
  putOwnAnchor,
  readTrustList,
  removeOwnAnchor,
  removeTrustList,
  replaceTrustList,
  signerThumbprint,
  vouchAnew,
  vouches,
} from '../../credentials/index.ts';
import { SignetError, parseUrl } from '../../core/index.ts';
import type { AnchorView, OwnRequest, OwnResponse, TrustListView, VouchedView } from '../../messaging/contract.ts';
import type { VaultReader } from '../../vault/index.ts';
import { openLog } from '../log/open-log.ts';
import { viewCertificate } from './review-trust.ts';
import type { Services } from '../services.ts';

/** Whom the person trusts, with the credentials that each vouches for now. @throws SignetError locked */
export async function listTrust({ keeper, clock }: Services): Promise<OwnResponse<'trust.list'>> {
  const vault = await keeper.open();
  const view = await createViewer(vault, clock());
  const anchors = (await listOwnAnchors(vault)).map(async (anchor) => ({
    ...(await view(anchor)),
    since: anchor.since,
  }));
  const lists = (await listTrustLists(vault)).map((list) => viewList(list, view));
  return { anchors: await Promise.all(anchors), lists: await Promise.all(lists) };
}

type Viewer = (anchor: TrustAnchor) => Promise<AnchorView>;

async function viewList(list: KeptList, view: Viewer): Promise<TrustListView> {
  const { id, name, address, signer, since, lookedAt, anchors } = list;
  return {
    ...{ id, name, since, lookedAt },
    ...(address === undefined ? {} : { address }),
    ...(signer === undefined ? {} : { signer: signerThumbprint(signer) }),
    anchors: await Promise.all(anchors.map(view)),
  };
}

/** Shows an anchor with what it would vouch for if it stood alone. */
async function createViewer(vault: VaultReader, now: number): Promise<Viewer> {
  const certified = await certifiedCredentials(vault);
  return async (anchor) => {
    const { certificate, name, vouchesFor, types } = anchor;
    const credentials: VouchedView[] = [];
    for (const { id, name: called, vct, chain } of certified) {
      const isAsked = vouches(anchor, { for: 'issuers', type: vct });
      if (isAsked && (await anchorOf(chain, [certificate], now)) !== undefined) credentials.push({ id, name: called });
    }
    return {
      ...viewCertificate(certificate),
      ...{ name, vouchesFor, credentials },
      ...(types === undefined ? {} : { types }),
      outOfTime: now < certificate.notBefore || now > certificate.notAfter,
    };
  };
}

async function certifiedCredentials(vault: VaultReader) {
  const certified = [];
  for (const { id, name, vct } of await listCredentials(vault)) {
    const chain = await keptChain(vault, id);
    if (chain !== undefined) certified.push({ id, name, vct, chain });
  }
  return certified;
}

/**
 * The person trusts certificates from now on. All of them, or none.
 * @throws SignetError bad_request, field `certificate`, where one cannot be trusted; `too_many`; `locked`
 */
export async function addAnchors(
  services: Services,
  { certificates, vouchesFor }: OwnRequest<'trust.add'>,
): Promise<void> {
  const since = services.clock();
  const added: Omit<OwnAnchor, 'id'>[] = [];
  for (const { certificate: encoded, name } of certificates) {
    const certificate = parseCertificate(encoded, 'certificate');
    const problem = await assessAnchor(certificate, since);
    if (problem !== undefined) {
      throw new SignetError('bad_request', `This certificate cannot be trusted. ${ANCHOR_PROBLEMS[problem]}`, {
        field: 'certificate',
      });
    }
    const called = name.trim() === '' ? distinguishedName(certificate.subject) : name;
    added.push({ certificate, name: called, vouchesFor, since });
  }
  await changeTrust(services, async (tx) => {
    for (const anchor of added) {
      await putOwnAnchor(tx, anchor);
      await tx.log({ kind: 'trust.added', subject: anchor.name });
    }
  });
}

/** The person does not trust a certificate any more. @throws SignetError `not_found`, `locked` */
export const removeAnchor = (services: Services, id: string): Promise<void> =>
  changeTrust(services, async (tx) => {
    const { name } = await removeOwnAnchor(tx, id);
    await tx.log({ kind: 'trust.removed', subject: name });
  });

/**
 * The person takes a trust list in; or a newer one in the place of one that they have.
 * @throws SignetError bad_request, field `list`, `signature` or `address`; `not_found`, `too_many`, `locked`
 */
export async function takeList(services: Services, { text, address, id }: OwnRequest<'trust.takeList'>): Promise<void> {
  const now = services.clock();
  const list = await readTrustList(text, now);
  const from = address === undefined ? {} : { address: parseUrl(address, 'address').href };
  await changeTrust(services, async (tx) => {
    if (id === undefined) await addTrustList(tx, { list, ...from }, now);
    else await replaceTrustList(tx, id, { list, ...from }, now);
    await tx.log({ kind: 'trust.list_taken', subject: list.name });
  });
}

/** The person gives a trust list up, with everybody on it. @throws SignetError `not_found`, `locked` */
export const removeList = (services: Services, id: string): Promise<void> =>
  changeTrust(services, async (tx) => {
    const { name } = await removeTrustList(tx, id);
    await tx.log({ kind: 'trust.list_removed', subject: name });
  });

/** Changes whom the person trusts, and with it what is known of the credentials that they hold. */
async function changeTrust(services: Services, change: (tx: LoggedTx) => Promise<void>): Promise<void> {
  const log = await openLog(services);
  await log.transact(async (tx) => {
    await change(tx);
    await vouchAnew(tx, services.clock());
  });
  services.desk.forget(); // what waits is shown with who vouches for it
  services.announce('trust');
  services.announce('credentials');
  services.announce('audit');
  await services.desk.considerAll(services);
}
