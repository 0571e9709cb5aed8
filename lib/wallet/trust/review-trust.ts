import type { Certificate, TrustList } from '../../credentials/index.ts';
import {
  ANCHOR_PROBLEMS,
  MAX_TRUST_LIST_LENGTH,
  TRUST_LIST_TYPE,
  assertSucceeds,
  assessAnchor,
  certificateId,
  distinguishedName,
  fingerprintOf,
  getTrustList,
  listOwnAnchors,
  readCertificates,
  readTrustList,
  signerThumbprint,
} from '../../credentials/index.ts';
import {
  SignetError,
  fromBase64,
  fromUtf8,
  isLoopback,
  isPublicUrl,
  originOf,
  parseUrl,
  toBase64,
} from '../../core/index.ts';
import type { Bytes } from '../../core/index.ts';
import type { CertificateView, OwnRequest, TrustReview } from '../../messaging/contract.ts';
import type { VaultReader } from '../../vault/index.ts';
import type { Services } from '../services.ts';

/** What people see of a certificate. */
export const viewCertificate = (certificate: Certificate): CertificateView => ({
  id: certificateId(certificate),
  subject: distinguishedName(certificate.subject),
  issuer: distinguishedName(certificate.issuer),
  fingerprint: fingerprintOf(certificate),
  notBefore: certificate.notBefore,
  notAfter: certificate.notAfter,
});

/**
 * What is in a file that the person picked, or in what they pasted: certificates, or a trust list. Changes nothing.
 * @param file base64
 * @throws SignetError bad_request, with words for people; `locked`
 */
export async function reviewFile(services: Services, file: string): Promise<TrustReview> {
  const vault = await services.keeper.open();
  const bytes = fromBase64(file);
  const list = listText(bytes);
  return list === undefined ? reviewCertificates(vault, bytes, services.clock()) : reviewList(services, list);
}

const JSON_OR_JWS = /^\s*(?:\{|[\w-]+\.[\w-]+\.[\w-]+\s*$)/;

/** The text of what looks like a trust list. */
function listText(bytes: Bytes): string | undefined {
  try {
    const text = fromUtf8(bytes);
    return JSON_OR_JWS.test(text.slice(0, 100)) || JSON_OR_JWS.test(text) ? text : undefined;
  } catch {
    return undefined; // what is no text may be a certificate
  }
}

async function reviewCertificates(vault: VaultReader, bytes: Bytes, now: number): Promise<TrustReview> {
  const own = await listOwnAnchors(vault);
  const certificates = readCertificates(bytes).map(async (certificate) => {
    const view = viewCertificate(certificate);
    const problem = await assessAnchor(certificate, now);
    const known = own.find(({ id }) => id === view.id)?.name;
    return {
      ...view,
      certificate: toBase64(certificate.der),
      ...(problem === undefined ? {} : { problem: ANCHOR_PROBLEMS[problem] }),
      ...(known === undefined ? {} : { known }),
    };
  });
  return { kind: 'certificates', certificates: await Promise.all(certificates) };
}

/** What was read, and what it would be taken in as. */
interface Origins {
  readonly address?: string;
  /** The list that it would take the place of. */
  readonly id?: string;
}

async function reviewList(
  { keeper, clock }: Services,
  text: string,
  { address, id }: Origins = {},
): Promise<TrustReview> {
  const list = await readTrustList(text, clock());
  return {
    kind: 'list',
    text,
    name: list.name,
    ...(address === undefined ? {} : { address }),
    ...(list.signer === undefined ? {} : { signer: signerThumbprint(list.signer) }),
    anchors: list.anchors.map(({ certificate, name, vouchesFor, types }) => ({
      ...viewCertificate(certificate),
      ...{ name, vouchesFor },
      ...(types === undefined ? {} : { types }),
    })),
    leftOut: list.leftOut.map(({ name, problem }) => ({
      name,
      problem: problem === 'unreadable' ? 'It cannot be read.' : ANCHOR_PROBLEMS[problem],
    })),
    ...(id === undefined ? {} : { replaces: await changesTo(await keeper.open(), id, list) }),
  };
}

async function changesTo(vault: VaultReader, id: string, next: TrustList) {
  const kept = await getTrustList(vault, id);
  assertSucceeds(kept, next);
  const idsOf = ({ anchors }: Pick<TrustList, 'anchors'>) =>
    anchors.map(({ certificate }) => certificateId(certificate));
  const [before, after] = [idsOf(kept), idsOf(next)];
  return {
    id,
    removed: kept.anchors
      .filter(({ certificate }) => !after.includes(certificateId(certificate)))
      .map(({ name }) => name),
    added: after.filter((one) => !before.includes(one)).length,
  };
}

/** Media types that lists are served with, signed and not. */
const LIST_TYPES = ['application/json', `application/${TRUST_LIST_TYPE}`, 'application/jwt', 'application/jose'];

/**
 * Fetches a trust list, because the person asked to. Changes nothing.
 * @throws SignetError bad_request, field `address`, `list` or `signature`; `not_found`; `network`, `issuer_refused`
 */
export async function fetchList(services: Services, from: OwnRequest<'trust.fetch'>): Promise<TrustReview> {
  const vault = await services.keeper.open();
  const id = 'id' in from ? from.id : undefined;
  const address = 'id' in from ? (await getTrustList(vault, from.id)).address : from.address;
  if (address === undefined) {
    throw new SignetError('bad_request', 'This list came from no address. Get the newer one as a file.', {
      field: 'address',
    });
  }
  const url = listUrl(address);
  const text = await services.fetchText({ url: url.href, type: LIST_TYPES });
  if (text.length > MAX_TRUST_LIST_LENGTH)
    throw new SignetError('bad_request', 'This list is too long.', { field: 'list' });
  return reviewList(services, text, { address: url.href, ...(id === undefined ? {} : { id }) });
}

function listUrl(address: string): URL {
  const url = parseUrl(address.trim(), 'address');
  if (isPublicUrl(url) || isLoopback(originOf(url))) return url;
  throw new SignetError('bad_request', 'This address is of a private network.', { field: 'address' });
}
