import type { Json, Origin } from '../../core/index.ts';
import { SignetError, assertField, isLoopback } from '../../core/index.ts';
import { readOffer } from '../../protocols/index.ts';
import type { OfferCall } from '../../protocols/index.ts';
import type { DigitalGet } from '../../provider/digital.ts';
import type { QueuedMethod } from '../../requests/index.ts';
import { firstAnswerable } from '../proving/asked-digital.ts';
import type { DigitalRequest } from '../proving/asked-digital.ts';
import { askedProof } from '../proving/asked-proof.ts';
import { admitCapability } from '../spending/capability-call.ts';
import { offeredIn } from '../receiving/offer-kind.ts';
import { ELSEWHERE, answerElsewhere } from './other-wallet.ts';
import type { Services } from '../services.ts';
import { assertIdentifiable } from '../proving/verifier.ts';

/** A call that was rebuilt from its method's schema and is not queued yet. */
export interface IncomingCall {
  readonly method: QueuedMethod;
  readonly params: Json;
  readonly origin: Origin;
}

/** What becomes of a call before it is queued: it waits, with these params; or it is answered at once. */
export type Admission = { readonly params: Json } | { readonly result: Json };

/**
 * Refuses, from the call alone, what no vault could answer: so the refusal says nothing about this one. Calls of the
 * Digital Credentials API that are not for Signet go to another wallet: where the person said so, and where what is asked
 * for comes in no form that Signet holds.
 * @throws SignetError bad_request or unsupported, naming the field
 */
export async function admitCall(services: Pick<Services, 'others' | 'clock'>, call: IncomingCall): Promise<Admission> {
  const elsewhere = await answerElsewhere(services, call);
  if (elsewhere !== undefined) return { result: elsewhere };
  const { method, params, origin } = call;
  switch (method) {
    case 'requestProof':
      askedProof({ id: '', origin, method, params });
      return { params };
    case 'digitalGet':
      return admitDigital(services, origin, params);
    case 'requestCapability':
      admitCapability(origin, params);
      return { params };
    case 'offerCredential':
    case 'digitalCreate':
      admitOffer(origin, params);
      return { params };
  }
}

/** Of what the page would take, what Signet answers waits alone. */
async function admitDigital({ clock }: Pick<Services, 'clock'>, origin: Origin, params: Json): Promise<Admission> {
  if ((params as unknown as DigitalGet).requests.length === 0) return { result: ELSEWHERE }; // rebuilt from its schema
  const chosen = answerableOrElsewhere(origin, params);
  if (chosen === undefined) return { result: ELSEWHERE };
  await assertIdentifiable(chosen.read, { origin, now: clock() });
  const { protocol, data } = chosen.call;
  return { params: { requests: [{ protocol, data }] } };
}

function answerableOrElsewhere(origin: Origin, params: Json): DigitalRequest | undefined {
  try {
    return firstAnswerable({ requestId: '', origin }, params);
  } catch (error) {
    if (isAboutFormat(SignetError.from(error))) return undefined;
    throw error;
  }
}

/** Credentials of a form that Signet does not hold, as the mdoc of ISO 18013-5, may well be in another wallet. */
const isAboutFormat = ({ reason, field = '' }: SignetError): boolean =>
  reason === 'unsupported' && /(?:^|\.)format$/.test(field);

function admitOffer(origin: Origin, params: Json): void {
  const offered = offeredIn(params);
  if (offered.kind === 'credential') assertReachableFrom(origin, readOffer(params));
  if (offered.kind !== 'authority') return;
  assertField(
    isLoopback(origin) || !isLoopback(offered.offer.claims.iss),
    'authority_offer',
    'authority_offer must not be on the visitor’s own machine.',
  );
}

/** What runs on this machine is for pages of this machine: no site on the internet may aim a request at it. */
function assertReachableFrom(origin: Origin, { by, issuer }: OfferCall): void {
  const field = by === 'value' ? 'credential_offer.credential_issuer' : 'credential_offer_uri';
  assertField(isLoopback(origin) || !isLoopback(issuer), field, `${field} must not be on the visitor's own machine.`);
}
