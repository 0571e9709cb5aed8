import type { AuditKind } from '../../audit/index.ts';
import type { AuthorityOffer, ReceiptClaims, RevocationClaims } from '../../capabilities/index.ts';
import { readOffer, readReceipt, readRevocation } from '../../capabilities/index.ts';
import type { Json } from '../../core/index.ts';
import { SignetError, isJsonObject } from '../../core/index.ts';
import { readOffer as readCredentialOffer } from '../../protocols/index.ts';
import type { PageRequest } from '../../requests/index.ts';

/** What a page hands over with `offerCredential`. */
export type Offered =
  | { readonly kind: 'credential' }
  | { readonly kind: 'authority'; readonly text: string; readonly offer: AuthorityOffer }
  | { readonly kind: 'revocation'; readonly text: string; readonly claims: RevocationClaims }
  | { readonly kind: 'receipt'; readonly text: string; readonly claims: ReceiptClaims };

/**
 * What is offered, from the call alone; nothing in it is believed.
 * @throws SignetError bad_request naming `authority_offer` or `receipt` where it is neither
 */
export function offeredIn(params: Json): Offered {
  if (!isJsonObject(params)) return { kind: 'credential' }; // whose reader says what is wrong
  const { authority_offer: authority, receipt } = params;
  if (typeof receipt === 'string')
    return named('receipt', () => ({ kind: 'receipt', text: receipt, claims: readReceipt(receipt) }));
  if (typeof authority !== 'string') return { kind: 'credential' };
  return named('authority_offer', () => readAuthority(authority));
}

/** Of a waiting call of `offerCredential`. */
export const offeredBy = ({ params }: Pick<PageRequest, 'params'>): Offered => offeredIn(params);

/** Who gives what is offered, by origin: an issuer, an authority, or the site that hands it over. */
export function giverOf({ origin, params }: Pick<PageRequest, 'origin' | 'params'>, offered: Offered): string {
  switch (offered.kind) {
    case 'credential':
      return readCredentialOffer(params).issuer;
    case 'authority':
      return offered.offer.claims.iss;
    case 'revocation':
    case 'receipt':
      return origin;
  }
}

/** An authority takes back what it offered by the same door; the claims tell the two apart. */
function readAuthority(text: string): Offered {
  try {
    return { kind: 'authority', text, offer: readOffer(text) };
  } catch (cause) {
    const revocation = readOrNothing(() => readRevocation(text));
    if (revocation === undefined) throw cause;
    return { kind: 'revocation', text, claims: revocation };
  }
}

function readOrNothing<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined; // its reader has said what it is not
  }
}

function named<T>(field: string, read: () => T): T {
  try {
    return read();
  } catch (cause) {
    throw new SignetError('bad_request', `${field} cannot be read: ${SignetError.from(cause).message}`, {
      field,
      cause,
    });
  }
}

/** What the log calls it when something that is offered is not taken. */
export function offerDenied(request: Pick<PageRequest, 'params'>): AuditKind {
  switch (offeredBy(request).kind) {
    case 'credential':
      return 'offer.denied';
    case 'authority':
    case 'revocation':
      return 'authority.rejected';
    case 'receipt':
      return 'capability.refused';
  }
}

/** What the log calls it when something that is offered ends without an answer of the person's. */
export function offerEnded(request: Pick<PageRequest, 'params'>): AuditKind {
  const { kind } = offeredBy(request);
  return kind === 'authority' || kind === 'revocation' ? 'authority.ended' : 'offer.ended';
}
