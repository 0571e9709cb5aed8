import * as v from 'valibot';
import { displayText, SignetError } from '../../core/index.ts';
import type { Origin } from '../../core/index.ts';
import type { DecayPolicy } from '../../credentials/index.ts';
import { Decay, decayPolicyOf } from './decay.ts';
import type { Offer } from './offer.ts';
import { PRE_AUTHORIZED_CODE } from './offer.ts';
import { identifier, read, text, urlOfIssuer } from './reading.ts';

/** The most copies Signet keeps of one credential. */
const MAX_COPIES = 10;

/** Formats of credentials that can be received, as OpenID4VCI calls them; the last two are Signet's own. */
export type CredentialFormat = 'dc+sd-jwt' | 'signet-bbs' | 'signet-bbs-2020';

/** What a caller holds that does not say what it holds. */
export const SD_JWT_ALONE: readonly CredentialFormat[] = ['dc+sd-jwt'];

/** The suite of BBS that each of the formats is of. */
const SUITES: Readonly<Record<Exclude<CredentialFormat, 'dc+sd-jwt'>, 'bbs' | 'bbs+'>> = {
  'signet-bbs': 'bbs',
  'signet-bbs-2020': 'bbs+',
};

/** A claim the credential will hold, as the issuer describes it (OpenID4VCI 1.0 appendix B.2). */
export interface OfferedClaim {
  /** Claims path pointer: member names, array indexes, null for every element. */
  readonly path: readonly (string | number | null)[];
  /** The issuer's own word for it, cleaned for display; absent when it gave none. */
  readonly label?: string;
}

/** One kind of credential the issuer makes, with what keeps Signet from taking it, if anything does. */
export interface CredentialConfiguration {
  readonly id: string;
  /** Type of the SD-JWT VC or of the BBS credential; empty for formats that are not known. */
  readonly vct: string;
  /** The suite of a BBS credential: it is bound to no key, and one copy is for all sites. Absent for an SD-JWT VC. */
  readonly suite?: 'bbs' | 'bbs+';
  /** For people; empty when the issuer gave none. */
  readonly name: string;
  readonly claims: readonly OfferedClaim[];
  /** How the issuer wants it to fade before it expires; absent: not at all. */
  readonly decay?: DecayPolicy;
  /** One sentence for people; absent when Signet supports it. */
  readonly unsupported?: string;
}

/** Credential issuer metadata (§12.2.4), rebuilt; every endpoint is on the issuer's own origin. */
export interface IssuerMetadata {
  readonly issuer: Origin;
  /** The issuer's own name for itself, cleaned for display; may be empty. */
  readonly name: string;
  /** Identifiers of authorization servers as listed, elsewhere ones included; the issuer's own when none is. */
  readonly authorizationServers: readonly string[];
  readonly credentialEndpoint: string;
  /** Absent: the issuer wants no nonce in proofs. */
  readonly nonceEndpoint?: string;
  /** Copies to ask for: at least 1, at most 10. */
  readonly copies: number;
  readonly encryptionRequired: boolean;
  readonly configurations: readonly CredentialConfiguration[];
}

const Display = v.array(v.object({ name: v.optional(text(1000)), locale: v.optional(text(100)) }));

const Claim = v.object({
  path: v.pipe(
    v.array(v.union([identifier(500), v.pipe(v.number(), v.integer(), v.minValue(0)), v.null()])),
    v.minLength(1),
    v.maxLength(16),
  ),
  display: v.optional(Display),
});

const Configuration = v.object({
  format: identifier(100),
  vct: v.optional(identifier(2048)),
  type: v.optional(identifier(512)),
  cryptographic_binding_methods_supported: v.optional(v.array(text(200))),
  proof_types_supported: v.optional(
    v.object({
      jwt: v.optional(
        v.object({
          proof_signing_alg_values_supported: v.optional(v.array(v.union([text(100), v.number()]))),
          key_attestations_required: v.optional(v.unknown()),
        }),
      ),
    }),
  ),
  signet_decay: v.optional(Decay),
  credential_metadata: v.optional(
    v.object({ display: v.optional(Display), claims: v.optional(v.pipe(v.array(Claim), v.maxLength(200))) }),
  ),
});

const Encryption = v.optional(v.object({ encryption_required: v.optional(v.boolean(), false) }));

