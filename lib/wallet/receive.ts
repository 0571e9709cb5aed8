import { sha256 } from '@noble/hashes/sha2.js';
import type { Json, SecretBytes } from '../core/index.ts';
import { SignetError, bodyOf, canonicalJsonBytes, toBase64url } from '../core/index.ts';
import {
  addCredential,
  assertOpen,
  claimCompartment,
  claimLabel,
  compartmentsOfCopies,
  createHolderKey,
  holderPublicJwk,
  issuerKeyResolver,
  matchOpenings,
  putOpenings,
  verifyIssuedCredential,
} from '../credentials/index.ts';
import type { ArrivedOpening, ClaimCompartment, IssuedCredential } from '../credentials/index.ts';
import type { OfferWaiting, Opener } from '../messaging/contract.ts';
import { discoverOffer, readOffer, receiveCredentials } from '../protocols/index.ts';
import type { OfferCall, OfferedCredential } from '../protocols/index.ts';
import { REQUEST_LIFETIME } from '../requests/index.ts';
import type { PageRequest } from '../requests/index.ts';
import type { Grant } from '../vault/index.ts';
import { withOpener } from './opener.ts';
import { logOutcome } from './log-outcome.ts';
import { receiveBbs, storeBbs } from './receive-bbs.ts';
import type { Services } from './services.ts';
import { storeReceived } from './store-received.ts';

/** What an offer has come to, kept with its request so that a worker that dies forgets nothing. */
type Progress =
  | { readonly step: 'offered'; readonly offered: OfferedCredential }
  | { readonly step: 'failed'; readonly message: string };

/** The offer in a request. @throws SignetError bad_request or unsupported, naming the field */
const admitOffer = (request: Pick<PageRequest, 'params'>): OfferCall => readOffer(request.params);

/** What the consent window shows of an offer. Before the person's first click it is made from the call alone. */
export async function viewOffer(
  services: Services,
  request: PageRequest,
): Promise<Pick<OfferWaiting, 'kind' | 'issuer' | 'state'>> {
  const { issuer } = admitOffer(request);
  return { kind: 'offer', issuer, state: await viewState(services, request) };
}

async function viewState({ keeper }: Services, request: PageRequest): Promise<OfferWaiting['state']> {
  const vault = await keeper.state();
  if (vault === 'none') return { step: 'no_vault' };
  if (vault === 'locked') return { step: 'locked' };
  const progress = progressOf(request);
  if (progress === undefined) return { step: 'ask' };
  if (progress.step === 'failed') return progress;
  const { configuration, issuerName, copies, transactionCode } = progress.offered;
  return {
    step: 'review',
    digest: digestOf(progress.offered),
    name: configuration.name,
    issuerName,
    vouched: false,
    claims: configuration.claims.map(({ path, label }) => label ?? claimLabel(path.filter((step) => step !== null))),
    copies,
    unlinkable: configuration.suite !== undefined,
    ...(configuration.decay === undefined ? {} : { decay: configuration.decay }),
    compartments: announcedCompartments(progress.offered),
    ...(transactionCode === undefined ? {} : { transactionCode }),
  };
}

/** Compartments that the announced claims go into. An issuer need not announce them: see `acceptOffer`. */
function announcedCompartments({ configuration }: OfferedCredential): readonly ClaimCompartment[] {
  const paths = configuration.claims.map(({ path }) => path.filter((step) => step !== null));
  return [...new Set(paths.flatMap((path) => claimCompartment(path) ?? []))];
}

function progressOf({ state }: PageRequest): Progress | undefined {
  if (state.phase !== 'waiting' || state.data === undefined) return undefined;
  return state.data as unknown as Progress; // sealed under our session key: only this file wrote it
}

const digestOf = (offered: OfferedCredential): string => toBase64url(sha256(canonicalJsonBytes(offered)));

/** Formats of credentials that the vault holds. */
const HELD_FORMATS = ['dc+sd-jwt', 'signet-bbs', 'signet-bbs-2020'] as const;

