import { SignetError } from '../core/index.ts';
import { SELF_ISSUER, claimTermOf, claimTermOfDcql, needsRange } from '../credentials/index.ts';
import type { ClaimTerm } from '../credentials/index.ts';
import type { ClaimRequest, DcqlCredential, DcqlQuery, Format, ProofRequest } from '../provider/types.ts';

/** One credential to present, and the ways in which it may satisfy the verifier. */
export interface WantedCredential {
  readonly id: string;
  /** Forms that the verifier takes, in its order of preference; empty for those that Signet does not hold. */
  readonly formats: readonly Format[];
  /** Accepted `vct`; absent: any. */
  readonly types?: readonly string[];
  /** Accepted `iss`; absent: any issuer, but not the person's own word (see `acceptsIssuer`). */
  readonly issuers?: readonly string[];
  /** Key identifiers of the authorities of which one must be behind it, base64url; absent: any. */
  readonly authorities?: readonly string[];
  /** Whether several credentials may answer it. */
  readonly multiple: boolean;
  /** Whether the verifier would take it without proof of its holder's key, which it gets all the same. */
  readonly unbound: boolean;
  /** Everything that is asked of it, in the order it was asked; what is in no alternative is never shown. */
  readonly terms: readonly ClaimTerm[];
  /** Each inner list is one way, of these very terms: every one of it must be answered. */
  readonly alternatives: readonly (readonly ClaimTerm[])[];
}

/** A set of credentials that the verifier would take and does not need (OpenID4VP 1.0 §6.2, `required: false`). */
export interface OptionalSet {
  /** Names it among the extras of this query. */
  readonly id: string;
  readonly options: readonly (readonly string[])[];
}

/** What a verifier wants, whichever language it asked in. */
export interface ProofQuery {
  readonly language: 'claims' | 'dcql';
  readonly credentials: readonly WantedCredential[];
  /** Each inner list names credential ids; of each outer list one option must be met. */
  readonly requiredSets: readonly (readonly (readonly string[])[])[];
  readonly optionalSets: readonly OptionalSet[];
}

/** The id of the only credential in a query made from `claims`. */
export const SINGLE = 'credential';

/** The form that DCQL names, and that is meant where a request names none. */
export const PLAIN_FORMAT = 'dc+sd-jwt' as const satisfies Format;

/** The form in which numbers can be proven about. */
const RANGE_FORMAT = 'bulletproof' as const satisfies Format;

/**
 * Reads what a request wants into one form. Whether it can be answered at all is decided here, from the request
 * alone, so that a refusal tells the site nothing about the vault.
 * @throws SignetError unsupported when no format or feature of it can be answered, naming the field
 */
export function readQuery(request: ProofRequest): ProofQuery {
  return request.dcql_query === undefined
    ? fromClaims(request, request.claims ?? [])
    : fromDcql(request, request.dcql_query);
}

function fromClaims(request: ProofRequest, claims: readonly ClaimRequest[]): ProofQuery {
  const terms = claims.map(claimTermOf);
  const needsRanges = terms.some(needsRange);
  const formats = request.formats ?? [needsRanges ? RANGE_FORMAT : PLAIN_FORMAT];
  if (needsRanges && !formats.includes(RANGE_FORMAT)) {
    throw new SignetError('unsupported', `Only ${RANGE_FORMAT} proves ranges.`, { field: 'formats' });
  }
  return {
    language: 'claims',
    credentials: [
      { id: SINGLE, formats, ...accepted(request), multiple: false, unbound: false, terms, alternatives: [terms] },
    ],
    requiredSets: [[[SINGLE]]],
    optionalSets: [],
  };
}

function fromDcql(request: ProofRequest, query: DcqlQuery): ProofQuery {
  if (!(request.formats ?? [PLAIN_FORMAT]).includes(PLAIN_FORMAT)) {
    throw new SignetError('unsupported', `DCQL is answered in ${PLAIN_FORMAT} alone.`, { field: 'formats' });
  }
  const credentials = query.credentials.map((credential) => wantedCredential(request, credential));
  const requiredSets =
    query.credential_sets === undefined
      ? credentials.map(({ id }) => [[id]])
      : query.credential_sets.filter((set) => set.required !== false).map((set) => set.options);
  assertHeld(credentials, requiredSets);
  return {
    language: 'dcql',
    credentials,
    requiredSets,
    optionalSets: (query.credential_sets ?? []).flatMap(({ required, options }, index) =>
      required === false ? [{ id: `set:${index}`, options }] : [],
    ),
  };
}

/**
 * A credential of a format that Signet does not hold is one that nobody has; a query that cannot be met without one is
 * refused at once, whatever the vault holds.
 */
