import { sha256 } from '@noble/hashes/sha2.js';
import type { Json, SecretBytes } from '../core/index.ts';
import { SignetError, bodyOf, canonicalJsonBytes, toBase64url } from '../core/index.ts';
import {
  addCredential,
  claimLabel,
  createHolderKey,
  holderPublicJwk,
  issuerKeyResolver,
  verifyIssuedCredential,
} from '../credentials/index.ts';
import type { IssuedCredential } from '../credentials/index.ts';
import type { OfferWaiting } from '../messaging/contract.ts';
import { discoverOffer, readOffer, receiveCredentials } from '../protocols/index.ts';
import type { OfferCall, OfferedCredential } from '../protocols/index.ts';
import type { PageRequest } from '../requests/index.ts';
import { openLog } from './open-log.ts';
import { logOutcome } from './outcome.ts';
import type { Services } from './services.ts';

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
  const { configuration, issuerName, copies, offer } = progress.offered;
  return {
    step: 'review',
    digest: digestOf(progress.offered),
    name: configuration.name,
    issuerName,
    vouched: false,
    claims: configuration.claims.map(({ path, label }) => label ?? claimLabel(path.filter((step) => step !== null))),
    copies,
    ...(offer.transactionCode === undefined ? {} : { transactionCode: offer.transactionCode }),
  };
}

function progressOf({ state }: PageRequest): Progress | undefined {
  if (state.phase !== 'waiting' || state.data === undefined) return undefined;
  return state.data as unknown as Progress; // sealed under our session key: only this file wrote it
}

const digestOf = (offered: OfferedCredential): string => toBase64url(sha256(canonicalJsonBytes(offered)));

/** The person lets the wallet talk to the issuer: asks it what it offers. Nothing was fetched before this. */
export async function continueOffer(services: Services, requestId: string): Promise<void> {
  const request = waitingOffer(services, requestId);
  if (progressOf(request)?.step === 'offered') return;
  await services.keeper.open();
  const { fetchJson, languages } = services;
  try {
    const offered = await discoverOffer(admitOffer(request), { fetchJson, languages });
    await keepProgress(services, requestId, { step: 'offered', offered });
  } catch (error) {
    await failOffer(services, request, error);
  }
}

/**
 * The person takes the offer: token, proofs of fresh keys, credentials, each checked, all stored in one transaction
 * with the answer to the page.
 * @returns how many copies were stored
 * @throws SignetError changed; issuer_refused with field `transactionCode` when another try may help; else what failed
 */
export async function acceptOffer(
  services: Services,
  { requestId, digest, transactionCode }: { requestId: string; digest: string; transactionCode?: string },
): Promise<{ credentials: number }> {
  const request = waitingOffer(services, requestId);
  const progress = progressOf(request);
  if (progress?.step !== 'offered' || digestOf(progress.offered) !== digest) {
    throw new SignetError('changed', 'The offer has changed. Please look again.');
  }
  await services.keeper.open();
  const { offered } = progress;
  const keys = Array.from({ length: offered.copies }, createHolderKey);
  try {
    const instances = await receiveCopies(services, offered, keys, transactionCode);
    return await storeCopies(services, request, offered, instances);
  } catch (error) {
    if (SignetError.from(error).field !== 'transactionCode') await failOffer(services, request, error);
    throw error;
  } finally {
    for (const key of keys) key.dispose();
  }
}

interface Copy {
  readonly issued: IssuedCredential;
  readonly holderKey: SecretBytes;
}

async function receiveCopies(
  { fetchJson, clock }: Services,
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
  for (const { credential, keyIndex } of received) {
    const holderKey = keys[keyIndex];
    if (holderKey === undefined) throw new SignetError('internal', 'A credential came without its key.');
    const expected = { issuer, vct: offered.configuration.vct, holder: holderPublicJwk(holderKey), resolveKeys, clock };
    copies.push({ holderKey, issued: await verifyIssuedCredential(credential, expected) });
  }
  return copies;
}

async function storeCopies(
  services: Services,
  request: PageRequest,
  offered: OfferedCredential,
  instances: readonly Copy[],
): Promise<{ credentials: number }> {
  const log = await openLog(services);
  const answer = { ok: true, result: { accepted: true, credentials: instances.length } } as const;
  const settled = await services.queue.settle(request.id, answer, ({ write, expected }) =>
    log.transact(async (tx) => {
      const record = await addCredential(tx, {
        name: offered.configuration.name,
        issuerName: offered.issuerName,
        receivedAt: services.clock(),
        instances,
      });
      await tx.log({
        kind: 'credential.received',
        subject: record.issuer.origin,
        claims: record.claims.map(({ path }) => path.join('.')),
        decision: 'PERMIT',
      });
      tx.raw(write);
      tx.expect(expected);
    }),
  );
  services.deliver(settled);
  services.announce('requests');
  services.announce('credentials');
  services.announce('audit');
  return { credentials: instances.length };
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
