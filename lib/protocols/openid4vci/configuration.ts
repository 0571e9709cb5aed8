import * as v from 'valibot';
import { displayText } from '../../core/index.ts';
import type { DecayPolicy } from '../../credentials/index.ts';
import { isSupportedAlgorithm } from '../../credentials/index.ts';
import type { OfferedClaim } from './claims.ts';
import { Claims, readClaims } from './claims.ts';
import { Decay, decayPolicyOf } from './decay.ts';
import type { Appearance } from './display.ts';
import { appearanceIn, Display } from './display.ts';
import { identifier, read, text } from './reading.ts';

/** Formats of credentials that can be received, as OpenID4VCI calls them; the last two are Signet's own. */
export type CredentialFormat = 'dc+sd-jwt' | 'signet-bbs' | 'signet-bbs-2020';

/** What a caller holds that does not say what it holds. */
export const SD_JWT_ALONE: readonly CredentialFormat[] = ['dc+sd-jwt'];

/** The suite of BBS that each of the formats is of. */
const SUITES: Readonly<Record<Exclude<CredentialFormat, 'dc+sd-jwt'>, 'bbs' | 'bbs+'>> = {
  'signet-bbs': 'bbs',
  'signet-bbs-2020': 'bbs+',
};

/** One kind of credential the issuer makes, with what keeps Signet from taking it, if anything does. */
export interface CredentialConfiguration {
  readonly id: string;
  /** Type of the SD-JWT VC or of the BBS credential; empty for formats that are not known. */
  readonly vct: string;
  /** The suite of a BBS credential: it is bound to no key, and one copy is for all sites. Absent for an SD-JWT VC. */
  readonly suite?: 'bbs' | 'bbs+';
  /** For people; empty when the issuer gave none. */
  readonly name: string;
  /** How it wants to look; its `name` is the same. */
  readonly appearance: Appearance;
  readonly claims: readonly OfferedClaim[];
  /** What asks for it in an authorization request, where the issuer has such a word (§5.1.2). */
  readonly scope?: string;
  /** How the issuer wants it to fade before it expires; absent: not at all. */
  readonly decay?: DecayPolicy;
  /** One sentence for people; absent when Signet supports it. */
  readonly unsupported?: string;
}

const algorithms = v.array(v.union([text(100), v.number()]));

const Configuration = v.object({
  format: identifier(100),
  vct: v.optional(identifier(2048)),
  type: v.optional(identifier(512)),
  // Of one word, and of the letters that RFC 6749 §3.3 has for it: it joins others with spaces.
  scope: v.optional(v.pipe(identifier(500), v.regex(/^[\x21\x23-\x5b\x5d-\x7e]+$/, 'must be one word'))),
  credential_signing_alg_values_supported: v.optional(algorithms),
  cryptographic_binding_methods_supported: v.optional(v.array(text(200))),
  proof_types_supported: v.optional(
    v.object({
      jwt: v.optional(
        v.object({
          proof_signing_alg_values_supported: v.optional(algorithms),
          key_attestations_required: v.optional(v.unknown()),
        }),
      ),
    }),
  ),
  signet_decay: v.optional(Decay),
  credential_metadata: v.optional(v.object({ display: v.optional(Display), claims: v.optional(Claims) })),
});

type Configuration = v.InferOutput<typeof Configuration>;

/**
 * Rebuilds one of `credential_configurations_supported` (§12.2.4).
 * @param languages the person's, most wanted first, as BCP 47 tags
 * @param formats that the caller can hold
 * @throws SignetError issuer_refused, naming the field
 */
export function readConfiguration(
  id: string,
  value: unknown,
  languages: readonly string[],
  formats: readonly CredentialFormat[],
): CredentialConfiguration {
  const field = `issuer metadata.credential_configurations_supported.${displayText(id, 60)}`;
  const configuration = read(Configuration, value, field, 'issuer_refused');
  const { scope, signet_decay: decay, credential_metadata: metadata } = configuration;
  const format = formats.find((known) => known === configuration.format);
  const suite = format === undefined || format === 'dc+sd-jwt' ? undefined : SUITES[format];
  const unsupported = suite === undefined ? whyUnsupported(configuration, format) : whyNoCard(configuration);
  const appearance = appearanceIn(metadata?.display, languages);
  return {
    id,
    vct: (suite === undefined ? configuration.vct : configuration.type) ?? '',
    ...(suite !== undefined && { suite }),
    name: appearance.name,
    appearance,
    claims: readClaims(metadata?.claims ?? [], languages, `${field}.credential_metadata.claims`),
    ...(scope !== undefined && { scope }),
    ...(decay !== undefined && { decay: decayPolicyOf(decay) }),
    ...(unsupported !== undefined && { unsupported }),
  };
}

const UNTYPED = 'The issuer does not say of which type the credential is.';

/** A BBS credential is bound to no key: an issuer that wants a proof of one means something else. */
function whyNoCard({
  type,
  proof_types_supported: proofs,
  signet_decay: decay,
}: Pick<Configuration, 'type' | 'proof_types_supported' | 'signet_decay'>): string | undefined {
  if (type === undefined) return UNTYPED;
  if (decay !== undefined) return 'The issuer wants the credential to fade, which one that counts no uses cannot.';
  return proofs === undefined ? undefined : 'The issuer wants a proof of a key for a credential that is bound to none.';
}

function whyUnsupported(configuration: Configuration, format: CredentialFormat | undefined): string | undefined {
  if (format === undefined) {
    return `The issuer offers the format ${displayText(configuration.format, 40)}, which Signet does not hold.`;
  }
  if (configuration.vct === undefined) return UNTYPED;
  const signedWith = configuration.credential_signing_alg_values_supported;
  if (signedWith?.some(isSupportedAlgorithm) === false) {
    return 'The issuer signs the credential in a way that Signet cannot check.';
  }
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