function assertHeld(credentials: readonly WantedCredential[], requiredSets: ProofQuery['requiredSets']): void {
  const isHeld = (id: string): boolean => credentials.some((one) => one.id === id && one.formats.length > 0);
  const unmet = requiredSets.find((options) => !options.some((ids) => ids.every(isHeld)));
  if (unmet === undefined) return;
  const at = credentials.findIndex(({ id }) => unmet.flat().includes(id) && !isHeld(id));
  throw new SignetError('unsupported', `DCQL is answered in ${PLAIN_FORMAT} alone.`, {
    field: `dcql_query.credentials[${at}].format`,
  });
}

/** What a holder’s key signs is sent even where it need not be (Appendix B.3): nobody else can show it again. */
function wantedCredential(request: ProofRequest, credential: DcqlCredential): WantedCredential {
  const { id, format, meta, multiple = false, require_cryptographic_holder_binding: isBound = true } = credential;
  return {
    id,
    formats: format === PLAIN_FORMAT ? [PLAIN_FORMAT] : [],
    ...accepted(request, meta?.vct_values),
    ...authorities(credential),
    multiple,
    unbound: !isBound,
    ...claimSets(credential),
  };
}

/**
 * OpenID4VP 1.0 §6.1.1: one of the values of one of the types. Of these Signet knows `aki`; the others would have to be
 * looked up in the network, and like those that nobody knows they match no credential.
 */
function authorities({ trusted_authorities }: DcqlCredential): Pick<WantedCredential, 'authorities'> {
  const keys = trusted_authorities?.filter(({ type }) => type === 'aki').flatMap(({ values }) => values);
  return keys === undefined ? {} : { authorities: keys.map((key) => key.replace(/=+$/, '')) };
}

/** OpenID4VP 1.0 §6.4.1: no `claims` means nothing selectively disclosable; no `claim_sets` means all of `claims`. */
function claimSets({ claims = [], claim_sets }: DcqlCredential): Pick<WantedCredential, 'terms' | 'alternatives'> {
  const terms = claims.map(claimTermOfDcql);
  if (claim_sets === undefined) return { terms, alternatives: [terms] };
  const named = claims.map(({ id }) => id);
  const isIn = (ids: readonly string[], at: number): boolean => ids.includes(named[at] ?? '');
  return { terms, alternatives: claim_sets.map((ids) => terms.filter((_, at) => isIn(ids, at))) };
}

/** Whether a verifier takes this issuer's word; the person's own only where it says so. @param issuer an origin, or `self` */
export const acceptsIssuer = ({ issuers }: WantedCredential, issuer: string): boolean =>
  issuers === undefined ? issuer !== SELF_ISSUER : issuers.includes(issuer);

/** Names a claim of a fuller claim set among the extras of a query. @param at its place among the terms */
export const claimExtraId = ({ id }: WantedCredential, at: number): string => `claim:${id}:${at}`;

/** Whether one of the authorities that a verifier names is behind a credential (OpenID4VP 1.0 §6.1.1.1). */
export const acceptsAuthorities = ({ authorities }: WantedCredential, keys: readonly string[] = []): boolean =>
  authorities === undefined || keys.some((key) => authorities.includes(key));

/** Names one more credential for what several may answer among the extras of a query. @param recordId of the credential */
export const moreExtraId = ({ id }: Pick<WantedCredential, 'id'>, recordId: string): string => `more:${id}:${recordId}`;

/** Whether one way of answering asks for everything that another asks for, and for more. */
export const isFuller = (full: readonly ClaimTerm[], less: readonly ClaimTerm[]): boolean =>
  less.every((term) => full.includes(term)) && full.some((term) => !less.includes(term));

/** Whether a verifier asks for this and may not need it; whether there is any in the vault is not said. */
export function isExtra(query: ProofQuery, id: string): boolean {
  const isMore = query.credentials.some((wanted) => wanted.multiple && id.startsWith(moreExtraId(wanted, '')));
  return isMore || extraIds(query).includes(id);
}

function extraIds({ credentials, optionalSets }: ProofQuery): readonly string[] {
  const claims = credentials.flatMap((wanted) =>
    wanted.terms.flatMap((term, at) => {
      const fuller = wanted.alternatives.filter((full) => full.includes(term));
      const isSpared = fuller.some((full) =>
        wanted.alternatives.some((less) => !less.includes(term) && isFuller(full, less)),
      );
      return isSpared ? [claimExtraId(wanted, at)] : [];
    }),
  );
  return [...optionalSets.map(({ id }) => id), ...claims];
}

function accepted(request: ProofRequest, vctValues?: readonly string[]) {
  const types = intersect(request.types, vctValues);
  return {
    ...(types === undefined ? {} : { types }),
    ...(request.issuers === undefined ? {} : { issuers: request.issuers }),
  };
}

function intersect(a?: readonly string[], b?: readonly string[]): readonly string[] | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return a.filter((item) => b.includes(item));
}
