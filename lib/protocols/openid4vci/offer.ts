import * as v from 'valibot';
import { assertField, displayText, isJsonObject, originOf, parseUrl, SignetError } from '../../core/index.ts';
import type { Origin, Reason } from '../../core/index.ts';
import { readIdentifier } from './issuer-identifier.ts';
import { identifier, read, text } from './reading.ts';

/** The grant of who already identified themselves to the issuer (OpenID4VCI 1.0 §4.1.1). */
export const PRE_AUTHORIZED_CODE = 'urn:ietf:params:oauth:grant-type:pre-authorized_code';

/** The grant of who still has to, on the issuer's own pages (RFC 6749 §4.1). */
export const AUTHORIZATION_CODE = 'authorization_code';

/** What the issuer says about the code it told the person some other way (§4.1.1, `tx_code`). */
export interface TransactionCode {
  readonly numeric: boolean;
  /** Characters, where the issuer says. */
  readonly length?: number;
  /** The issuer's words, cleaned for display. */
  readonly description?: string;
}

/** A credential offer, rebuilt. Plain JSON: it may wait in a stored request. Holds one grant or both. */
export interface Offer {
  /** The issuer's origin: what people see and rules go by. */
  readonly issuer: Origin;
  /** The issuer's identifier, its origin with or without a path (§12.2.1). */
  readonly credentialIssuer: string;
  /** In the issuer's order; the first that Signet supports is received. */
  readonly configurationIds: readonly string[];
  readonly preAuthorized?: {
    readonly code: string;
    readonly transactionCode?: TransactionCode;
    /** Identifier of the authorization server the grant names, where it names one. */
    readonly authorizationServer?: string;
  };
  /** Also where the offer names no grant at all: then the server's metadata decides (§4.1.1). */
  readonly authorization?: {
    readonly issuerState?: string;
    readonly authorizationServer?: string;
  };
}

/** What a page's call or a link says on its own, before anything is fetched. */
export type OfferCall =
  | { readonly by: 'value'; readonly issuer: Origin; readonly offer: Offer }
  /** `issuer` is where the offer is fetched from; the offer itself may name another. */
  | { readonly by: 'reference'; readonly issuer: Origin; readonly uri: string };

const TxCode = v.object({
  input_mode: v.optional(v.picklist(['numeric', 'text'], 'must be numeric or text'), 'numeric'),
  length: v.optional(v.pipe(v.number('must be a number'), v.integer('must be whole'), v.minValue(1), v.maxValue(64))),
  description: v.optional(text(1000)),
});

const OfferObject = v.object({
  credential_issuer: identifier(2048),
  credential_configuration_ids: v.pipe(
    v.array(identifier(500), 'must be a list'),
    v.minLength(1, 'must not be empty'),
    v.maxLength(32, 'must name at most 32 configurations'),
  ),
  grants: v.optional(
    v.object({
      [PRE_AUTHORIZED_CODE]: v.optional(
        v.object({
          'pre-authorized_code': identifier(8192),
          tx_code: v.optional(TxCode),
          authorization_server: v.optional(identifier(2048)),
        }),
      ),
      [AUTHORIZATION_CODE]: v.optional(
        v.object({
          issuer_state: v.optional(identifier(8192)),
          authorization_server: v.optional(identifier(2048)),
        }),
      ),
    }),
  ),
});

/**
 * Reads an offer from the call alone; nothing is fetched.
 * @param call exactly one of `credential_offer` (an object) and `credential_offer_uri`
 * @throws SignetError `bad_request` naming the field, `unsupported` for what Signet does not do
 */
export function readOffer(call: unknown): OfferCall {
  assertField(isJsonObject(call), 'offer', 'The offer must be an object.');
  const kinds = ['credential_offer', 'credential_offer_uri'].filter((kind) => Object.hasOwn(call, kind));
  assertField(kinds.length === 1, 'offer', 'An offer has exactly one of credential_offer and credential_offer_uri.');
  if (kinds[0] === 'credential_offer') {
    const offer = readOfferObject(call['credential_offer'], 'bad_request');
    return { by: 'value', issuer: offer.issuer, offer };
  }
  return readReference(call['credential_offer_uri']);
}

