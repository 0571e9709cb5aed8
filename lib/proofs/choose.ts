import type { Clock } from '../core/index.ts';
import { SignetError, displayText } from '../core/index.ts';
import {
  SELF_ISSUER,
  describeSelf,
  isUsedUp,
  listCredentials,
  showableClaims,
  summariseClaims,
} from '../credentials/index.ts';
import type { CredentialRecord } from '../credentials/index.ts';
import type { VaultReader } from '../vault/index.ts';
import { isEligible, matchCredential, withExtras } from './match.ts';
import type { Skip } from './match.ts';
import type { Match } from './matched.ts';
import { acceptsIssuer, extraIds } from './query.ts';
import type { OptionalSet, ProofQuery, WantedCredential } from './query.ts';
import { seenClaims } from './seen-claims.ts';
import type { ReadMyself } from './self-witness.ts';

/** The credentials of one answer, one for each that the verifier must get, or that the person takes in. */
export type Choice = readonly Match[];

/** Something that is asked and not needed; it goes with the proof only if the person takes it in. */
export interface ProofExtra {
  /** Names it in its request. */
  readonly id: string;
  /** In words: what would be seen with it that is not seen without; of a credential, its name first. */
  readonly label: string;
  readonly included: boolean;
}

/** One way to answer. */
export interface Way {
  readonly choice: Choice;
  readonly extras: readonly ProofExtra[];
}

/** What the person, or the rules, make of the ways to answer. */
export interface Narrowing {
  /** Ids of extras to take in; every other one stays out. */
  readonly extras?: readonly string[];
  /** Claims that no way may show. */
  readonly skip?: Skip;
}

/** What there is to choose from, beside the credentials of the vault, and within what. */
interface Holdings {
  readonly clock: Clock;
  readonly narrowing: Narrowing;
  readonly readMyself?: ReadMyself;
}

/** The most choices the person is given; the least disclosing come first. */
const MAX_CHOICES = 6;

type Matches = ReadonlyMap<string, readonly Match[]>;

/**
 * The ways to answer a query, least disclosing first; none when the vault cannot answer it. The first takes the best
 * match for each wanted credential; the others put another credential in the place of one of them. All of them take in
 * the extras that are named, and no other.
 * @throws SignetError bad_request, field `extras`, on one that the query does not have
 */
export async function chooseCredentials(
  reader: VaultReader,
  query: ProofQuery,
  { clock, narrowing: { extras = [], skip }, readMyself }: Holdings,
): Promise<readonly Way[]> {
  const taken = readExtras(query, extras);
  const matches = await allMatches(reader, query, {
    now: clock(),
    ...(skip && { skip }),
    ...(readMyself && { readMyself }),
  });
  const required = leastOption(query, matches);
  if (required === undefined) return [];
  const { ids, offers } = takeSets(query.optionalSets, matches, { required, taken });
  const ranked = ids.map((id) =>
    (matches.get(id) ?? []).map((match) => withExtras(match, taken)).filter(takesIn(taken)),
  );
  if (ranked.some((list) => list.length === 0)) return [];
  const best = ranked.flatMap(([first]) => (first === undefined ? [] : [first]));
  const others = ranked.flatMap((list, place) => list.slice(1).map((match) => best.with(place, match)));
  return [best, ...others]
    .map((choice) => ({ choice, extras: [...offers, ...choice.flatMap(claimExtras)] }))
    .filter((way) => extras.every((id) => way.extras.some((extra) => extra.id === id && extra.included)))
    .slice(0, MAX_CHOICES);
}

function readExtras(query: ProofQuery, extras: readonly string[]): ReadonlySet<string> {
  const known = extraIds(query);
  if (extras.every((id) => known.includes(id))) return new Set(extras);
  throw new SignetError('bad_request', 'This request does not ask for that.', { field: 'extras' });
}

async function allMatches(
  reader: VaultReader,
  query: ProofQuery,
  { readMyself, ...given }: Given & Pick<Holdings, 'readMyself'>,
): Promise<Matches> {
  const records: CredentialRecord[] = [];
  for (const record of await listCredentials(reader)) {
    records.push({ ...record, claims: await showableClaims(reader, record) });
  }
  // What the person stored about themselves is read for nobody who does not take their word.
  const about = query.credentials.some((wanted) => acceptsIssuer(wanted, SELF_ISSUER))
    ? await readMyself?.()
    : undefined;
  if (about !== undefined) records.push(describeSelf(about, given.now));
  const matches = new Map<string, readonly Match[]>();
  for (const wanted of query.credentials) matches.set(wanted.id, await matchesFor(reader, records, wanted, given));
  return matches;
}

interface Given {
  /** Milliseconds since the epoch. */
  readonly now: number;
  readonly skip?: Skip;
}