/** The person lets the wallet talk to the issuer: asks it what it offers. Nothing was fetched before this. */
export async function continueOffer(services: Services, requestId: string): Promise<void> {
  const request = waitingOffer(services, requestId);
  if (progressOf(request)?.step === 'offered') return;
  await services.keeper.open();
  const { fetchJson, languages } = services;
  try {
    const offered = await discoverOffer(admitOffer(request), { fetchJson, languages, formats: HELD_FORMATS });
    await keepProgress(services, requestId, { step: 'offered', offered });
  } catch (error) {
    await failOffer(services, request, error);
  }
}

/** Copies that were received and could not be stored yet: kept for another try, in memory alone. */
export class HeldCopies {
  #held: { readonly requestId: string; readonly copies: readonly Copy[]; readonly since: number } | undefined;

  /** Takes what is held for this request, which is held no more. Anything else that is held is forgotten. */
  take(requestId: string, now: number): readonly Copy[] | undefined {
    const held = this.#held;
    this.#held = undefined;
    if (held === undefined) return undefined;
    if (held.requestId === requestId && now - held.since < REQUEST_LIFETIME) return held.copies;
    forget(held.copies);
    return undefined;
  }

  hold(requestId: string, copies: readonly Copy[], now: number): void {
    if (this.#held !== undefined) forget(this.#held.copies);
    this.#held = { requestId, copies, since: now };
  }
}

function forget(copies: readonly Copy[]): void {
  for (const { holderKey, openings } of copies) {
    holderKey.dispose();
    for (const { blinding } of openings) blinding.dispose();
  }
}

export interface AcceptedOffer {
  readonly requestId: string;
  readonly digest: string;
  readonly transactionCode?: string;
  readonly opener?: Opener;
}

/**
 * The person takes the offer: token, proofs of fresh keys, credentials, each checked, all stored in one transaction
 * with the answer to the page. Claims of Tier 3 go into their compartments, which takes an opener: when they turn up
 * unannounced, or the opener is wrong, what was received is held for another try, and the issuer is not asked again.
 * @returns how many copies were stored
 * @throws SignetError `changed`; `issuer_refused` with field `transactionCode`, `bad_request` with field `opener`,
 *   `wrong_password` and `wait` when another try may help; else what failed
 */
export async function acceptOffer(
  services: Services,
  { requestId, digest, transactionCode, opener }: AcceptedOffer,
  held: HeldCopies,
): Promise<{ credentials: number }> {
  const request = waitingOffer(services, requestId);
  const progress = progressOf(request);
  if (progress?.step !== 'offered' || digestOf(progress.offered) !== digest) {
    throw new SignetError('changed', 'The offer has changed. Please look again.');
  }
  await services.keeper.open();
  const { offered } = progress;
  if (offered.configuration.suite !== undefined) return acceptBbs(services, request, offered, transactionCode);
  if (opener === undefined && announcedCompartments(offered).length > 0) throw openerNeeded();
  let copies = held.take(requestId, services.clock());
  try {
    copies ??= await receiveCopies(services, offered, transactionCode);
    const stored = await storeAll(services, { request, offered, copies }, opener);
    forget(copies);
    return stored;
  } catch (error) {
    if (mayTryAgain(error)) {
      if (copies !== undefined) held.hold(requestId, copies, services.clock());
    } else {
      forget(copies ?? []);
      await failOffer(services, request, error);
    }
    throw error;
  }
}

/** A BBS credential is one text for all sites: there are no copies to hold for another try. */
async function acceptBbs(
  services: Services,
  request: PageRequest,
  offered: OfferedCredential,
  transactionCode: string | undefined,
): Promise<{ credentials: number }> {
  try {
    const held = await receiveBbs(services, offered, transactionCode);
    return await storeBbs(services, { request, offered, held });
  } catch (error) {
    if (!mayTryAgain(error)) await failOffer(services, request, error);
    throw error;
  }
}

const openerNeeded = (): SignetError =>
  new SignetError(
    'bad_request',
    'This credential says something about payment or health: it takes your password or passkey to lock that away. Nothing was lost.',
    { field: 'opener' },
  );

/** Whether the same offer may be accepted once more, with a right code or opener. */
function mayTryAgain(thrown: unknown): boolean {
  const { reason, field } = SignetError.from(thrown);
  return field === 'transactionCode' || field === 'opener' || reason === 'wrong_password' || reason === 'wait';
}

/** What is about to be stored. */
interface Received {
  readonly request: PageRequest;
  readonly offered: OfferedCredential;
  readonly copies: readonly Copy[];
}

async function storeAll(services: Services, received: Received, opener: Opener | undefined) {
  const compartments = compartmentsOfCopies(received.copies.map(({ issued }) => issued));
  if (compartments.length === 0) return storeCopies(services, received);
  if (opener === undefined) throw openerNeeded();
  return withOpener(opener, (given) => services.keeper.grant(given, (grant) => storeCopies(services, received, grant)));
}

interface Copy {
  readonly issued: IssuedCredential;
  readonly holderKey: SecretBytes;
  /** Of its committed numbers: they open. */
  readonly openings: readonly ArrivedOpening[];
}

/** Asks the issuer. The holder keys of what it gave belong to the caller; of a failed try none is left. */
async function receiveCopies(
  services: Services,
  offered: OfferedCredential,
  transactionCode: string | undefined,
): Promise<readonly Copy[]> {
  const keys = Array.from({ length: offered.copies }, createHolderKey);
  try {
    const copies = await requestCopies(services, offered, keys, transactionCode);
    const used = copies.map(({ holderKey }) => holderKey);
    for (const key of keys) if (!used.includes(key)) key.dispose();
    return copies;
  } catch (error) {
    for (const key of keys) key.dispose();
    throw error;
  }
}

async function requestCopies(
  { fetchJson, clock, checkOpenings }: Services,
  offered: OfferedCredential,
  keys: readonly SecretBytes[],
  transactionCode: string | undefined,
): Promise<readonly Copy[]> {
  const code = transactionCode === undefined ? {} : { transactionCode };
  const received = await receiveCredentials(offered, { keys, fetchJson, clock, ...code });
  const { issuer } = offered.offer;
  const resolveKeys = issuerKeyResolver({
    issuer,
    clock,
    fetchJson: async ({ href }) => bodyOf(await fetchJson({ url: href }), href),
  });
  const copies: Copy[] = [];
  try {
    for (const { credential, keyIndex, openings } of received) {
      const holderKey = keys[keyIndex];
      if (holderKey === undefined) throw new SignetError('internal', 'A credential came without its key.');
      const expected = {
        ...{ issuer, vct: offered.configuration.vct, holder: holderPublicJwk(holderKey), resolveKeys, clock },
      };
      const issued = await verifyIssuedCredential(credential, expected);
      copies.push({ holderKey, issued, openings: matchOpenings(issued.sdJwt, openings) });
    }
    await assertOpen(
      copies.flatMap(({ openings }) => openings),
      checkOpenings,
    );
    return copies;
  } catch (error) {
    forget(copies);
    throw error;
  }
}

function storeCopies(
  services: Services,
  { request, offered, copies: instances }: Received,
  grant?: Grant,
): Promise<{ credentials: number }> {
  const { configuration, issuerName } = offered;
  return storeReceived(services, request, instances.length, async (tx) => {
    const { name, decay } = configuration;
    const fading = decay === undefined ? {} : { decay };
    const added = { name, issuerName, receivedAt: services.clock(), instances, ...fading };
    const record = await addCredential(tx, added, grant && ((name) => grant.ensureCompartment(tx, name)));
    for (const [instance, { openings }] of instances.entries()) putOpenings(tx, record.id, instance, openings);
    return record;
  });
}

function waitingOffer({ queue }: Services, requestId: string): PageRequest {
  const request = queue.get(requestId);
  if (request?.state.phase !== 'waiting') {
    throw new SignetError('not_found', 'The page that offered this is gone. Nothing was stored.');
  }
  return request;
}

async function keepProgress({ queue, announce }: Services, requestId: string, progress: Progress): Promise<void> {
  await queue.setData(requestId, progress as unknown as Json); // plain JSON, by its type
  announce('requests');
}

/** Says in the window what went wrong, and in the log that it did; the page learns nothing until the window closes. */
async function failOffer(services: Services, request: PageRequest, thrown: unknown): Promise<void> {
  const error = SignetError.from(thrown);
  const kind = error.reason === 'credential_refused' ? 'credential.refused' : 'offer.failed';
  await logOutcome(services, { kind, subject: admitOffer(request).issuer, decision: 'DENY' });
  if (services.queue.get(request.id)?.state.phase !== 'waiting') return;
  await keepProgress(services, request.id, { step: 'failed', message: error.message });
}
