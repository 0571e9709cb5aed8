import * as v from 'valibot';
import { SignetError } from '../../core/index.ts';
import { Display, nameIn } from './display.ts';
import { identifier } from './reading.ts';

/** A claim the credential will hold, as the issuer describes it (OpenID4VCI 1.0 appendix B.2), in the issuer's order. */
export interface OfferedClaim {
  /** Claims path pointer: member names, array indexes, null for every element. */
  readonly path: readonly (string | number | null)[];
  /** The issuer's own word for it, cleaned for display; absent when it gave none. */
  readonly label?: string;
  /** The issuer says that it is always there. */
  readonly mandatory?: true;
}

const Claim = v.object({
  path: v.pipe(
    v.array(v.union([identifier(500), v.pipe(v.number(), v.integer(), v.minValue(0)), v.null()])),
    v.minLength(1),
    v.maxLength(16),
  ),
  mandatory: v.optional(v.boolean(), false),
  display: v.optional(Display),
});

export const Claims = v.pipe(v.array(Claim), v.maxLength(200));

/**
 * Claims descriptions for display.
 * @param field names the list in errors
 * @throws SignetError issuer_refused where two speak of one claim or contradict each other (appendix B.3)
 */
export function readClaims(
  claims: v.InferOutput<typeof Claims>,
  languages: readonly string[],
  field: string,
): readonly OfferedClaim[] {
  assertConsistent(claims, field);
  return claims.map(({ path, display, mandatory }) => {
    const label = nameIn(display, languages, 60);
    return { path, ...(label !== '' && { label }), ...(mandatory && { mandatory }) };
  });
}

/** Which way a path goes on from a claim: into an object, into one element of an array, or into all of them. */
type Turn = 'name' | 'index' | 'every';

const turnOf = (step: string | number | null): Turn =>
  step === null ? 'every' : typeof step === 'number' ? 'index' : 'name';

function assertConsistent(claims: v.InferOutput<typeof Claims>, field: string): void {
  const whole = new Set<string>();
  const turns = new Map<string, Turn>();
  for (const [index, { path }] of claims.entries()) {
    const refuse = (): never => {
      throw new SignetError('issuer_refused', `${field} says two things about one claim.`, {
        field: `${field}.${index}.path`,
      });
    };
    const key = JSON.stringify(path);
    if (whole.has(key)) refuse();
    whole.add(key);
    for (const [depth, step] of path.entries()) {
      const parent = JSON.stringify(path.slice(0, depth));
      const turn = turnOf(step);
      if ((turns.get(parent) ?? turn) !== turn) refuse();
      turns.set(parent, turn);
    }
  }
}
