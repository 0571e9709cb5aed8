import { claimLabel } from '../../credentials/index.ts';
import type { OfferWaiting, OfferedView } from '../../messaging/contract.ts';
import type { CredentialConfiguration, OfferedCredential } from '../../protocols/index.ts';
import { hostsOf } from '../../protocols/index.ts';
import type { PageRequest } from '../../requests/index.ts';
import { announcedCompartments } from './arrived.ts';
import type { Progress } from './offer-progress.ts';
import { digestOf, issuerIn, nextHosts, offeredIn, progressOf } from './offer-progress.ts';
import type { Services } from '../services.ts';

type State = OfferWaiting['state'];

/** What the consent window shows of an offer. Before the person's first click it is made from the call alone. */
export async function viewOffer(
  services: Services,
  request: PageRequest,
): Promise<Pick<OfferWaiting, 'kind' | 'issuer' | 'state'>> {
  return { kind: 'offer', issuer: issuerIn(request), state: await viewState(services, request) };
}

async function viewState({ keeper, issuance }: Services, request: PageRequest): Promise<State> {
  const vault = await keeper.state();
  if (vault === 'none') return { step: 'no_vault' };
  if (vault === 'locked') return { step: 'locked' };
  const underway = issuance.underway(request.id);
  if (underway !== undefined) return { step: 'working', ...underway };
  const progress = progressOf(request);
  if (progress.step === 'failed') return { step: 'failed', message: progress.message };
  const offered = offeredIn(progress);
  if (offered !== undefined) return viewReview(offered, progress);
  const looked = progress.step === 'look' ? progress : undefined;
  return { step: 'ask', hosts: looked === undefined ? [] : nextHosts(looked), further: looked?.agreed.length !== 0 };
}

function viewReview(offered: OfferedCredential, progress: Progress): State {
  const { issuer, issuerName, vouched, configurations, refused, transactionCode } = offered;
  return {
    step: 'review',
    digest: digestOf(offered),
    issuerName,
    vouched,
    others: hostsOf(offered).filter((host) => host !== issuer),
    credentials: configurations.map((configuration) => viewKind(configuration, offered)),
    unsupported: refused.map(({ id, name, unsupported = '' }) => ({ name: name === '' ? id : name, why: unsupported })),
    by: viewGrant(offered, progress),
    ...(transactionCode === undefined ? {} : { transactionCode }),
  };
}

function viewGrant({ grant, server }: OfferedCredential, progress: Progress): Extract<State, { step: 'review' }>['by'] {
  if (progress.step === 'granted') return { kind: 'granted', chosen: progress.chosen };
  if (grant === 'pre-authorized_code') return { kind: 'code' };
  return { kind: 'sign_in', at: server.origin };
}

function viewKind(configuration: CredentialConfiguration, { copies }: OfferedCredential): OfferedView {
  const { id, name, claims, suite, decay } = configuration;
  return {
    id,
    name,
    claims: claims.map(({ path, label }) => label ?? claimLabel(path.filter((step) => step !== null))),
    copies: suite === undefined ? copies : 1,
    unlinkable: suite !== undefined,
    ...(decay === undefined ? {} : { decay }),
    compartments: announcedCompartments(configuration),
  };
}
