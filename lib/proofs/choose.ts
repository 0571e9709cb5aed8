import type { Clock } from '../core/index.ts';
import { SignetError, displayText } from '../core/index.ts';
import { SELF_ISSUER, describeSelf, listCredentials, summariseClaims } from '../credentials/index.ts';
import type { CredentialRecord } from '../credentials/index.ts';
import type { VaultReader } from '../vault/index.ts';
import { costOf } from './cost.ts';
import { isThere, leftOf } from './holding.ts';
import { leastOf } from './least-option.ts';
import { couldAnswer, isEligible, matchCredential, withExtras } from './match.ts';
import type { Skip } from './match.ts';
import type { Match } from './matched.ts';
import { acceptsIssuer, isExtra, moreExtraId } from './query.ts';
import type { OptionalSet, ProofQuery, WantedCredential } from './query.ts';
import { seenClaims } from './seen-claims.ts';
import type { ReadMyself } from './self-witness.ts';

/** The credentials of one answer: for each that the verifier must get, or that the person takes in, one or more. */
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

/** The most that is offered beside the one that goes, where several may. */
const MAX_MORE = 15;

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
  holdings: Holdings,
): Promise<readonly Way[]> {
  readExtras(query, holdings.narrowing.extras ?? []); // before anything is read
  return chooseAmong(await listCredentials(reader), reader, query, holdings);
}

/** Likewise, among these credentials of the vault. */
export async function chooseAmong(
  credentials: readonly CredentialRecord[],
  reader: VaultReader,
  query: ProofQuery,
  { clock, narrowing: { extras = [], skip }, readMyself }: Holdings,
): Promise<readonly Way[]> {
  const taken = readExtras(query, extras);
  const matches = await allMatches(credentials, reader, query, {
    now: clock(),
    ...(skip && { skip }),
    ...(readMyself && { readMyself }),
  });
  const costs = costsIn(matches);
  const required = leastOf(query.requiredSets, costs);
  if (required === undefined) return [];
  const { ids, offers } = takeSets(query.optionalSets, matches, { required, taken });
  const ranked = ids.map((id) =>
    (matches.get(id) ?? []).map((match) => withExtras(match, taken)).filter(takesIn(taken)),
  );
  if (ranked.some((list) => list.length === 0)) return [];
  const best = ranked.flatMap(([first]) => (first === undefined ? [] : [first]));
  const ways: Way[] = [];
  for (const mains of choicesOf(best, ranked)) {
    const way = wayBy(mains, ranked, { offers, taken });
    const isWhole = extras.every((id) => way.extras.some((extra) => extra.id === id && extra.included));
    if (isWhole) ways.push(way);
    if (ways.length === MAX_CHOICES) break;
  }
  return ways;
}

/** The best of each place, and then the same with another one in one of the places. */
function* choicesOf(best: Choice, ranked: readonly (readonly Match[])[]): Generator<Choice> {
  yield best;
  for (const [place, list] of ranked.entries()) for (const match of list.slice(1)) yield best.with(place, match);
}

/** A way by the credential that goes in each place, and beside it those that the person takes in where several may. */
function wayBy(
  mains: readonly Match[],
  ranked: readonly (readonly Match[])[],
  { offers, taken }: { readonly offers: readonly ProofExtra[]; readonly taken: ReadonlySet<string> },
): Way {
  const places = mains.map((main, place) => {
    const more = main.wanted.multiple ? (ranked[place] ?? []).filter(({ record }) => record !== main.record) : [];
    const isTaken = ({ wanted, record }: Match): boolean => taken.has(moreExtraId(wanted, record.id));
    const offered = more.filter((match, at) => at < MAX_MORE || isTaken(match));
    return {
      choice: [main, ...more.filter(isTaken)],
      extras: offered.map((match) => ({
        id: moreExtraId(match.wanted, match.record.id),
        label: setLabel([match]),
        included: isTaken(match),
      })),
    };
  });
  const choice = places.flatMap((place) => place.choice);
  return { choice, extras: [...offers, ...places.flatMap((place) => place.extras), ...claimExtras(choice)] };
}

function readExtras(query: ProofQuery, extras: readonly string[]): ReadonlySet<string> {
  if (extras.every((id) => isExtra(query, id))) return new Set(extras);
  throw new SignetError('bad_request', 'This request does not ask for that.', { field: 'extras' });
}

