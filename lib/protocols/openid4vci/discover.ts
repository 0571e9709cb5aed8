import type { Clock, FetchJson, Json, Origin } from '../../core/index.ts';
import { bodyOf, originOf, parseUrl, SignetError } from '../../core/index.ts';
import type { Certificate } from '../../credentials/index.ts';
import type { AuthorizationServer, GrantType } from './authorization-server.ts';
import {
  authorizationServerMetadataUrl,
  authorizationServersFor,
  chooseGrant,
  noGrant,
  openIdConfigurationUrl,
  readAuthorizationServer,
} from './authorization-server.ts';
import type { CredentialConfiguration, CredentialFormat } from './configuration.ts';
import type { Appearance } from './display.ts';
import { areNeighbours, readIdentifier } from './issuer-identifier.ts';
import type { IssuerMetadata } from './metadata.ts';
import { chooseConfiguration, credentialIssuerMetadataUrl, readIssuerMetadata } from './metadata.ts';
import type { Offer, OfferCall, TransactionCode } from './offer.ts';
import { readOfferObject } from './offer.ts';
import type { IssuancePlace } from './session.ts';
import { openSignedMetadata } from './signed-metadata.ts';

/** All that is needed to show an offer to the person and then to take it. Plain JSON: it may wait in a stored request. */
export interface OfferedCredential extends IssuancePlace {
  readonly offer: Offer;
  /** How it is taken: by a code that came along, or over the issuer's own pages. */
  readonly grant: GrantType;
  /** What the issuer told the person some other way, where they must type it. */
  readonly transactionCode?: TransactionCode;
  /** The issuer's own name for itself, cleaned for display; may be empty. */
  readonly issuerName: string;
  /** How the issuer wants to look; its `name` is the same. */
  readonly issuerAppearance: Appearance;
  /** The issuer signed its metadata, and somebody the person trusts vouches for it. */
  readonly vouched: boolean;
  /** The first of `configurations`. */
  readonly configuration: CredentialConfiguration;
  /** Of those offered, all that Signet can take, in the issuer's order: at least one. */
  readonly configurations: readonly CredentialConfiguration[];
  /** What it cannot take: each says why in `unsupported`. */
  readonly refused: readonly CredentialConfiguration[];
  /** Copies to ask for of one that is bound to a key: at least 1, at most 30. */
  readonly copies: number;
  readonly server: AuthorizationServer;
  /** The issuer lists authorization servers: whoever asks one for something says for which issuer (§5.1.1). */
  readonly listsServers: boolean;
}

/** How far the look at an offer has come. Plain JSON: it may wait for the person's next click. */
export type Discovery =
  /** Nothing was fetched: the call alone. */
  | { readonly step: 'call'; readonly call: OfferCall }
  /** The offer is known; its issuer was not asked yet. */
  | { readonly step: 'offer'; readonly offer: Offer }
  /** The issuer said which authorization servers to ask, the first first; none of these was asked yet. */
  | {
      readonly step: 'issuer';
      readonly offer: Offer;
      readonly metadata: IssuerMetadata;
      readonly vouched: boolean;
      readonly servers: readonly string[];
    }
  /** Everything is known that the person must see before they take it. */
  | { readonly step: 'offered'; readonly offered: OfferedCredential };

export interface DiscoveryOptions {
  readonly fetchJson: FetchJson;
  readonly clock: Clock;
  /** The person's, most wanted first, as BCP 47 tags. */
  readonly languages: readonly string[];
  /** That the caller can hold; default: SD-JWT VCs alone. */
  readonly formats?: readonly CredentialFormat[];
  /** Origins that the person agreed to talk to. Nobody else is asked. */
  readonly agreed: readonly Origin[];
  /** Who may vouch for an issuer that signs its metadata; without any it is not asked for signed metadata. */
  readonly anchors?: readonly Certificate[];
}

/**
 * Goes on with the look at an offer (OpenID4VCI 1.0 §4.1.3, §12.2, RFC 8414 §3) for as long as only agreed origins must
 * be asked. What comes back is done at the step `offered`; at any other, the person must first agree to `hostsOf` it.
 * @throws SignetError `network`, `issuer_refused` or `unsupported`, with the reason in words
 */
export async function discover(from: Discovery, options: DiscoveryOptions): Promise<Discovery> {
  let discovery = from;
  while (discovery.step !== 'offered' && hostsOf(discovery).every((host) => options.agreed.includes(host))) {
    discovery = await advance(discovery, options);
  }
  return discovery;
}

/**
 * Origins that the next step of a look speaks to, or that taking the offer does: what the person must be shown before
 * their click.
 */
export function hostsOf(next: Discovery | OfferedCredential): readonly Origin[] {
  if (!('step' in next)) return [...new Set([next.issuer, next.server.origin])];
  switch (next.step) {
    case 'call':
      return [next.call.issuer];
    case 'offer':
      return [next.offer.issuer];
    case 'issuer':
      return next.servers.slice(0, 1).map((server) => originOf(parseUrl(server, 'authorization_servers')));
    case 'offered':
      return hostsOf(next.offered);
  }
}

type Unfinished = Exclude<Discovery, { readonly step: 'offered' }>;

