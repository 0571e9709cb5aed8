import { wrapCredentials } from './digital-credentials.ts';
import { CustomEvent, dispatch, listen } from './intrinsics.ts';
import { pageCall as call } from './page-call.ts';
import type {
  AnnouncedProvider,
  CapabilityResponse,
  CapabilitySpec,
  CredentialOffer,
  OfferResponse,
  ProofRequest,
  ProofResponse,
  RequestOptions,
  SignetProvider,
  SitePermission,
} from './types.ts';
import { VERSION } from './version.ts';

/** The manifest sees to the address; top level, and an origin of its own, are left (design §3, rule 3). */
const mayHaveProvider = (): boolean => self === top && self.origin !== 'null';

/** Runs in the page at document_start: defines `window.signet` and announces it (design §6). */
export function installProvider(): void {
  if (!mayHaveProvider()) return;

  class Provider extends EventTarget implements SignetProvider {
    readonly version = VERSION;
    requestProof(request: ProofRequest, options?: RequestOptions): Promise<ProofResponse> {
      return call('requestProof', 'request', request, options);
    }
    requestCapability(spec: CapabilitySpec, options?: RequestOptions): Promise<CapabilityResponse> {
      return call('requestCapability', 'spec', spec, options);
    }
    offerCredential(offer: CredentialOffer, options?: RequestOptions): Promise<OfferResponse> {
      return call('offerCredential', 'offer', offer, options);
    }
    permissions(): Promise<SitePermission[]> {
      return call('permissions', '', {});
    }
    disconnect(): Promise<void> {
      return call('disconnect', '', {});
    }
  }

  const provider = Object.freeze(new Provider());
  Object.freeze(Provider.prototype);
  const info = Object.freeze({ uuid: crypto.randomUUID(), name: 'Signet', rdns: 'tools.signet', version: VERSION });
  const detail: AnnouncedProvider = Object.freeze({ info, provider });
  const announce = () => void dispatch(window, new CustomEvent('signet:announceProvider', { detail }));

  // A page may have a top-level `let signet` or `function signet` of its own: with a property that cannot be
  // configured that would be an error that breaks the page. Who wants to be sure uses the announcement.
  Reflect.defineProperty(window, 'signet', { value: provider, configurable: true, writable: true });
  listen(window, 'signet:requestProvider', announce);
  announce();
  wrapCredentials();
}
