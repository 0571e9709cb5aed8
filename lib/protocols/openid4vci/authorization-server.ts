import * as v from 'valibot';
import { SignetError } from '../../core/index.ts';
import type { Origin } from '../../core/index.ts';
import { areNeighbours, ownUrl, readIdentifier, wellKnownUrl } from './issuer-identifier.ts';
import type { IssuerMetadata } from './metadata.ts';
import type { Offer } from './offer.ts';
import { AUTHORIZATION_CODE, PRE_AUTHORIZED_CODE } from './offer.ts';
import { identifier, read, text } from './reading.ts';

/** Metadata of an OAuth 2.0 authorization server (RFC 8414 §2), rebuilt; every endpoint is on its own origin. Plain JSON. */
export interface AuthorizationServer {
  /** Its identifier, which answers are compared with (RFC 9207). */
  readonly identifier: string;
  readonly origin: Origin;
  readonly tokenEndpoint: string;
  readonly authorizationEndpoint?: string;
  /** Pushed authorization requests (RFC 9126); where it is, it is used. */
  readonly pushedEndpoint?: string;
  /** Its answers name it (RFC 9207 §3). */
  readonly namesItself: boolean;
  /** It binds tokens to ES256 keys (RFC 9449 §5.1). */
  readonly dpop: boolean;
  /** Credentials can be asked for by `authorization_details` (RFC 9396 §10). */
  readonly takesDetails: boolean;
  /** It says that a pre-authorized code may not come from nobody in particular (OpenID4VCI 1.0 §12.3). */
  readonly wantsClientId: boolean;
  /** By what it says, or nothing to the contrary; with words for people where a grant cannot be used. */
  readonly grants: Readonly<Record<GrantType, true | string>>;
  /** It says itself that it takes pre-authorized codes: by default servers do not (RFC 8414 §2). */
  readonly listsPreAuthorized: boolean;
}

export type GrantType = 'pre-authorized_code' | 'authorization_code';

const names = v.optional(v.pipe(v.array(text(200)), v.maxLength(200)));

const Metadata = v.object({
  issuer: identifier(2048),
  token_endpoint: identifier(2048),
  authorization_endpoint: v.optional(identifier(2048)),
  pushed_authorization_request_endpoint: v.optional(identifier(2048)),
  require_pushed_authorization_requests: v.optional(v.boolean(), false),
  authorization_response_iss_parameter_supported: v.optional(v.boolean(), false),
  grant_types_supported: names,
  response_types_supported: names,
  code_challenge_methods_supported: names,
  dpop_signing_alg_values_supported: names,
  authorization_details_types_supported: names,
  token_endpoint_auth_methods_supported: names,
  'pre-authorized_grant_anonymous_access_supported': v.optional(v.boolean()),
});

type Metadata = v.InferOutput<typeof Metadata>;

/** Where an authorization server publishes its metadata (RFC 8414 §3). */
export const authorizationServerMetadataUrl = (server: string): string =>
  wellKnownUrl(server, 'oauth-authorization-server');

/**
 * Where servers that are older publish it: behind the whole identifier (OpenID Connect Discovery 1.0 §4). Asked only
 * where there is nothing at the right place.
 */
export const openIdConfigurationUrl = (server: string): string =>
  `${server.replace(/\/$/, '')}/.well-known/openid-configuration`;

/**
 * Rebuilds an authorization server's metadata.
 * @param server its identifier, as the credential issuer lists it
 * @throws SignetError `issuer_refused` naming the field
 */
export function readAuthorizationServer(value: unknown, server: string): AuthorizationServer {
  const field = 'authorization server metadata';
  const { identifier: name, origin } = readIdentifier(server, 'authorization_servers', 'issuer_refused');
  const metadata = read(Metadata, value, field, 'issuer_refused');
  if (metadata.issuer !== name) {
    throw new SignetError('issuer_refused', `The ${field} is about another server.`, { field: `${field}.issuer` });
  }
  const endpoint = (key: 'authorization_endpoint' | 'pushed_authorization_request_endpoint') => {
    const url = metadata[key];
    return url === undefined ? undefined : ownUrl(url, origin, `${field}.${key}`);
  };
  const authorizationEndpoint = endpoint('authorization_endpoint');
  const pushedEndpoint = endpoint('pushed_authorization_request_endpoint');
  return {
    identifier: name,
    origin,
    tokenEndpoint: ownUrl(metadata.token_endpoint, origin, `${field}.token_endpoint`),
    ...(authorizationEndpoint !== undefined && { authorizationEndpoint }),
    ...(pushedEndpoint !== undefined && { pushedEndpoint }),
    namesItself: metadata.authorization_response_iss_parameter_supported,
    dpop: metadata.dpop_signing_alg_values_supported?.includes('ES256') === true,
    takesDetails: metadata.authorization_details_types_supported?.includes('openid_credential') === true,
    wantsClientId: metadata['pre-authorized_grant_anonymous_access_supported'] === false,
    grants: {
      'pre-authorized_code': whyNoPreAuthorized(metadata) ?? true,
      authorization_code: whyNoAuthorization(metadata) ?? true,
    },
    listsPreAuthorized: metadata.grant_types_supported?.includes(PRE_AUTHORIZED_CODE) === true,
  };
}