async function allMatches(
  credentials: readonly CredentialRecord[],
  reader: VaultReader,
  query: ProofQuery,
  { readMyself, ...given }: Given & Pick<Holdings, 'readMyself'>,
): Promise<Matches> {
  const records = [...credentials];
  // What the person stored about themselves is read for nobody who does not take their word.
  const about = query.credentials.some((wanted) => acceptsIssuer(wanted, SELF_ISSUER))
    ? await readMyself?.()
    : undefined;
  if (about !== undefined) records.push(describeSelf(about, given.now));
  const left = leftOnce(reader);
  const matches = new Map<string, readonly Match[]>();
  for (const wanted of query.credentials) {
    matches.set(wanted.id, await matchesFor(reader, records, wanted, { ...given, left }));
  }
  return matches;
}

/** What is left of each credential, looked up once for all that is wanted. */
function leftOnce(reader: VaultReader): Left {
  const known = new Map<CredentialRecord, Promise<CredentialRecord>>();
  return (record) => {
    const left = known.get(record) ?? leftOf(reader, record);
    known.set(record, left);
    return left;
  };
}

type Left = (record: CredentialRecord) => Promise<CredentialRecord>;

interface Given {
  /** Milliseconds since the epoch. */
  readonly now: number;
  readonly skip?: Skip;
}

async function matchesFor(
  reader: VaultReader,
  records: readonly CredentialRecord[],
  wanted: WantedCredential,
  { left, ...given }: Given & { readonly left: Left },
): Promise<readonly Match[]> {
  const matches: Match[] = [];
  for (const record of records) {
    if (!isEligible(record, wanted, given.now)) continue;
    const match = await matchLeft(reader, record, wanted, { ...given, left });
    if (match !== undefined) matches.push(match);
  }
  // Where two give away the same, an issuer's word, and then the form that the verifier would rather have.
  const rank = ({ format, record }: Match): number =>
    wanted.formats.indexOf(format) + (record.format === 'self' ? wanted.formats.length : 0);
  const weighed = matches.map((match) => ({ match, cost: costOf(match), rank: rank(match) }));
  return weighed.sort((a, b) => a.cost - b.cost || a.rank - b.rank).map(({ match }) => match);
}

/** How a credential answers with what is left of it. Where no value has to be opened, only what would go is looked for. */
async function matchLeft(
  reader: VaultReader,
  record: CredentialRecord,
  wanted: WantedCredential,
  { left, ...given }: Given & { readonly left: Left },
): Promise<Match | undefined> {
  if (wanted.terms.every(({ values, range }) => values === undefined && range === undefined)) {
    const match = await matchCredential(reader, record, wanted, given);
    const rows = match?.extras.flatMap(({ answer }) => answer.rows) ?? [];
    if (match === undefined || (await isThere(reader, record, [...match.rows, ...rows]))) return match;
  }
  if (!couldAnswer(record, wanted)) return undefined;
  return matchCredential(reader, await left(record), wanted, given);
}

/** Whether a match has taken in every extra that is asked of its credential. */
const takesIn =
  (taken: ReadonlySet<string>) =>
  ({ wanted, extras }: Match): boolean =>
    [...taken].every((id) => !id.startsWith(`claim:${wanted.id}:`) || extras.some((extra) => extra.id === id));

/** Claims that are asked of several credentials in one go with all of them, or with none. */
function claimExtras(choice: Choice): readonly ProofExtra[] {
  const all = choice.flatMap(({ extras }) => extras);
  return [...new Set(all.map(({ id }) => id))].map((id) => {
    const same = all.filter((extra) => extra.id === id);
    const labels = [...new Set(same.flatMap((extra) => extra.labels))];
    return { id, label: displayText(labels.join(', '), 200), included: same.every(({ included }) => included) };
  });
}

/** What it costs to answer an id by the match that gives away least; undefined where there is none. */
const costsIn =
  (matches: Matches) =>
  (id: string): number | undefined => {
    const [best] = matches.get(id) ?? [];
    return best === undefined ? undefined : costOf(best);
  };

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
    leastOf([options], costsIn(matches), shown)?.filter((id) => !shown.includes(id)) ?? [];
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
