import { SignetError } from '../../core/index.ts';
import { beginAuthorization, finishAuthorization, startIssuance } from '../../protocols/index.ts';
import { failOffer, keepProgress, progressOf, reviewedOffer, takenOf, waitingOffer } from './offer-progress.ts';
import type { Services } from '../services.ts';

/**
 * Under which name Signet speaks to authorization servers: it is registered with none. They know it by this and by the
 * address that they send people back to, which no other software has.
 */
export const CLIENT_ID = 'tools.signet';

/**
 * The person wants what they chose of an offer, and goes to show the issuer who they are. What must come back with them
 * is kept with the request before they go: the worker may die while they are away, and they may begin again.
 * @returns the address to open for them (see `signInAt`)
 * @throws SignetError `changed`, `bad_request`, `not_found`; what `beginAuthorization` throws, and then the offer has failed
 */
export async function beginSignIn(
  services: Services,
  wanted: { readonly requestId: string; readonly digest: string; readonly chosen?: readonly string[] },
): Promise<{ url: string }> {
  const { request, offered } = reviewedOffer(services, wanted);
  if (offered.grant !== 'authorization_code') {
    throw new SignetError('bad_request', 'This offer is taken without signing in.', { field: 'requestId' });
  }
  await services.keeper.open();
  const chosen = takenOf(offered, wanted.chosen);
  const { fetchJson, clock, redirectUri, issuance } = services;
  try {
    return await issuance.during(request.id, async (say) => {
      say({ stage: 'sign_in', done: 0, of: 0 });
      const to = { clientId: CLIENT_ID, redirectUri, configurationIds: chosen };
      const { url, session } = await beginAuthorization(offered, { ...to, fetchJson, clock });
      await keepProgress(services, request.id, { step: 'sign_in', offered, chosen, authorization: session });
      return { url };
    });
  } catch (error) {
    if (SignetError.from(error).reason !== 'wait') await failOffer(services, request, error);
    throw error;
  } finally {
    services.announce('requests');
  }
}

/**
 * The person is back from the issuer's pages: what they brought is checked, and becomes a token at once, for it is good
 * once and not for long. A yes at the issuer is theirs; a no, or an answer that is not for this flow, fails the offer,
 * which can be begun again where it came from.
 * @param address that they were sent back to, whole
 * @throws SignetError `changed` when nobody is expected; what `finishAuthorization` and `startIssuance` throw
 */
export async function finishSignIn(
  services: Services,
  { requestId, address }: { readonly requestId: string; readonly address: string },
): Promise<void> {
  const request = waitingOffer(services, requestId);
  const progress = progressOf(request);
  if (progress.step !== 'sign_in') throw new SignetError('changed', 'Nobody is expected back. Please look again.');
  await services.keeper.open();
  const { offered, chosen, authorization } = progress;
  const { fetchJson, clock, issuance } = services;
  try {
    await issuance.during(requestId, async (say) => {
      say({ stage: 'token', done: 0, of: 0 });
      const grant = finishAuthorization(authorization, address);
      const sessions = await startIssuance(offered, grant, { fetchJson, clock, configurationIds: chosen });
      await keepProgress(services, requestId, { step: 'granted', offered, chosen, sessions });
    });
  } catch (error) {
    if (SignetError.from(error).reason !== 'wait') await failOffer(services, request, error);
    throw error;
  } finally {
    services.announce('requests');
  }
}
