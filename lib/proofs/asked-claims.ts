import { claimKey, coversClaim, isMachinery } from '../credentials/index.ts';
import { TYPE_CLAIM } from './planned-claim.ts';
import type { ProofQuery, WantedCredential } from './query.ts';

/** What a request is about, in names of rules (`claimKey`); known without the vault. Sorted. */
export interface AskedClaims {
  /** Shown by every way of answering, whatever the vault holds. */
  readonly needed: readonly string[];
  /** Shown by some way of answering, extras among them. */
  readonly possible: readonly string[];
}

/** The claims that a query is about. A whole object that is asked for counts by its own name alone. */
export function askedClaims({ credentials, requiredSets, optionalSets }: ProofQuery): AskedClaims {
  const held = credentials.filter(({ formats }) => formats.length > 0);
  const byId = new Map(held.map((wanted) => [wanted.id, wanted]));
  const answerable = (options: readonly (readonly string[])[]): readonly (readonly WantedCredential[])[] =>
    options.filter((ids) => ids.every((id) => byId.has(id))).map((ids) => ids.flatMap((id) => byId.get(id) ?? []));
  const needed = requiredSets.flatMap((options) =>
    inAll(answerable(options).map((option) => option.flatMap((wanted) => inAll(waysOf(wanted))))),
  );
  const used = [...requiredSets, ...optionalSets.map(({ options }) => options)].flatMap(answerable).flat();
  const possible = used.flatMap((wanted) => waysOf(wanted).flat());
  return { needed: distinct(needed), possible: distinct(possible) };
}

/** The names of each way to satisfy what is wanted. */
const waysOf = ({ alternatives }: WantedCredential): readonly (readonly string[])[] =>
  alternatives.map((terms) => {
    const about = terms.filter(({ paths: [path = []] }) => !isMachinery(String(path[0])));
    return about.length === 0 ? [TYPE_CLAIM] : about.flatMap(({ paths }) => paths.slice(0, 1).map(claimKey));
  });

/** What all of several lists show: a name that is in one, and that every other has, or covers. */
const inAll = (lists: readonly (readonly string[])[]): readonly string[] =>
  lists.flat().filter((claim) => lists.every((list) => list.some((one) => coversClaim(one, claim))));

const distinct = (claims: readonly string[]): readonly string[] => [...new Set(claims)].sort();
