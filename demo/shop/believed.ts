import type { TrustedIssuer } from '../../lib/sdk/index.ts';

/** An issuer the shop believes: its origin, and the type of what it signs. */
export interface BelievedIssuer {
  readonly issuer: string;
  readonly type: string;
}

/** Papers of one kind that the shop takes: whose, and of which types. */
export interface Papers {
  readonly types: readonly string[];
  readonly origins: readonly string[];
  /** The issuers with their keys. */
  readonly issuers: () => Promise<readonly TrustedIssuer[]>;
}

const papersOf = (believed: readonly BelievedIssuer[], issuers: Papers['issuers']): Papers => ({
  types: believed.map(({ type }) => type),
  origins: believed.map(({ issuer }) => issuer),
  issuers,
});

/** Papers whose issuers' keys are fetched once, now. */
export async function papersWithKeys(believed: readonly BelievedIssuer[]): Promise<Papers> {
  const issuers = await Promise.all(believed.map(fetchKeys));
  return papersOf(believed, () => Promise.resolve(issuers));
}

const KEEP_MS = 60_000;

/**
 * Papers whose issuers may publish a key later than the shop opens: theirs are fetched when somebody comes with such a
 * paper, and kept for a minute once there is one.
 * @param now milliseconds since the epoch
 */
export function papersWithLateKeys(believed: readonly BelievedIssuer[], now: () => number): Papers {
  let kept: { readonly issuers: readonly TrustedIssuer[]; readonly until: number } | undefined;
  return papersOf(believed, async () => {
    if (kept !== undefined && kept.until > now()) return kept.issuers;
    const issuers = await Promise.all(believed.map(fetchKeys));
    kept = issuers.every(hasCardKey) ? { issuers, until: now() + KEEP_MS } : undefined;
    return issuers;
  });
}

/** An issuer's keys, by value, as the SDK wants them (SD-JWT VC §5). */
async function fetchKeys({ issuer, type }: BelievedIssuer): Promise<TrustedIssuer> {
  const response = await fetch(`${issuer}/.well-known/jwt-vc-issuer`, { redirect: 'error' });
  const metadata = (await response.json()) as { issuer?: unknown; jwks?: { keys: object[] } }; // checked by the SDK
  if (metadata.issuer !== issuer || metadata.jwks === undefined)
    throw new Error(`${issuer} does not publish its keys.`);
  return { issuer, types: [type], jwks: metadata.jwks };
}

/** Cards are signed over the curve BLS12-381, and nothing else is. */
const hasCardKey = ({ jwks }: TrustedIssuer): boolean =>
  jwks?.keys.some((key) => 'crv' in key && key.crv === 'BLS12381G2') === true;