function readReference(value: unknown): OfferCall {
  const field = 'credential_offer_uri';
  const url = parseUrl(read(identifier(2048), value, field, 'bad_request'), field);
  assertField(url.hash === '', field, `${field} must not have a fragment.`);
  return { by: 'reference', issuer: originOf(url), uri: url.href };
}

/**
 * Rebuilds a credential offer (OpenID4VCI 1.0 §4.1.1).
 * @param reason who is at fault when it does not check out: the page (`bad_request`) or the issuer
 * @throws SignetError with that reason, or `unsupported` when there are grants and none is known
 */
export function readOfferObject(value: unknown, reason: Reason): Offer {
  const field = 'credential_offer';
  const object = read(OfferObject, value, field, reason);
  const { identifier: credentialIssuer, origin } = readIdentifier(
    object.credential_issuer,
    `${field}.credential_issuer`,
    reason,
  );
  const configurationIds = object.credential_configuration_ids;
  if (new Set(configurationIds).size !== configurationIds.length) {
    const twice = `${field}.credential_configuration_ids`;
    throw new SignetError(reason, `${twice} names one configuration twice.`, { field: twice });
  }
  return { issuer: origin, credentialIssuer, configurationIds, ...grantsOf(value, object.grants) };
}

type Grants = v.InferOutput<typeof OfferObject>['grants'];

function grantsOf(offer: unknown, grants: Grants): Pick<Offer, 'preAuthorized' | 'authorization'> {
  const pre = grants?.[PRE_AUTHORIZED_CODE];
  const authorization = grants?.[AUTHORIZATION_CODE] ?? (namesNoGrant(offer) ? {} : undefined);
  if (pre === undefined && authorization === undefined) {
    throw new SignetError('unsupported', 'The offer is made in a way that Signet does not know.', {
      field: 'credential_offer.grants',
    });
  }
  return {
    ...(pre && {
      preAuthorized: {
        code: pre['pre-authorized_code'],
        ...(pre.tx_code && { transactionCode: transactionCodeOf(pre.tx_code) }),
        ...serverOf(pre),
      },
    }),
    ...(authorization && {
      authorization: {
        ...(authorization.issuer_state !== undefined && { issuerState: authorization.issuer_state }),
        ...serverOf(authorization),
      },
    }),
  };
}

const serverOf = ({ authorization_server: server }: { authorization_server?: string | undefined }) =>
  server === undefined ? {} : { authorizationServer: server };

/** The schema has dropped grants that it does not know: only the offer itself can say that there are none. */
function namesNoGrant(offer: unknown): boolean {
  const grants = isJsonObject(offer) ? offer['grants'] : undefined;
  return grants === undefined || (isJsonObject(grants) && Object.keys(grants).length === 0);
}

function transactionCodeOf(code: v.InferOutput<typeof TxCode>): TransactionCode {
  const description = displayText(code.description ?? '', 300);
  return {
    numeric: code.input_mode === 'numeric',
    ...(code.length !== undefined && { length: code.length }),
    ...(description !== '' && { description }),
  };
}

/**
 * The code as the person typed it, checked against what the issuer said about it, so that a slip does not cost one
 * of the issuer's tries.
 * @throws SignetError bad_request naming `transactionCode`
 */
export function checkTransactionCode(
  expected: TransactionCode | undefined,
  typed: string | undefined,
): string | undefined {
  const field = 'transactionCode';
  if (expected === undefined) return undefined;
  const code = typed?.trim() ?? '';
  assertField(code !== '' && code.length <= 64 && code.isWellFormed(), field, 'Enter the code the issuer gave you.');
  assertField(!expected.numeric || /^[0-9]+$/.test(code), field, 'This code has digits only.');
  const { length } = expected;
  assertField(length === undefined || code.length === length, field, `This code has ${length ?? 0} characters.`);
  return code;
}