const Metadata = v.object({
  credential_issuer: identifier(2048),
  authorization_servers: v.optional(v.pipe(v.array(identifier(2048)), v.minLength(1), v.maxLength(16))),
  credential_endpoint: identifier(2048),
  nonce_endpoint: v.optional(identifier(2048)),
  credential_request_encryption: Encryption,
  credential_response_encryption: Encryption,
  batch_credential_issuance: v.optional(v.object({ batch_size: v.pipe(v.number(), v.integer(), v.minValue(1)) })),
  display: v.optional(Display),
  credential_configurations_supported: v.record(identifier(500), v.unknown()),
});

/** Where an issuer publishes its metadata (§12.2.2; the issuer is a bare origin, so there is no path to insert). */
export const credentialIssuerMetadataUrl = (issuer: Origin): string => `${issuer}/.well-known/openid-credential-issuer`;

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
  issuer: Origin,
  configurationIds: readonly string[],
  languages: readonly string[],
  formats: readonly CredentialFormat[] = SD_JWT_ALONE,
): IssuerMetadata {
  const field = 'issuer metadata';
  const metadata = read(Metadata, value, field, 'issuer_refused');
  if (metadata.credential_issuer !== issuer) {
    throw new SignetError('issuer_refused', 'The issuer’s metadata is about another issuer.', {
      field: `${field}.credential_issuer`,
    });
  }
  const { nonce_endpoint: nonceEndpoint, credential_configurations_supported: supported } = metadata;
  return {
    issuer,
    name: nameIn(metadata.display, languages, 80),
    authorizationServers: metadata.authorization_servers ?? [issuer],
    credentialEndpoint: urlOfIssuer(metadata.credential_endpoint, issuer, `${field}.credential_endpoint`),
    ...(nonceEndpoint !== undefined && {
      nonceEndpoint: urlOfIssuer(nonceEndpoint, issuer, `${field}.nonce_endpoint`),
    }),
    copies: Math.min(MAX_COPIES, metadata.batch_credential_issuance?.batch_size ?? 1),
    encryptionRequired:
      metadata.credential_request_encryption?.encryption_required === true ||
      metadata.credential_response_encryption?.encryption_required === true,
    configurations: configurationIds
      .filter((id) => Object.hasOwn(supported, id))
      .map((id) => readConfiguration(id, supported[id], languages, formats)),
  };
}

function readConfiguration(
  id: string,
  value: unknown,
  languages: readonly string[],
  formats: readonly CredentialFormat[],
): CredentialConfiguration {
  const field = `issuer metadata.credential_configurations_supported.${displayText(id, 60)}`;
  const configuration = read(Configuration, value, field, 'issuer_refused');
  const format = formats.find((known) => known === configuration.format);
  const suite = format === undefined || format === 'dc+sd-jwt' ? undefined : SUITES[format];
  const unsupported = suite === undefined ? whyUnsupported(configuration, format) : whyNoCard(configuration);
  return {
    id,
    vct: (suite === undefined ? configuration.vct : configuration.type) ?? '',
    ...(suite !== undefined && { suite }),
    name: nameIn(configuration.credential_metadata?.display, languages, 80),
    claims: (configuration.credential_metadata?.claims ?? []).map(({ path, display }) => {
      const label = nameIn(display, languages, 60);
      return { path, ...(label !== '' && { label }) };
    }),
    ...(configuration.signet_decay !== undefined && { decay: decayPolicyOf(configuration.signet_decay) }),
    ...(unsupported !== undefined && { unsupported }),
  };
}

const UNTYPED = 'The issuer does not say of which type the credential is.';

/** A BBS credential is bound to no key: an issuer that wants a proof of one means something else. */
function whyNoCard({
  type,
  proof_types_supported: proofs,
  signet_decay: decay,
}: v.InferOutput<typeof Configuration>): string | undefined {
  if (type === undefined) return UNTYPED;
  if (decay !== undefined) return 'The issuer wants the credential to fade, which one that counts no uses cannot.';
  return proofs === undefined ? undefined : 'The issuer wants a proof of a key for a credential that is bound to none.';
}

function whyUnsupported(
  configuration: v.InferOutput<typeof Configuration>,
  format: CredentialFormat | undefined,
): string | undefined {
  if (format === undefined) {
    return `The issuer offers the format ${displayText(configuration.format, 40)}, which Signet does not hold.`;
  }
  if (configuration.vct === undefined) return UNTYPED;
  const bindings = configuration.cryptographic_binding_methods_supported;
  if (!bindings?.includes('jwk')) return 'The issuer does not bind the credential to a key of yours.';
  const jwt = configuration.proof_types_supported?.jwt;
  if (!jwt?.proof_signing_alg_values_supported?.includes('ES256')) {
    return 'The issuer does not take the proofs of possession that Signet makes.';
  }
  if (jwt.key_attestations_required !== undefined) {
    return 'The issuer wants an attestation of the hardware that holds your keys, which Signet cannot give.';
  }
  return undefined;
}

