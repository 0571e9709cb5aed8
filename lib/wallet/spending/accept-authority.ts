import { sha256 } from '@noble/hashes/sha2.js';
import * as v from 'valibot';
import { AuditLog } from '../../audit/index.ts';
import type { LoggedTx } from '../../audit/index.ts';
import type { AuthorityOffer, HeldAuthority, HeldOffer, PublicPaserk } from '../../capabilities/index.ts';
import {
  MAX_AUTHORITY_KEYS,
  TOKEN_SKEW,
  audienceKeySeed,
  isOfferBy,
  isPublicPaserk,
  keepOffer,
  momentOf,
  offerHash,
  publicKeyId,
  readHeldOffer,
  signingKeyOf,
  trust,
  trustedAs,
} from '../../capabilities/index.ts';
import { SignetError, bodyOf, canonicalJsonBytes, toBase64url } from '../../core/index.ts';
import type { AuthorityWaiting } from '../../messaging/contract.ts';
import type { PageRequest } from '../../requests/index.ts';
import type { VaultReader } from '../../vault/index.ts';
import { againWhileOutrun } from '../again.ts';
import { viewGrant } from './capability-view.ts';
import { logOutcome } from '../asking/log-outcome.ts';
import { offeredBy } from '../receiving/offer-kind.ts';
import type { Services } from '../services.ts';

/** Whose word an authority's is: its keys, and those that have to stand by each offer. */
type Keys = Pick<HeldAuthority, 'keys' | 'coSigners'>;

/** What an offer has come to, kept with its request so that a worker that dies forgets nothing. */
type Progress =
  { readonly step: 'fetched'; readonly keys: Keys } | { readonly step: 'failed'; readonly message: string };

/** What the consent window shows of an authority's offer. Before the person's first click it is made from the call alone. */
export async function viewAuthority(
  services: Services,
  request: PageRequest,
): Promise<Pick<AuthorityWaiting, 'kind' | 'authority' | 'state'>> {
  const { offer } = offerIn(request);
  return { kind: 'authority', authority: offer.claims.iss, state: await viewState(services, request, offer) };
}

async function viewState(
  { keeper }: Services,
  request: PageRequest,
  offer: AuthorityOffer,
): Promise<AuthorityWaiting['state']> {
  const state = await keeper.state();
  if (state === 'none') return { step: 'no_vault' };
  if (state === 'locked') return { step: 'locked' };
  try {
    const listed = await trustedAs(await keeper.open(), offer.claims.iss);
    if (listed !== undefined) {
      await assertBy(offer, listed);
      return viewReview(offer, listed, true);
    }
  } catch (thrown) {
    return { step: 'failed', message: SignetError.from(thrown).message }; // it can still be seen, and declined
  }
  const progress = progressOf(request);
  if (progress === undefined) return { step: 'ask' };
  return progress.step === 'failed' ? progress : viewReview(offer, progress.keys, false);
}

function viewReview(offer: AuthorityOffer, keys: Keys, trusted: boolean): AuthorityWaiting['state'] {
  const { grants, exp, co } = offer.claims;
  return {
    step: 'review',
    digest: digestOf(offer, keys, trusted),
    grants: grants.map(viewGrant),
    expiresAt: momentOf(exp),
    trusted,
    keys: keys.keys.map(publicKeyId),
    coSigners: co.map(({ key }) => publicKeyId(key)),
  };
}

function digestOf(offer: AuthorityOffer, { keys, coSigners = [] }: Keys, trusted: boolean): string {
  return toBase64url(sha256(canonicalJsonBytes({ offer: offerHash(offer), keys, coSigners, trusted })));
}

/** @throws SignetError bad_request where the request offers something else */
function offerIn(request: PageRequest): { readonly text: string; readonly offer: AuthorityOffer } {
  const offered = request.method === 'offerCredential' ? offeredBy(request) : undefined;
  if (offered?.kind === 'authority') return offered;
  throw new SignetError('bad_request', 'No authority offers anything here.', { field: 'requestId' });
}

