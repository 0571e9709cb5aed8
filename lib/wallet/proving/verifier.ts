import type { Json, Origin } from '../../core/index.ts';
import { SignetError, bodyOf, displayText } from '../../core/index.ts';
import type { Certificate } from '../../credentials/index.ts';
import { trustAnchors } from '../../credentials/index.ts';
import type { ProofWaiting, VerifierInfoView, VerifierView } from '../../messaging/contract.ts';
import { identifyVerifier, lookups } from '../../protocols/index.ts';
import type { CheckedInfo, ReadRequest, Verifier } from '../../protocols/index.ts';
import type { PageRequest } from '../../requests/index.ts';
import { askedProof, asksProof } from './asked-proof.ts';
import type { Services } from '../services.ts';

/** Whether it is known who made a request by OpenID4VP. */
export type Identification =
  | { readonly step: 'known'; readonly verifier: Verifier }
  | { readonly step: 'look_up'; readonly hosts: readonly string[] }
  | { readonly step: 'failed'; readonly message: string };

/** What a look-up came to, kept with its request. */
type Progress = Exclude<Identification, { readonly step: 'look_up' }>;

/**
 * Refuses, without asking anybody, a signed request that does not verify: so the refusal says nothing about the vault.
 * One whose signer has to be looked up is for the person to begin.
 * @param given `origin`: of the page. `now`: milliseconds since the epoch
 * @throws SignetError bad_request or unsupported, naming the field
 */
export function assertIdentifiable(
  read: ReadRequest,
  given: { readonly origin: Origin; readonly now: number },
): Promise<void> {
  return identifyOrLookUp(read, { ...given, anchors: [] });
}

/**
 * The same of a request that a link led to: here no page listens, and whom the person trusts counts at once.
 * @throws SignetError bad_request or unsupported, naming the field
 */
export async function assertIdentifiableByLink(services: Services, read: ReadRequest): Promise<void> {
  await identifyOrLookUp(read, { now: services.clock(), anchors: await anchorsFor(services, read) });
}

async function identifyOrLookUp(read: ReadRequest, options: Parameters<typeof identifyVerifier>[1]): Promise<void> {
  try {
    await identifyVerifier(read, options);
  } catch (error) {
    if (lookups(read).length === 0) throw error;
  }
}

/**
 * Who made a waiting request; asks nobody. Undefined where the way it came leaves no such question.
 * @throws SignetError vault_damaged
 */
export async function identified(services: Services, request: PageRequest): Promise<Identification | undefined> {
  const { read } = askedProof(request);
  if (read === undefined) return undefined;
  const known = progressOf(request);
  if (known !== undefined) return known;
  try {
    const verifier = await identify(services, request, read);
    if (await isAttestedByNobody(services, verifier)) return failedBy(nobodyAttests());
    return { step: 'known', verifier };
  } catch (error) {
    const hosts = lookups(read);
    return hosts.length > 0 ? { step: 'look_up', hosts } : failedBy(error);
  }
}

/**
 * An attestation by somebody the person does not trust makes no verifier (OpenID4VP 1.0 §5.9.3). While the vault is locked
 * it is not known whom they trust.
 */
const isAttestedByNobody = async ({ keeper }: Services, verifier: Verifier): Promise<boolean> =>
  verifier.kind === 'attested' && !verifier.vouched && (await keeper.state()) === 'unlocked';

const nobodyAttests = (): SignetError =>
  new SignetError('unsupported', 'Nobody you trust attests who this verifier is.', { field: 'request.jwt' });

/** @throws SignetError bad_request as long as it is not known who asks; nothing may be answered then */
export async function assertIdentified(services: Services, request: PageRequest): Promise<void> {
  const who = await identified(services, request);
  if (who === undefined || who.step === 'known') return;
  throw new SignetError('bad_request', 'It is not known yet who asks. Nothing was sent.', { field: 'requestId' });
}

/**
 * The person lets the wallet ask who made a request: nothing was fetched before this. What turns out to be wrong is shown
 * in the window; the page learns nothing of it.
 * @throws SignetError not_found when the request has ended; network, timed_out when another try may help
 */
