import { isCatalogued } from './claim-catalogue.ts';
import type { CredentialClaim } from './claim-inventory.ts';
import type { ClaimPath, ConcretePath } from './verifying/index.ts';

/** What an issuer, or the publisher of a type, calls a claim. Cleaned for display; believed by nobody. */
export interface ClaimLabel {
  /** May select several claims: null stands for every element. */
  readonly path: ClaimPath;
  readonly label: string;
}

/**
 * Claims with the labels that others give them, where Signet has no word of its own for what they are: nobody can have a
 * birth date shown as something else. The first label that is for a claim stands.
 */
export function withLabels(
  claims: readonly CredentialClaim[],
  labels: readonly ClaimLabel[],
): readonly CredentialClaim[] {
  return claims.map((claim) => {
    if (claim.commits !== undefined) return claim;
    const { path } = claim;
    const label = isCatalogued(path) ? undefined : labelFor(path, labels);
    const top = path.slice(0, 1);
    const group = path.length === 1 || isCatalogued(top) ? undefined : labelFor(top, labels);
    return { ...claim, ...(label === undefined ? {} : { label }), ...(group === undefined ? {} : { group }) };
  });
}

const labelFor = (path: ConcretePath, labels: readonly ClaimLabel[]): string | undefined =>
  labels.find((one) => isFor(one.path, path))?.label;

const isFor = (pattern: ClaimPath, path: ConcretePath): boolean =>
  pattern.length === path.length &&
  pattern.every((step, i) => step === path[i] || (step === null && typeof path[i] === 'number'));