function progressOf({ state }: PageRequest): Progress | undefined {
  if (state.phase !== 'waiting' || state.data === undefined) return undefined;
  return state.data as unknown as Progress; // sealed under our session key: only this file wrote it
}

/**
 * Why an offer cannot be taken whatever the person says; undefined: it is for them.
 * Nothing is fetched: of an authority that is not on the person's list, only its own page is heard.
 */
export async function whyNotOffered(
  reader: VaultReader,
  request: PageRequest,
  now: number,
): Promise<string | undefined> {
  const { offer } = offerIn(request);
  const { iss, sub, nbf, exp, jti } = offer.claims;
  using seed = audienceKeySeed(reader.keys.identity, iss);
  if (sub !== signingKeyOf(seed).publicKey) return 'It is made to another key.';
  if (now < momentOf(nbf) - TOKEN_SKEW * 1000 || now >= momentOf(exp)) return 'It is out of its time.';
  if ((await readHeldOffer(reader, jti)) !== undefined) return 'It was answered before.';
  const listed = await trustedAs(reader, iss);
  if (listed === undefined) return request.origin === iss ? undefined : 'Another site brings it.';
  return (await isOfferBy(offer, listed)) ? undefined : 'The authority did not sign it, or not all who must.';
}

/** The person lets the wallet ask the authority for its keys. Nothing was fetched before this. */
export async function continueAuthority(services: Services, requestId: string): Promise<void> {
  const request = waiting(services, requestId);
  const { offer } = offerIn(request);
  const vault = await services.keeper.open();
  if (progressOf(request)?.step === 'fetched' || (await trustedAs(vault, offer.claims.iss)) !== undefined) return;
  try {
    const keys = await fetchKeys(services, offer.claims.iss);
    await assertBy(offer, keys);
    await keepProgress(services, requestId, { step: 'fetched', keys });
  } catch (thrown) {
    const { message } = SignetError.from(thrown);
    await logOutcome(services, { kind: 'offer.failed', subject: offer.claims.iss, decision: 'DENY' });
    if (services.queue.get(requestId)?.state.phase !== 'waiting') return;
    await keepProgress(services, requestId, { step: 'failed', message });
  }
}

/** @throws SignetError issuer_refused where these keys do not stand by an offer */
async function assertBy(offer: AuthorityOffer, { keys, coSigners }: Keys): Promise<void> {
  const trusted = { authority: offer.claims.iss, keys, ...(coSigners === undefined ? {} : { coSigners }) };
  if (await isOfferBy(offer, trusted)) return;
  throw new SignetError('issuer_refused', 'The authority did not sign this offer, or not all who must.');
}

const paserk = v.custom<PublicPaserk>(isPublicPaserk);
/** Members that are not known here are ignored: authorities may publish more than we need. */
const PublishedSchema = v.object({
  keys: v.pipe(v.array(paserk), v.minLength(1), v.maxLength(MAX_AUTHORITY_KEYS)),
  co_signers: v.exactOptional(v.pipe(v.array(paserk), v.maxLength(MAX_AUTHORITY_KEYS))),
});

async function fetchKeys({ fetchJson }: Services, authority: string): Promise<Keys> {
  const url = `${authority}/.well-known/signet-authority.json`;
  const parsed = v.safeParse(PublishedSchema, bodyOf(await fetchJson({ url }), url));
  if (!parsed.success) throw new SignetError('issuer_refused', 'The authority publishes no keys that Signet can read.');
  const { keys, co_signers: coSigners } = parsed.output;
  return coSigners === undefined ? { keys } : { keys, coSigners };
}

/**
 * The person takes the offer; an authority that was not on their list is put there. All in one transaction with the
 * log's entry of it and the answer to the page.
 * @throws SignetError `changed` when what was shown no longer stands; `expired`; `not_found`, `too_many`, `locked`
 */
