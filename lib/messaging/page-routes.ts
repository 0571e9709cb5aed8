import type { DigitalAnswer, DigitalGet, OtherWallet } from '../provider/digital.ts';
import type {
  CapabilityResponse,
  CapabilitySpec,
  CredentialOffer,
  OfferResponse,
  ProofRequest,
  ProofResponse,
  SitePermission,
} from '../provider/types.ts';
import type { Origin } from '../core/index.ts';

/**
 * What a page may ask of the worker: method → [params, result]. The table of our own pages is another one
 * (contract.ts), so neither can be reached through the other's door.
 */
export interface PageRoutes {
  requestProof: [ProofRequest, ProofResponse];
  offerCredential: [CredentialOffer, OfferResponse];
  requestCapability: [CapabilitySpec, CapabilityResponse];
  digitalGet: [DigitalGet, DigitalAnswer | OtherWallet];
  digitalCreate: [CredentialOffer, DigitalAnswer | OtherWallet];
  permissions: [Record<string, never>, readonly SitePermission[]];
  disconnect: [Record<string, never>, null];
}

export type PageMethod = keyof PageRoutes;

/** Methods answered at once, without the person. The others wait in the request queue. */
export type ImmediateMethod = 'permissions' | 'disconnect';

/** Who is asking, as the browser says; never as the page says. */
export interface PageSender {
  readonly origin: Origin;
  readonly documentId: string;
  readonly tabId: number;
}

/** How the worker answers the immediate methods. Throws SignetError to refuse. */
export type ImmediateHandlers = {
  readonly [M in ImmediateMethod]: (params: PageRoutes[M][0], sender: PageSender) => Promise<PageRoutes[M][1]>;
};