/**
 * The configuration to receive: of those offered, the first that Signet supports. One credential per offer, so that
 * what the person reviews is what is stored; the others can be offered again.
 * @throws SignetError `unsupported` with the reason of the first, `issuer_refused` when the issuer knows none of them
 */
export function chooseConfiguration(metadata: IssuerMetadata): CredentialConfiguration {
  if (metadata.encryptionRequired) {
    throw new SignetError('unsupported', 'The issuer wants encrypted messages, which Signet does not make yet.', {
      field: 'issuer metadata.credential_response_encryption',
    });
  }
  const chosen = metadata.configurations.find((configuration) => configuration.unsupported === undefined);
  if (chosen !== undefined) return chosen;
  const field = 'credential_offer.credential_configuration_ids';
  const [first] = metadata.configurations;
  if (first?.unsupported !== undefined) throw new SignetError('unsupported', first.unsupported, { field });
  throw new SignetError('issuer_refused', 'The issuer does not know the credential it offered.', { field });
}

/**
 * The authorization server to ask for a token: the one the grant names, else the first listed, always on the
 * issuer's own origin.
 * @returns its identifier: an https or loopback URL
 * @throws SignetError issuer_refused when it is not listed; `unsupported` when all are elsewhere
 */
export function chooseAuthorizationServer(metadata: IssuerMetadata, offer: Offer): string {
  const { authorizationServers: listed, issuer } = metadata;
  const named = offer.authorizationServer;
  if (named !== undefined && !listed.includes(named)) {
    throw new SignetError('issuer_refused', 'The offer names an authorization server that the issuer does not list.', {
      field: 'credential_offer.grants.authorization_server',
    });
  }
  const own = (named === undefined ? listed : [named]).find((server) => URL.parse(server)?.origin === issuer);
  if (own !== undefined) return own;
  throw new SignetError(
    'unsupported',
    'The issuer sends people to another site for its codes. Signet asks the issuer alone.',
    {
      field: 'issuer metadata.authorization_servers',
    },
  );
}

/** Where an authorization server publishes its metadata: the well-known path sits between host and path (RFC 8414 §3). */
export function authorizationServerMetadataUrl(server: string): string {
  const { origin, pathname } = new URL(server);
  return `${origin}/.well-known/oauth-authorization-server${pathname === '/' ? '' : pathname.replace(/\/$/, '')}`;
}

const AuthorizationServer = v.object({
  issuer: identifier(2048),
  token_endpoint: identifier(2048),
  grant_types_supported: v.optional(v.array(text(200))),
});

/**
 * The token endpoint in an authorization server's metadata (RFC 8414 §2).
 * @throws SignetError `issuer_refused` naming the field, `unsupported` without the pre-authorized code grant
 */
export function readTokenEndpoint(value: unknown, server: string, issuer: Origin): string {
  const field = 'authorization server metadata';
  const metadata = read(AuthorizationServer, value, field, 'issuer_refused');
  if (metadata.issuer !== server) {
    throw new SignetError('issuer_refused', `The ${field} is about another server.`, { field: `${field}.issuer` });
  }
  if (metadata.grant_types_supported?.includes(PRE_AUTHORIZED_CODE) === false) {
    throw new SignetError('unsupported', 'The issuer does not take pre-authorized codes.', {
      field: `${field}.grant_types_supported`,
    });
  }
  return urlOfIssuer(metadata.token_endpoint, issuer, `${field}.token_endpoint`);
}

/** The name in the first of the person's languages that there is one for, cleaned and clamped; empty if none is. */
function nameIn(
  display: v.InferOutput<typeof Display> | undefined,
  languages: readonly string[],
  maxLength: number,
): string {
  const named = (display ?? []).filter((entry) => entry.name !== undefined);
  const inLanguage = (language: string) =>
    named.find(({ locale }) => locale?.toLowerCase() === language.toLowerCase()) ??
    named.find(({ locale }) => primary(locale) === primary(language));
  const entry =
    languages.map(inLanguage).find((found) => found !== undefined) ??
    named.find(({ locale }) => locale === undefined) ??
    named[0];
  return displayText(entry?.name ?? '', maxLength);
}

const primary = (tag: string | undefined): string | undefined => tag?.split('-')[0]?.toLowerCase();