export async function acceptAuthority(
  services: Services,
  { requestId, digest }: { readonly requestId: string; readonly digest: string },
): Promise<void> {
  const request = waiting(services, requestId);
  const { queue, keeper, clock, book } = services;
  const vault = await keeper.open();
  const answer = { ok: true, result: { accepted: true, credentials: 0 } } as const;
  // What trust rests on is looked at before the transaction, which finds the same keys by the digest or nothing.
  await assertBy(offerIn(request).offer, (await keysFor(vault, request)).keys);
  await againWhileOutrun(services, request, async () => {
    const log = new AuditLog(vault, { clock, policy: await book.hash(vault) });
    const settled = await queue.settle(request.id, answer, ({ write, expected }) =>
      log.transact(async (tx) => {
        await take(tx, request, { digest, at: clock() });
        tx.raw(write);
        tx.expect(expected);
      }),
    );
    services.deliver(settled);
  });
  services.desk.forget(); // what else waits of this authority is looked at with its keys
  services.announce('requests');
  services.announce('capabilities');
  services.announce('audit');
  await services.desk.considerAll(services);
}

/** The keys that an offer is measured by: those on the list, or else those that were fetched for this request. */
async function keysFor(
  reader: VaultReader,
  request: PageRequest,
): Promise<{ readonly keys: Keys; readonly isListed: boolean }> {
  const listed = await trustedAs(reader, offerIn(request).offer.claims.iss);
  if (listed !== undefined) return { keys: listed, isListed: true };
  const progress = progressOf(request);
  if (progress?.step !== 'fetched') throw changed();
  return { keys: progress.keys, isListed: false };
}

async function take(tx: LoggedTx, request: PageRequest, taking: { readonly digest: string; readonly at: number }) {
  const { digest, at } = taking;
  const { text, offer } = offerIn(request);
  const { iss: authority } = offer.claims;
  const { keys, isListed } = await keysFor(tx, request);
  if (digestOf(offer, keys, isListed) !== digest) throw changed();
  if (at >= momentOf(offer.claims.exp)) throw new SignetError('expired', 'The time of this offer is over.');
  if ((await readHeldOffer(tx, offer.claims.jti)) !== undefined) throw changed();
  if (!isListed) await trust(tx, { authority, ...keys, since: at });
  await keepOffer(tx, answered({ text, offer }, 'accepted', at), at);
  await tx.log({ kind: 'authority.accepted', subject: authority, decision: 'PERMIT' });
}

const changed = (): SignetError =>
  new SignetError('changed', 'The offer has changed. Please look again.', { field: 'digest' });

/** The person does not take an offer: in the transaction that says so to the page. It is not asked about again. */
export async function rejectAuthority(tx: LoggedTx, request: PageRequest, at: number): Promise<void> {
  const { text, offer } = offerIn(request);
  if ((await readHeldOffer(tx, offer.claims.jti)) !== undefined || at >= momentOf(offer.claims.exp)) return;
  try {
    await keepOffer(tx, answered({ text, offer }, 'rejected', at), at);
  } catch (thrown) {
    if (SignetError.from(thrown).reason !== 'too_many') throw thrown; // a "no" needs no room
  }
}

function answered(
  { text, offer }: { readonly text: string; readonly offer: AuthorityOffer },
  state: 'accepted' | 'rejected',
  at: number,
): HeldOffer {
  const { jti, iss: authority, exp } = offer.claims;
  return { v: 1, jti, hash: offerHash(offer), authority, text, state, since: at, expiresAt: momentOf(exp) };
}

function waiting({ queue }: Services, requestId: string): PageRequest {
  const request = queue.get(requestId);
  if (request?.state.phase === 'waiting') return request;
  throw new SignetError('not_found', 'The page that offered this is gone. Nothing was stored.');
}

async function keepProgress({ queue, announce }: Services, requestId: string, progress: Progress): Promise<void> {
  await queue.setData(requestId, progress);
  announce('requests');
}