async function matchesFor(
  reader: VaultReader,
  records: readonly CredentialRecord[],
  wanted: WantedCredential,
  given: Given,
): Promise<readonly Match[]> {
  const matches: Match[] = [];
  for (const record of records) {
    if (!isEligible(record, wanted, given.now)) continue;
    const match = await matchCredential(reader, record, wanted, given);
    if (match !== undefined) matches.push(match);
  }
  // Where two give away the same, an issuer's word, and then the form that the verifier would rather have.
  const rank = ({ format, record }: Match): number =>
    wanted.formats.indexOf(format) + (record.format === 'self' ? wanted.formats.length : 0);
  return matches.sort((a, b) => costOf(a) - costOf(b) || rank(a) - rank(b));
}

/** Whether a match has taken in every extra that is asked of its credential. */
const takesIn =
  (taken: ReadonlySet<string>) =>
  ({ wanted, extras }: Match): boolean =>
    [...taken].every((id) => !id.startsWith(`claim:${wanted.id}:`) || extras.some((extra) => extra.id === id));

const claimExtras = ({ extras }: Match): readonly ProofExtra[] =>
  extras.map(({ id, labels, included }) => ({ id, label: displayText(labels.join(', '), 200), included }));

/**
 * What a match gives away: values that are not a derived yes/no weigh most, then everything seen, then a copy that was,
 * or may have been, shown before; or the key that a person has at this site, which is the same each time.
 */
function costOf(match: Match): number {
  const { record } = match;
  const revealed = seenClaims(match);
  return (
    revealed.filter(({ tier }) => tier > 1).length * 10_000 + revealed.length * 10 + (isKnownAgain(record) ? 1 : 0)
  );
}

const isKnownAgain = (record: CredentialRecord): boolean => wasShown(record) || record.format === 'self';

/** Whether showing the next copy can be linked to an earlier time: it was shown, or may have been before a restore. */
export const wasShown = ({ lastReused, maybeUsed }: CredentialRecord): boolean => lastReused || maybeUsed === true;

/** Whether showing it uses up the last copy that nobody has seen: from then on its answers can be linked. */
export const usesLastCopy = (record: CredentialRecord): boolean =>
  isUsedUp(record) && record.instances.length === 1 && !wasShown(record);

/** The ids to answer with: of every required set the option that gives away least; undefined when one cannot be met. */
function leastOption({ requiredSets }: ProofQuery, matches: Matches): readonly string[] | undefined {
  const chosen = new Set<string>();
  for (const options of requiredSets) {
    const least = leastOf(options, matches, [...chosen]);
    if (least === undefined) return undefined;
    for (const id of least) chosen.add(id);
  }
  return [...chosen];
}

/** The option that gives away least beside what is shown anyway; undefined when none can be met. */
function leastOf(
  options: readonly (readonly string[])[],
  matches: Matches,
  shown: readonly string[] = [],
): readonly string[] | undefined {
  const met = options.flatMap((ids) => {
    const best = ids.filter((id) => !shown.includes(id)).map((id) => matches.get(id)?.[0]);
    const cost = best.reduce((sum, match) => sum + (match === undefined ? Infinity : costOf(match)), 0);
    return Number.isFinite(cost) ? [{ ids, cost }] : [];
  });
  return met.toSorted((a, b) => a.cost - b.cost)[0]?.ids;
}

/**
 * The ids to answer with when optional sets are taken in, and what is offered of such sets: those that the required
 * ones do not meet. One that is met by another that was taken in goes with it.
 */
function takeSets(
  sets: readonly OptionalSet[],
  matches: Matches,
  { required, taken }: { readonly required: readonly string[]; readonly taken: ReadonlySet<string> },
): { readonly ids: readonly string[]; readonly offers: readonly ProofExtra[] } {
  const beyond = (shown: readonly string[], options: OptionalSet['options']): readonly string[] =>
    leastOf(options, matches, shown)?.filter((id) => !shown.includes(id)) ?? [];
  const offered = sets.filter(({ options }) => beyond(required, options).length > 0);
  let ids = required;
  for (const { id, options } of offered) if (taken.has(id)) ids = [...ids, ...beyond(ids, options)];
  const offers = offered.map(({ id, options }) => {
    const left = beyond(ids, options);
    const told = left.length === 0 ? beyond(required, options) : left;
    const label = setLabel(told.flatMap((one) => matches.get(one)?.[0] ?? []));
    return { id, label, included: left.length === 0 };
  });
  return { ids, offers };
}

function setLabel(matches: readonly Match[]): string {
  const each = matches.map((match) => {
    const { record } = match;
    const labels = new Set(summariseClaims(seenClaims(match)).map(({ label }) => label));
    return labels.size === 0 ? record.name : `${record.name}: ${[...labels].join(', ')}`;
  });
  return displayText(each.join(' · '), 200);
}
