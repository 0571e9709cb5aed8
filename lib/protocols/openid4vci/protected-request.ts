import type { JsonAnswer, JsonRequest } from '../../core/index.ts';
import { sendProven } from './dpop.ts';
import type { Doors, IssuanceSession } from './session.ts';
import { isLive, refreshToken } from './token.ts';

/** An answer, beside the session as it now is. */
export interface ProtectedAnswer {
  readonly answer: JsonAnswer;
  readonly session: IssuanceSession;
}

/**
 * Sends a POST with the access token. One that is over is renewed first, where there is a refresh token, and one that
 * turns out to be over is renewed once.
 * @throws SignetError as `refreshToken`, and what the door throws
 */
export async function sendProtected(
  session: IssuanceSession,
  request: JsonRequest,
  doors: Doors,
): Promise<ProtectedAnswer> {
  if (canRefresh(session) && !isLive(session, doors.clock())) {
    return send(await refreshToken(session, doors), request, doors);
  }
  const first = await send(session, request, doors);
  if (first.answer.ok || first.answer.error !== 'invalid_token' || !canRefresh(session)) return first;
  return send(await refreshToken(first.session, doors), request, doors);
}

const canRefresh = ({ token }: IssuanceSession): boolean => token.refreshToken !== undefined;

async function send(session: IssuanceSession, request: JsonRequest, doors: Doors): Promise<ProtectedAnswer> {
  const { scheme, accessToken } = session.token;
  if (scheme === 'Bearer') return { answer: await doors.fetchJson({ ...request, bearer: accessToken }), session };
  const { answer, dpop } = await sendProven(request, { dpop: session.dpop, token: accessToken }, doors);
  return { answer, session: dpop === undefined ? session : { ...session, dpop } };
}
