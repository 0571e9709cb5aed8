import type { ClaimQuery, CredentialQuery, Members, Query, Step } from '../foreign-verifier.ts';
import { must } from '../foreign-verifier.ts';
import { KEPT_BACK } from './sd-jwt.ts';
import type { Unhidden } from './sd-jwt.ts';

/** What one credential query is answered with, as far as that decides whether it is. */
export interface Answer extends Unhidden {
  readonly isBound: boolean;
  /** AuthorityKeyIdentifiers of its certificates, base64url. */
  readonly authorities: readonly string[];
}

/**
 * OpenID4VP 1.0 §6.4: what was asked for is there, and nothing besides.
 * @throws Error with what is missing, or too much
 */
export function expectAnswered(query: Query, answers: Readonly<Record<string, readonly Answer[]>>): void {
  expectCredentials(query, new Set(Object.keys(answers)));
  for (const [id, all] of Object.entries(answers)) {
    const asked = query.credentials.find((one) => one.id === id);
    must(asked !== undefined, `an answer to ${id}, which is no question (§8.1)`);
    must(all.length === 1 || (asked.multiple === true && all.length > 0), 'not one presentation (§8.1)');
    for (const one of all) expectCredential(asked, one);
  }
}

/** §6.4.2: all that are required, and with them whole options alone. */
function expectCredentials({ credentials, credential_sets: sets }: Query, given: ReadonlySet<string>): void {
  if (sets === undefined) {
    must(
      credentials.every(({ id }) => given.has(id)),
      'a credential is missing',
    );
    return;
  }
  const wanted = new Set<string>();
  for (const { options, required = true } of sets) {
    const option = options.find((one) => one.every((id) => given.has(id)));
    must(option !== undefined || !required, 'a set that is required is not there');
    for (const id of option ?? []) wanted.add(id);
  }
  must(
    [...given].every((id) => wanted.has(id)),
    'a credential that nobody wants',
  );
}

function expectCredential(asked: CredentialQuery, { claims, places, isBound, authorities }: Answer): void {
  must(isBound || asked.require_cryptographic_holder_binding === false, 'no key binding');
  must(asked.meta.vct_values.includes(String(claims['vct'])), 'of another type');
  const { trusted_authorities: trusted } = asked;
  must(
    trusted === undefined || trusted.some(({ values }) => values.some((value) => authorities.includes(value))),
    'of an authority that was not asked for (§6.1.1)',
  );
  const options = claimOptions(asked).map((option) => option.map((claim) => ({ claim, found: select(claims, claim) })));
  const whole = options.filter((option) => option.every(({ found }) => found.length > 0));
  must(whole.length > 0, 'less than was asked for');
  must(
    whole.some((option) => places.every((place) => option.some(({ claim }) => isOnTheWay(place, claim.path)))),
    'more than was asked for',
  );
}

/** §6.4.1: the claims of each set, or all of them, or none. */
function claimOptions({ claims = [], claim_sets: sets }: CredentialQuery): readonly (readonly ClaimQuery[])[] {
  return sets?.map((ids) => claims.filter(({ id }) => id !== undefined && ids.includes(id))) ?? [claims];
}

/** §7.1.1: what a claims path pointer selects; nothing where its values do not match. */
function select(claims: Members, { path, values }: ClaimQuery): readonly unknown[] {
  const found = path.reduce<readonly unknown[]>(
    (selected, step) => selected.flatMap((one) => stepInto(one, step)),
    [claims],
  );
  if (values === undefined) return found;
  return found.filter((one) => (values as readonly unknown[]).includes(one));
}

function stepInto(value: unknown, step: Step): readonly unknown[] {
  if (typeof step === 'string') {
    must(typeof value === 'object' && value !== null && !Array.isArray(value), 'the path leads into no object');
    return step in value ? [(value as Members)[step]] : []; // an object, as was looked at
  }
  must(Array.isArray(value), 'the path leads into no array');
  const elements = step === null ? (value as unknown[]) : (value as unknown[]).slice(step, step + 1);
  return elements.filter((element) => element !== KEPT_BACK);
}

/** Whether a disclosure is needed for a claim: the claim lies in it, or it lies in the claim. */
const isOnTheWay = (place: readonly (string | number)[], path: readonly Step[]): boolean =>
  place.slice(0, path.length).every((step, i) => path[i] === null || path[i] === step);
