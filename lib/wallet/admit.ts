import type { Json, Origin } from '../core/index.ts';
import { assertField, isLoopback } from '../core/index.ts';
import { readOffer } from '../protocols/index.ts';
import type { OfferCall } from '../protocols/index.ts';
import type { QueuedMethod } from '../requests/index.ts';
import { askedProof } from './asked-proof.ts';
import { admitCapability } from './capability-call.ts';
import { offeredIn } from './offer-kind.ts';

/** A call that was rebuilt from its method's schema and is not queued yet. */
export interface IncomingCall {
  readonly method: QueuedMethod;
  readonly params: Json;
  readonly origin: Origin;
}

/**
 * Refuses, from the call alone, what no vault could answer: so the refusal says nothing about this one.
 * @throws SignetError bad_request or unsupported, naming the field
 */
export function admitCall({ method, params, origin }: IncomingCall): void {
  switch (method) {
    case 'requestProof':
    case 'digitalGet':
      askedProof({ id: '', origin, method, params });
      return;
    case 'requestCapability':
      admitCapability(origin, params);
      return;
    case 'offerCredential':
    case 'digitalCreate':
      admitOffer(origin, params);
      return;
  }
}

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