export async function continueProof(services: Services, requestId: string): Promise<void> {
  const request = services.queue.get(requestId);
  if (request?.state.phase !== 'waiting' || !asksProof(request)) {
    throw new SignetError('not_found', 'This request has ended.');
  }
  const { read } = askedProof(request);
  if (read === undefined || progressOf(request) !== undefined) return;
  const progress = await lookedUp(services, request, read);
  await services.queue.setData(requestId, progress as unknown as Json); // plain JSON, by its types
  services.desk.forgetOne(requestId);
  services.announce('requests');
}

async function lookedUp(services: Services, request: PageRequest, read: ReadRequest): Promise<Progress> {
  const { fetchJson } = services;
  const door = async ({ href }: URL): Promise<Json> => bodyOf(await fetchJson({ url: href }), href);
  try {
    return { step: 'known', verifier: await identify(services, request, read, door) };
  } catch (error) {
    const { reason } = SignetError.from(error);
    if (reason === 'network' || reason === 'timed_out') throw error;
    return failedBy(error);
  }
}

/** As of when the request was made: what is shown does not change while the person looks at it. */
async function identify(
  services: Services,
  request: Pick<PageRequest, 'origin' | 'askedAt'>,
  read: ReadRequest,
  fetchJson?: (url: URL) => Promise<Json>,
): Promise<Verifier> {
  return identifyVerifier(read, {
    ...(read.transport === 'dc_api' ? { origin: request.origin } : {}),
    now: request.askedAt,
    anchors: await anchorsFor(services, read),
    ...(fetchJson === undefined ? {} : { fetchJson }),
  });
}

/** Whether anybody says who asks: without that nobody can vouch for it. */
const hasWords = ({ signatures, params }: ReadRequest): boolean =>
  signatures.length > 0 || params.verifierInfo.length > 0;

/** None while the vault is locked: whom the person trusts is theirs to know. */
async function anchorsFor({ keeper }: Services, read: ReadRequest): Promise<readonly Certificate[]> {
  if (!hasWords(read) || (await keeper.state()) !== 'unlocked') return [];
  return trustAnchors(await keeper.open(), { for: 'verifiers' });
}

const failedBy = (error: unknown): Progress => ({ step: 'failed', message: SignetError.from(error).message });

function progressOf({ state }: PageRequest): Progress | undefined {
  if (state.phase !== 'waiting' || state.data === undefined) return undefined;
  return state.data as unknown as Progress; // sealed; this file's, until the answer by a link takes its place
}

/** What the person sees of who asks. */
export function viewVerifier(verifier: Verifier): Pick<ProofWaiting, 'verifier' | 'verifierInfo'> {
  return {
    verifier: viewIdentity(verifier),
    ...(verifier.info.length === 0 ? {} : { verifierInfo: verifier.info.map(viewInfo) }),
  };
}

function viewIdentity(verifier: Verifier): VerifierView {
  switch (verifier.kind) {
    case 'unsigned':
      return { kind: 'unsigned' };
    case 'certificate': {
      const { subject, names, issuer, vouched } = verifier;
      return { kind: 'certificate', name: subject, names, issuer, vouched };
    }
    case 'did':
      return { kind: 'did', did: verifier.did };
    case 'attested': {
      const { clientId, attester, vouched } = verifier;
      return { kind: 'attested', name: withoutPrefix(clientId), attester, vouched };
    }
    case 'redirect_uri':
      return { kind: 'redirect_uri', uri: withoutPrefix(verifier.clientId) };
  }
}

/** OpenID4VP 1.0 §5.9.1: what stands before the first colon says how to read the rest. */
const withoutPrefix = (clientId: string): string => clientId.slice(clientId.indexOf(':') + 1);

const MAX_INFO = 2_000;

function viewInfo({ format, data, verified, by }: CheckedInfo): VerifierInfoView {
  const text = typeof data === 'string' ? data : JSON.stringify(data, null, 2);
  return {
    format: displayText(format, 80),
    text: text.length > MAX_INFO ? `${text.slice(0, MAX_INFO)}…` : text,
    ...(verified && by !== undefined ? { by } : {}),
  };
}
