import { notify } from '../../protocols/index.ts';
import type { IssuanceSession, NotificationEvent } from '../../protocols/index.ts';
import type { IssuancePart } from './issuance-part.ts';
import type { Services } from '../services.ts';

/**
 * Tells an issuer that wants to hear it what became of what it sent, as part of what the person started. Best effort:
 * nothing of the person's hangs on it (OpenID4VCI 1.0 §11), so that an issuer that does not listen fails nothing.
 */
export async function tellOutcome(
  services: Services,
  session: IssuanceSession,
  parts: readonly IssuancePart[],
  event: Exclude<NotificationEvent, 'credential_deleted'>,
): Promise<void> {
  const told = parts.flatMap(({ notificationId }) =>
    notificationId === undefined ? [] : [tell(services, session, { notificationId, event })],
  );
  await Promise.allSettled(told);
}

/**
 * Tells an issuer something, or says why that could not be. Without a notification endpoint it wants to hear nothing.
 * @throws SignetError what `notify` throws
 */
export async function tell(
  { fetchJson, clock }: Services,
  session: IssuanceSession,
  about: { readonly notificationId: string; readonly event: NotificationEvent },
  keep?: (session: IssuanceSession) => Promise<void>,
): Promise<IssuanceSession> {
  if (session.place.notificationEndpoint === undefined) return session;
  return notify(session, about, { fetchJson, clock, ...(keep === undefined ? {} : { keep }) });
}
