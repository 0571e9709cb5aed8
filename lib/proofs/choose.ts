import type { Clock } from '../core/index.ts';
import { toSeconds } from '../core/index.ts';
import { listCredentials, revealedBy, showableClaims } from '../credentials/index.ts';
import type { CredentialRecord } from '../credentials/index.ts';
import type { VaultReader } from '../vault/index.ts';
import { isEligible, matchCredential } from './match.ts';
import type { Match } from './match.ts';
import type { ProofQuery, WantedCredential } from './query.ts';

/** The credentials of one answer, one for each that the verifier must get. */
export type Choice = readonly Match[];

/** The most choices the person is given; the least disclosing come first. */
const MAX_CHOICES = 6;

/**
 * The ways to answer a query, least disclosing first; none when the vault cannot answer it. The first takes the best
 * match for each wanted credential; the others put another credential in the place of one of them.
 */
export async function chooseCredentials(
  reader: VaultReader,
  query: ProofQuery,
  clock: Clock,
): Promise<readonly Choice[]> {
  const records: CredentialRecord[] = [];
  for (const record of await listCredentials(reader)) {
    records.push({ ...record, claims: await showableClaims(reader, record) });
  }
  const matches = new Map<string, readonly Match[]>();
  for (const wanted of query.credentials) {
    matches.set(wanted.id, await matchesFor(reader, records, wanted, toSeconds(clock())));
  }
  const ids = leastOption(query, matches);
  if (ids === undefined) return [];
  const ranked = ids.map((id) => matches.get(id) ?? []);
  const best = ranked.flatMap(([first]) => (first === undefined ? [] : [first]));
  const others = ranked.flatMap((list, place) => list.slice(1).map((match) => best.with(place, match)));
  return [best, ...others].slice(0, MAX_CHOICES);
}

async function matchesFor(
  reader: VaultReader,
  records: readonly CredentialRecord[],
  wanted: WantedCredential,
  seconds: number,
): Promise<readonly Match[]> {
  const matches: Match[] = [];
  for (const record of records) {
    if (!isEligible(record, wanted, seconds)) continue;
    const match = await matchCredential(reader, record, wanted);
    if (match !== undefined) matches.push(match);
  }
  return matches.sort((a, b) => costOf(a) - costOf(b));
}

/**
 * What a match gives away: values that are not a derived yes/no weigh most, then everything seen, then a copy that was,
 * or may have been, shown before.
 */
function costOf({ record, rows }: Match): number {
  const revealed = revealedBy(record.claims, rows);
  return revealed.filter(({ tier }) => tier > 1).length * 10_000 + revealed.length * 10 + (wasShown(record) ? 1 : 0);
}

/** Whether showing the next copy can be linked to an earlier time: it was shown, or may have been before a restore. */
export const wasShown = ({ lastReused, maybeUsed }: CredentialRecord): boolean => lastReused || maybeUsed === true;

/** The ids to answer with: of every required set the option that gives away least; undefined when one cannot be met. */
function leastOption(
  { requiredSets }: ProofQuery,
  matches: ReadonlyMap<string, readonly Match[]>,
): readonly string[] | undefined {
  const chosen = new Set<string>();
  for (const options of requiredSets) {
    const met = options
      .flatMap((ids) => {
        const best = ids.map((id) => matches.get(id)?.[0]);
        const cost = best.reduce((sum, match) => sum + (match === undefined ? Infinity : costOf(match)), 0);
        return Number.isFinite(cost) ? [{ ids, cost }] : [];
      })
      .sort((a, b) => a.cost - b.cost);
    if (met[0] === undefined) return undefined;
    for (const id of met[0].ids) chosen.add(id);
  }
  return [...chosen];
}