const REGISTERED = 'The issuer takes wallets alone that are registered with it, which Signet is not.';

const takesAnybody = ({ token_endpoint_auth_methods_supported: methods }: Metadata): boolean =>
  methods?.includes('none') !== false;

function whyNoPreAuthorized(metadata: Metadata): string | undefined {
  if (metadata.grant_types_supported?.includes(PRE_AUTHORIZED_CODE) === false) {
    return 'The issuer does not take pre-authorized codes.';
  }
  const isAnonymous = metadata['pre-authorized_grant_anonymous_access_supported'] === true;
  return isAnonymous || takesAnybody(metadata) ? undefined : REGISTERED;
}

function whyNoAuthorization(metadata: Metadata): string | undefined {
  const {
    authorization_endpoint: endpoint,
    code_challenge_methods_supported: challenges,
    response_types_supported: responses,
    grant_types_supported: grants,
  } = metadata;
  const takesCodes = grants?.includes(AUTHORIZATION_CODE) !== false && responses?.includes('code') !== false;
  if (endpoint === undefined || !takesCodes) return 'The issuer has no pages where you could identify yourself.';
  if (challenges?.includes('S256') === false) return 'The issuer does not protect its codes on their way to you.';
  if (metadata.require_pushed_authorization_requests && metadata.pushed_authorization_request_endpoint === undefined) {
    return 'The issuer wants requests pushed to it, but does not say where.';
  }
  return takesAnybody(metadata) ? undefined : REGISTERED;
}

/**
 * The authorization servers that an offer may be taken with, in the order they are to be asked (§12.2.4): those that the
 * grants name, else all that are listed, those on the issuer's own origin first, so that as few hosts as can be are
 * spoken to. Where the issuer is on this machine its servers are, and nowhere else.
 * @returns identifiers, at least one
 * @throws SignetError issuer_refused when a named one is not listed, or none is where it may be
 */
export function authorizationServersFor(metadata: IssuerMetadata, offer: Offer): readonly string[] {
  const { authorizationServers: listed, issuer } = metadata;
  const named = [offer.preAuthorized, offer.authorization].flatMap((grant) => grant?.authorizationServer ?? []);
  if (!named.every((server) => listed.includes(server))) {
    throw new SignetError('issuer_refused', 'The offer names an authorization server that the issuer does not list.', {
      field: 'credential_offer.grants.authorization_server',
    });
  }
  const grants = [offer.preAuthorized, offer.authorization].filter((grant) => grant !== undefined);
  const wanted = named.length === grants.length ? named : listed;
  const usable = [...new Set(wanted)].filter((server) => {
    const origin = originIn(server);
    return origin !== undefined && areNeighbours(origin, issuer);
  });
  if (usable.length === 0) {
    const field = 'issuer metadata.authorization_servers';
    throw new SignetError('issuer_refused', 'The issuer’s authorization server is not where one may be.', { field });
  }
  const isOwn = (server: string): boolean => originIn(server) === issuer;
  return [...usable.filter(isOwn), ...usable.filter((server) => !isOwn(server))];
}

function originIn(server: string): Origin | undefined {
  try {
    return readIdentifier(server, 'authorization_servers', 'issuer_refused').origin;
  } catch {
    return undefined; // another one may do
  }
}

/**
 * The grant to use with a server: a pre-authorized code before the way over the issuer's pages, where there are both.
 * @param isOnly no other server could be meant: then one that does not list its grants is believed to take the offer's
 * @returns undefined where the server takes none of them
 */
export function chooseGrant(offer: Offer, server: AuthorizationServer, isOnly: boolean): GrantType | undefined {
  const { preAuthorized, authorization } = offer;
  const { grants, listsPreAuthorized, identifier: name } = server;
  const isFor = (grant: { readonly authorizationServer?: string } | undefined): boolean =>
    grant !== undefined && (grant.authorizationServer ?? name) === name;
  if (isFor(preAuthorized) && grants['pre-authorized_code'] === true && (isOnly || listsPreAuthorized)) {
    return 'pre-authorized_code';
  }
  return isFor(authorization) && grants.authorization_code === true ? 'authorization_code' : undefined;
}

/** Why `chooseGrant` found none, for people. */
export function noGrant(offer: Offer, { grants }: AuthorizationServer): SignetError {
  const reason = offer.preAuthorized === undefined ? grants.authorization_code : grants['pre-authorized_code'];
  return new SignetError('unsupported', reason === true ? 'The issuer takes no grant of the offer.' : reason, {
    field: 'authorization server metadata.grant_types_supported',
  });
}
