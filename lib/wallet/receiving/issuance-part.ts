import type { Json, Origin } from '../../core/index.ts';
import type { IssuanceTie, TieFacts } from '../../credentials/index.ts';
import type { IssuanceSession } from '../../protocols/index.ts';

/** Which part of an issuance a credential is: what of its session is its own, and not of the token. Plain JSON. */
export interface IssuancePart {
  readonly configurationId: string;
  readonly copies: number;
  readonly unbound?: true;
  /** The issuer's own name for it, where it has one. */
  readonly identifier?: string;
  /** Names its copies to the issuer when it hears what became of them. */
  readonly notificationId?: string;
}

/** The part of a session that is one credential's. */
export const partOf = (
  { configurationId, copies, unbound }: IssuanceSession,
  also: Pick<IssuancePart, 'identifier' | 'notificationId'> = {},
): IssuancePart => ({ configurationId, copies, ...(unbound === undefined ? {} : { unbound }), ...also });

/** What a record says of its issuance. @param id of the tie that goes with it */
export function tieFacts(id: string, session: IssuanceSession, part: IssuancePart): TieFacts {
  const { place, token } = session;
  return {
    issuance: id,
    part: part as unknown as Json, // plain JSON, by its type
    renewable: part.unbound === undefined && token.refreshToken !== undefined,
    notifies: part.notificationId !== undefined && place.notificationEndpoint !== undefined,
    others: othersOf(session),
  };
}

/** Hosts besides the issuer's that going on with a session speaks to. */
export function othersOf({ place }: IssuanceSession): readonly Origin[] {
  const { issuer, tokenEndpoint, credentialEndpoint, deferredEndpoint, nonceEndpoint, notificationEndpoint } = place;
  const endpoints = [tokenEndpoint, credentialEndpoint, deferredEndpoint, nonceEndpoint, notificationEndpoint];
  const origins = endpoints.flatMap((url) => (url === undefined ? [] : [new URL(url).origin as Origin])); // read as addresses before they were kept
  return [...new Set(origins)].filter((origin) => origin !== issuer);
}

export const partIn = ({ part }: TieFacts): IssuancePart => part as unknown as IssuancePart; // this file wrote it

/** What the protocol needs to go on with one credential: the token's session, and what is its own. */
export function sessionIn(tie: IssuanceTie, facts: TieFacts): IssuanceSession {
  const shared = sharedPart(tie.session as unknown as IssuanceSession); // `tieOf` wrote it
  const { configurationId, copies, unbound, identifier } = partIn(facts);
  const identifiers = identifier === undefined ? [] : [identifier];
  return { ...shared, configurationId, copies, identifiers, ...(unbound === undefined ? {} : { unbound }) };
}

/** What of a session is the token's, whichever credential it was for at first. */
function sharedPart(session: IssuanceSession): Omit<IssuanceSession, 'unbound'> {
  const shared = Object.entries(session).filter(([name]) => name !== 'unbound');
  return Object.fromEntries(shared) as unknown as Omit<IssuanceSession, 'unbound'>; // all but that one
}

/** What is kept of a session for all credentials that came by its token. */
export const tieOf = (id: string, session: IssuanceSession): IssuanceTie => ({
  id,
  session: session as unknown as Json, // plain JSON, by its type
});
