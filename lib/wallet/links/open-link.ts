import type { Origin } from '../../core/index.ts';
import { SignetError, randomBytes, toBase64url } from '../../core/index.ts';
import type { LinkView } from '../../messaging/contract.ts';
import { askedOrigin, fetchRequestObject, lookups, readLink, readOffer } from '../../protocols/index.ts';
import type { LinkCall, OfferLink, PresentationCall, ReadRequest } from '../../protocols/index.ts';
import type { PageRequest } from '../../requests/index.ts';
import { askedProof } from '../proving/asked-proof.ts';
import { linkParams, subjectOfLink } from './link-request.ts';
import { continueOffer } from '../receiving/receive.ts';
import type { Services } from '../services.ts';
import { assertIdentifiableByLink, continueProof } from '../proving/verifier.ts';

/** Bytes of the nonce that has to come back in a request made for this wallet (OpenID4VP 1.0 §5.10). */
const WALLET_NONCE_LENGTH = 32;

/** Links may lead to this machine, where verifiers are made: then all of one has to, and the screen says so. */
const read = (link: string): LinkCall => readLink(link, { loopback: true });

/**
 * What a link says of itself. Nobody is asked anything, and nothing in it is believed.
 * @throws SignetError bad_request for what is no such link, unsupported for what Signet does not do
 */
export async function lookAtLink(link: string): Promise<LinkView> {
  const call = read(link);
  if (call.kind === 'offer') return { kind: 'offer', origin: readOffer(offerIn(call)).issuer, fetches: true };
  const asked = askedOrigin(call);
  if (asked !== undefined) return { kind: 'proof', origin: asked, fetches: true };
  return { kind: 'proof', origin: subjectOfLink(await requestOf(call, nobody)), fetches: false };
}

/** Stands where a link holds all there is to know. */
const nobody: Services['fetchText'] = () =>
  Promise.reject(new SignetError('internal', 'Nobody is asked before you continue.'));

/** What `offerCredential` takes, out of a link. */
function offerIn(call: OfferLink) {
  return 'credential_offer' in call
    ? { credential_offer: call.credential_offer }
    : { credential_offer_uri: call.credential_offer_uri };
}

const requestOf = (call: PresentationCall, fetchText: Services['fetchText']): Promise<ReadRequest> =>
  fetchRequestObject(call, { fetchText, walletNonce: toBase64url(randomBytes(WALLET_NONCE_LENGTH)) });

/**
 * The person goes on with a link: that is the click by which whoever it names is asked. What they want waits then in
 * the consent window, as it would for a site.
 * @throws SignetError what is wrong with the link or what it led to; `denied` where a rule says never; `locked`;
 *   `too_many`; `network`, `issuer_refused`
 */
export async function openLink(services: Services, link: string): Promise<void> {
  await services.keeper.open(); // nobody is asked for what could not be answered
  const call = read(link);
  if (call.kind === 'offer') await bringOffer(services, call);
  else await bringRequest(services, call);
  services.announce('requests');
  await services.showConsent();
}

async function bringOffer(services: Services, call: OfferLink): Promise<void> {
  const params = offerIn(call);
  const { issuer } = readOffer(params);
  const request = await services.queue.submitOwn({ method: 'offerCredential', params, origin: issuer });
  await assertWelcome(services, request);
  await continueOffer(services, request.id); // says in the window what went wrong
}

async function bringRequest(services: Services, call: PresentationCall): Promise<void> {
  const request = await requestOf(call, services.fetchText);
  const origin = subjectOfLink(request);
  const asked = askedOrigin(call);
  const params = linkParams({ read: request, ...(asked === undefined || asked === origin ? {} : { from: asked }) });
  askedProof({ id: '', origin, method: 'presentLink', params });
  await assertIdentifiableByLink(services, request);
  const waiting = await services.queue.submitOwn({ method: 'presentLink', params, origin });
  await assertWelcome(services, waiting);
  if (isAllAsked(request, asked)) await lookUpNow(services, waiting.id);
}

/** Whoever does not answer now can be asked again from the window. */
async function lookUpNow(services: Services, requestId: string): Promise<void> {
  try {
    await continueProof(services, requestId);
  } catch (error) {
    const { reason } = SignetError.from(error);
    if (reason !== 'network' && reason !== 'timed_out') throw error;
  }
}

/** Whether all that is left to ask about who it is, is the host that the person's click has just had asked. */
function isAllAsked(request: ReadRequest, asked: Origin | undefined): boolean {
  const hosts = lookups(request);
  return hosts.length > 0 && asked !== undefined && hosts.every((host) => host === new URL(asked).host);
}

/** The person said never: that holds for links, and they are told, as nobody else is waiting for an answer. */
async function assertWelcome(services: Services, request: PageRequest): Promise<void> {
  if ((await services.desk.consider(services, request)) !== 'refused') return;
  const { host } = new URL(request.origin);
  throw new SignetError(
    'denied',
    `You said that ${host} never gets this, so it was not put before you. Nothing was sent. Your rules are under Sites.`,
  );
}
