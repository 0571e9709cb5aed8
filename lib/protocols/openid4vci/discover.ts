import type { FetchJson, Json } from '../../core/index.ts';
import { bodyOf, SignetError } from '../../core/index.ts';
import type { CredentialConfiguration, CredentialFormat } from './metadata.ts';
import {
  authorizationServerMetadataUrl,
  chooseAuthorizationServer,
  chooseConfiguration,
  credentialIssuerMetadataUrl,
  readIssuerMetadata,
  readTokenEndpoint,
} from './metadata.ts';
import type { Offer, OfferCall } from './offer.ts';
import { readOfferObject } from './offer.ts';

/** All that is needed to show an offer to the person and then to take it. Plain JSON: it may wait in a stored request. */
export interface OfferedCredential {
  readonly offer: Offer;
  /** The issuer's own name for itself, cleaned for display; may be empty. */
  readonly issuerName: string;
  readonly configuration: CredentialConfiguration;
  /** Copies to ask for: at least 1, at most 10. */
  readonly copies: number;
  readonly tokenEndpoint: string;
  readonly credentialEndpoint: string;
  /** Absent: the issuer wants no nonce in proofs. */
  readonly nonceEndpoint?: string;
}

/**
 * Asks the issuer, and nobody else, what it offers: the offer itself where the page named only its address
 * (OpenID4VCI 1.0 §4.1.3), the issuer's metadata (§12.2) and its authorization server's (RFC 8414).
 * Only after the person's click (design §3, rule 11).
 * @param options.languages the person's, most wanted first, as BCP 47 tags
 * @param options.formats that the caller can hold; default: SD-JWT VCs alone
 * @throws SignetError `network`, `issuer_refused` or `unsupported`, with the reason in words
 */
export async function discoverOffer(
  call: OfferCall,
  options: { fetchJson: FetchJson; languages: readonly string[]; formats?: readonly CredentialFormat[] },
): Promise<OfferedCredential> {
  const get = async (url: string): Promise<Json> => bodyOf(await options.fetchJson({ url }), url);
  const offer = call.by === 'value' ? call.offer : await fetchOffer(call, get);
  const { issuer, configurationIds } = offer;
  const metadata = readIssuerMetadata(
    await get(credentialIssuerMetadataUrl(issuer)),
    issuer,
    configurationIds,
    options.languages,
    options.formats,
  );
  const configuration = chooseConfiguration(metadata);
  const server = chooseAuthorizationServer(metadata, offer);
  const tokenEndpoint = readTokenEndpoint(await get(authorizationServerMetadataUrl(server)), server, issuer);
  const { name: issuerName, credentialEndpoint, nonceEndpoint } = metadata;
  const copies = configuration.suite === undefined ? metadata.copies : 1;
  return {
    offer,
    issuerName,
    configuration,
    copies,
    tokenEndpoint,
    credentialEndpoint,
    ...(nonceEndpoint !== undefined && { nonceEndpoint }),
  };
}

async function fetchOffer(
  call: OfferCall & { readonly by: 'reference' },
  get: (url: string) => Promise<Json>,
): Promise<Offer> {
  const offer = readOfferObject(await get(call.uri), 'issuer_refused');
  if (offer.issuer === call.issuer) return offer;
  throw new SignetError('issuer_refused', 'The offer is of another issuer than the one you agreed to talk to.', {
    field: 'credential_offer.credential_issuer',
  });
}