async function advance(discovery: Unfinished, options: DiscoveryOptions): Promise<Discovery> {
  switch (discovery.step) {
    case 'call':
      return { step: 'offer', offer: await fetchOffer(discovery.call, options) };
    case 'offer':
      return askIssuer(discovery.offer, options);
    case 'issuer':
      return askServer(discovery, options);
  }
}

/** The person agreed to who serves the offer; whom it names is shown before they are asked. */
async function fetchOffer(call: OfferCall, { fetchJson }: DiscoveryOptions): Promise<Offer> {
  if (call.by === 'value') return call.offer;
  const offer = readOfferObject(bodyOf(await fetchJson({ url: call.uri }), call.uri), 'issuer_refused');
  if (areNeighbours(offer.issuer, call.issuer)) return offer;
  throw new SignetError('issuer_refused', 'The offer is of an issuer that is not on the network it came from.', {
    field: 'credential_offer.credential_issuer',
  });
}

async function askIssuer(offer: Offer, options: DiscoveryOptions): Promise<Discovery> {
  const { value, vouched } = await fetchMetadata(offer.credentialIssuer, options);
  const issuer = readIdentifier(offer.credentialIssuer, 'credential_offer.credential_issuer', 'issuer_refused');
  const metadata = readIssuerMetadata(value, issuer, offer.configurationIds, options.languages, options.formats);
  chooseConfiguration(metadata); // what cannot be taken ends here, before anybody else is asked
  return { step: 'issuer', offer, metadata, vouched, servers: authorizationServersFor(metadata, offer) };
}

/**
 * Signed metadata is good only where somebody vouches for who signed it (§12.2.3): it is asked for where anybody might,
 * and where nobody does, the issuer is asked for the plain kind, which every issuer has.
 */
async function fetchMetadata(
  credentialIssuer: string,
  { fetchJson, clock, anchors = [] }: DiscoveryOptions,
): Promise<{ readonly value: Json; readonly vouched: boolean }> {
  const url = credentialIssuerMetadataUrl(credentialIssuer);
  if (anchors.length > 0) {
    const answer = await fetchJson({ url, takes: 'json_or_jwt' });
    const body = bodyOf(answer, url);
    if (!answer.ok || answer.jwt === undefined || typeof body !== 'string') return { value: body, vouched: false };
    const signed = await openSignedMetadata(body, { credentialIssuer, anchors, now: clock() });
    if (signed.vouched) return { value: signed.metadata, vouched: true };
  }
  return { value: bodyOf(await fetchJson({ url }), url), vouched: false };
}

async function askServer(
  { offer, metadata, vouched, servers }: Discovery & { readonly step: 'issuer' },
  options: DiscoveryOptions,
): Promise<Discovery> {
  const [first, ...others] = servers;
  if (first === undefined) throw new SignetError('internal', 'An offer is left without an authorization server.');
  const server = await fetchServer(first, options.fetchJson);
  const grant = chooseGrant(offer, server, metadata.authorizationServers.length === 1);
  if (grant !== undefined) return { step: 'offered', offered: offeredBy({ offer, metadata, vouched, server, grant }) };
  if (others.length === 0) throw noGrant(offer, server);
  return { step: 'issuer', offer, metadata, vouched, servers: others };
}

async function fetchServer(identifier: string, fetchJson: FetchJson): Promise<AuthorizationServer> {
  const url = authorizationServerMetadataUrl(identifier);
  const answer = await fetchJson({ url });
  if (answer.ok || answer.status !== 404) return readAuthorizationServer(bodyOf(answer, url), identifier);
  const older = openIdConfigurationUrl(identifier);
  const second = await fetchJson({ url: older });
  return readAuthorizationServer(second.ok ? second.body : bodyOf(answer, url), identifier);
}

interface Found {
  readonly offer: Offer;
  readonly metadata: IssuerMetadata;
  readonly vouched: boolean;
  readonly server: AuthorizationServer;
  readonly grant: GrantType;
}

function offeredBy({ offer, metadata, vouched, server, grant }: Found): OfferedCredential {
  const { nonceEndpoint, deferredEndpoint, notificationEndpoint } = metadata;
  const transactionCode = grant === 'pre-authorized_code' ? offer.preAuthorized?.transactionCode : undefined;
  return {
    offer,
    grant,
    ...(transactionCode !== undefined && { transactionCode }),
    issuerName: metadata.name,
    issuerAppearance: metadata.appearance,
    vouched,
    configuration: chooseConfiguration(metadata),
    configurations: metadata.configurations.filter(({ unsupported }) => unsupported === undefined),
    refused: metadata.configurations.filter(({ unsupported }) => unsupported !== undefined),
    copies: metadata.copies,
    server,
    listsServers: metadata.listsServers,
    issuer: metadata.issuer,
    credentialIssuer: metadata.credentialIssuer,
    authorizationServer: server.identifier,
    tokenEndpoint: server.tokenEndpoint,
    credentialEndpoint: metadata.credentialEndpoint,
    ...(nonceEndpoint !== undefined && { nonceEndpoint }),
    ...(deferredEndpoint !== undefined && { deferredEndpoint }),
    ...(notificationEndpoint !== undefined && { notificationEndpoint }),
    dpop: server.dpop,
    encryption: metadata.encryption,
  };
}
