import * as v from 'valibot';
import { SignetError } from '../../core/index.ts';
import type { Origin } from '../../core/index.ts';
import type { CredentialConfiguration, CredentialFormat } from './configuration.ts';
import { readConfiguration, SD_JWT_ALONE } from './configuration.ts';
import type { Appearance } from './display.ts';
import { appearanceIn, Display } from './display.ts';
import type { IssuerEncryption } from './encryption.ts';
import { readEncryption, RequestEncryptionMetadata, ResponseEncryptionMetadata } from './encryption.ts';
import { ownUrl, wellKnownUrl } from './issuer-identifier.ts';
import type { Identified } from './issuer-identifier.ts';
import { identifier, read } from './reading.ts';

/** The most copies Signet keeps of one credential. */
export const MAX_COPIES = 30;

/** Credential issuer metadata (OpenID4VCI 1.0 §12.2.4), rebuilt; every endpoint is on the issuer's own origin. */
export interface IssuerMetadata {
  readonly issuer: Origin;
  /** The issuer's identifier. */
  readonly credentialIssuer: string;
  /** The issuer's own name for itself, cleaned for display; may be empty. */
  readonly name: string;
  /** How it wants to look; its `name` is the same. */
  readonly appearance: Appearance;
  /** Identifiers of authorization servers as listed, elsewhere ones included; the issuer's own when none is. */
  readonly authorizationServers: readonly string[];
  /** They were listed: whoever asks one for something says for which issuer (§5.1.1). */
  readonly listsServers: boolean;
  readonly credentialEndpoint: string;
  /** Absent: the issuer wants no nonce in proofs. */
  readonly nonceEndpoint?: string;
  /** Absent: the issuer delivers at once or never. */
  readonly deferredEndpoint?: string;
  /** Absent: the issuer does not want to hear what became of what it issued. */
  readonly notificationEndpoint?: string;
  /** Copies to ask for: at least 1, at most 30. */
  readonly copies: number;
  /** What of requests and answers must be encrypted, and how. */
  readonly encryption: IssuerEncryption;
  readonly configurations: readonly CredentialConfiguration[];
}

const Metadata = v.object({
  credential_issuer: identifier(2048),
  authorization_servers: v.optional(v.pipe(v.array(identifier(2048)), v.minLength(1), v.maxLength(16))),
  credential_endpoint: identifier(2048),
  nonce_endpoint: v.optional(identifier(2048)),
  deferred_credential_endpoint: v.optional(identifier(2048)),
  notification_endpoint: v.optional(identifier(2048)),
  credential_request_encryption: v.optional(RequestEncryptionMetadata),
  credential_response_encryption: v.optional(ResponseEncryptionMetadata),
  batch_credential_issuance: v.optional(v.object({ batch_size: v.pipe(v.number(), v.integer(), v.minValue(1)) })),
  display: v.optional(Display),
  credential_configurations_supported: v.record(identifier(500), v.unknown()),
});

/** Where an issuer publishes its metadata (§12.2.2). */
export const credentialIssuerMetadataUrl = (credentialIssuer: string): string =>
  wellKnownUrl(credentialIssuer, 'openid-credential-issuer');

/**
 * Rebuilds an issuer's metadata (§12.2.4), keeping of the configurations those named.
 * @param value the answer of `credentialIssuerMetadataUrl`
 * @param issuer whose metadata it must be
 * @param configurationIds what was offered
 * @param languages the person's, most wanted first, as BCP 47 tags
 * @param formats that the caller can hold
 * @throws SignetError issuer_refused, naming the field
 */
export function readIssuerMetadata(
  value: unknown,
  { identifier: credentialIssuer, origin: issuer }: Identified,
  configurationIds: readonly string[],
  languages: readonly string[],
  formats: readonly CredentialFormat[] = SD_JWT_ALONE,
): IssuerMetadata {
  const field = 'issuer metadata';
  const metadata = read(Metadata, value, field, 'issuer_refused');
  if (metadata.credential_issuer !== credentialIssuer) {
    throw new SignetError('issuer_refused', 'The issuer’s metadata is about another issuer.', {
      field: `${field}.credential_issuer`,
    });
  }
  const { credential_configurations_supported: supported, authorization_servers: servers } = metadata;
  const endpoint = (name: 'nonce_endpoint' | 'deferred_credential_endpoint' | 'notification_endpoint') => {
    const url = metadata[name];
    return url === undefined ? undefined : ownUrl(url, issuer, `${field}.${name}`);
  };
  const nonceEndpoint = endpoint('nonce_endpoint');
  const deferredEndpoint = endpoint('deferred_credential_endpoint');
  const notificationEndpoint = endpoint('notification_endpoint');
  const appearance = appearanceIn(metadata.display, languages);
  return {
    issuer,
    credentialIssuer,
    name: appearance.name,
    appearance,
    authorizationServers: servers ?? [credentialIssuer],
    listsServers: servers !== undefined,
    credentialEndpoint: ownUrl(metadata.credential_endpoint, issuer, `${field}.credential_endpoint`),
    ...(nonceEndpoint !== undefined && { nonceEndpoint }),
    ...(deferredEndpoint !== undefined && { deferredEndpoint }),
    ...(notificationEndpoint !== undefined && { notificationEndpoint }),
    copies: Math.min(MAX_COPIES, metadata.batch_credential_issuance?.batch_size ?? 1),
    encryption: readEncryption(metadata.credential_request_encryption, metadata.credential_response_encryption),
    configurations: configurationIds
      .filter((id) => Object.hasOwn(supported, id))
      .map((id) => readConfiguration(id, supported[id], languages, formats)),
  };
}

/**
 * The configuration to receive: of those offered, the first that Signet supports. One credential at a time, so that
 * what the person reviews is what is stored.
 * @throws SignetError `unsupported` with the reason of the first, `issuer_refused` when the issuer knows none of them
 */
export function chooseConfiguration(metadata: IssuerMetadata): CredentialConfiguration {
  const { encryption, configurations } = metadata;
  if (encryption.unsupported !== undefined) {
    throw new SignetError('unsupported', encryption.unsupported, {
      field: 'issuer metadata.credential_response_encryption',
    });
  }
  const chosen = configurations.find((configuration) => configuration.unsupported === undefined);
  if (chosen !== undefined) return chosen;
  const field = 'credential_offer.credential_configuration_ids';
  const [first] = configurations;
  if (first?.unsupported !== undefined) throw new SignetError('unsupported', first.unsupported, { field });
  throw new SignetError('issuer_refused', 'The issuer does not know the credential it offered.', { field });
}
