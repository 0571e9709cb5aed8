import type { Origin } from '../../core/index.ts';
import { SignetError, parseOrigin } from '../../core/index.ts';
import type { SiteView } from '../../messaging/contract.ts';
import type { PolicySet, Role, RoleGiven, Rule } from '../../policy/index.ts';
import { adoptLog, hostOf, isLogAdopted, isWithin, listSites as listRecords, roleOf } from '../../policy/index.ts';
import type { AllowedEntry, SiteRecord } from '../../policy/index.ts';
import { entriesOf, everyEntryOf } from '../log/log-facts.ts';
import { openLog } from '../log/open-log.ts';
import { policyChanged } from './policy-changed.ts';
import { endPermits, isFor } from './site-permits.ts';
import type { Services } from '../services.ts';

/** Mutes last a day at most. */
const DAY = 24 * 60 * 60_000;

/**
 * Every site that was told something, that rules or roles speak of, or that is muted; the newest first.
 * @throws SignetError `locked`, `vault_damaged`
 */
export async function listSites(services: Services): Promise<readonly SiteView[]> {
  await takeOverLog(services);
  const { keeper, book } = services;
  const vault = await keeper.open();
  const { set } = await book.current(vault);
  const records = new Map((await listRecords(vault)).map((record) => [record.subject, record]));
  const muted = await mutedSites(services);
  const named = [...set.rules.flatMap(subjectOf), ...(set.roles ?? []).flatMap(explicitly), ...muted.keys()];
  const subjects = new Set([...records.keys(), ...named]);
  return [...subjects]
    .map((subject) => viewSite({ subject, record: records.get(subject), set, muted: muted.get(subject) }))
    .sort((a, b) => b.lastAt - a.lastAt);
}

/** Agents are listed where they are looked after. */
const subjectOf = ({ subject }: Rule): readonly string[] => ('site' in subject ? [subject.site] : []);

const explicitly = ({ by, subject }: RoleGiven): readonly string[] =>
  by === 'domain' || hostOf(subject) === undefined ? [] : [subject];

interface MutedSite {
  readonly at: number;
  readonly until: number;
}

function viewSite({
  subject,
  record,
  set,
  muted,
}: {
  readonly subject: string;
  readonly record: SiteRecord | undefined;
  readonly set: PolicySet;
  readonly muted: MutedSite | undefined;
}): SiteView {
  const own = set.rules.filter((rule) => isFor(rule, subject));
  const times = [...own.map(({ made }) => made.at), ...(muted === undefined ? [] : [muted.at])];
  const { role, by } = roleOf(set, subject);
  return {
    subject,
    role,
    roleBy: by,
    firstAt: record?.firstAt ?? (times.length === 0 ? 0 : Math.min(...times)),
    lastAt: record?.lastAt ?? Math.max(...times, 0),
    learned: record?.learned ?? [],
    permits: own.filter(({ effect }) => effect === 'permit').map(({ id }) => id),
    denials: own.filter(({ effect }) => effect === 'deny').map(({ id }) => id),
    ...(muted === undefined ? {} : { mutedUntil: muted.until }),
  };
}

/** The list of mutes names nobody: the log of the last days does. */
async function mutedSites(services: Services): Promise<ReadonlyMap<string, MutedSite>> {
  const muted = new Map<string, MutedSite>();
  const since = services.clock() - 2 * DAY;
  for await (const { subject, time } of entriesOf(await openLog(services), ['site.muted'])) {
    if (time < since) break;
    const until = muted.has(subject) ? undefined : await services.quiet.mutedUntil(subject as Origin); // logged of a request's origin
    if (until !== undefined) muted.set(subject, { at: time, until });
  }
  return muted;
}

/**
 * What was told before there were records of it stands in the log: taken over once, and only from a log that can be read
 * whole. Nothing is written over a vault whose rows are gone.
 */
export async function takeOverLog(services: Services): Promise<void> {
  const log = await openLog(services);
  if (log.vault.readOnly !== undefined || (await isLogAdopted(log.vault))) return;
  const told = await everyEntryOf(log, ['proof.allowed']);
  if (told === undefined) return;
  const entries = told.map(({ subject, time, claims }): AllowedEntry => ({ subject, time, claims }));
  await log.vault.transact((tx) => adoptLog(tx, entries)); // puts in other words what the log says already
}

/**
 * The person says what a site is, or nothing any more (null).
 * @param given.domain all sites of it, instead of this one
 * @throws SignetError bad_request naming the field
 */
export async function setRole(
  services: Services,
  { subject, role, domain }: { readonly subject: string; readonly role: Role | null; readonly domain?: string },
): Promise<void> {
  const host = hostOf(subject);
  if (domain !== undefined && (host === undefined || !isWithin(host, domain))) {
    throw new SignetError('bad_request', 'This site is not of that domain.', { field: 'domain' });
  }
  if (host !== undefined) parseOrigin(subject, 'subject');
  const given = { subject: domain ?? subject, by: domain === undefined ? 'explicit' : 'domain' } as const;
  await changeRoles(services, given.subject, (roles) => {
    const others = roles.filter((one) => one.subject !== given.subject || one.by !== given.by);
    return role === null ? others : [...others, { ...given, role }];
  });
}

async function changeRoles(
  services: Services,
  subject: string,
  change: (roles: readonly RoleGiven[]) => readonly RoleGiven[],
): Promise<void> {
  const log = await openLog(services);
  await log.transact(async (tx) => {
    const at = services.clock();
    await services.book.save(tx, (set) => ({ ...set, roles: change(set.roles ?? []) }), { at });
    await tx.log({ kind: 'policy.roles_changed', subject });
  });
  await policyChanged(services);
}

/** Every standing permit for exactly this subject ends, locked ones too: the person says so. Denials stay. */
export async function revokeSite(services: Services, subject: string): Promise<void> {
  await endPermits(services, subject, { kind: 'site.revoked', unlock: true });
  await policyChanged(services);
}

/** A muted site is listened to again. @throws SignetError bad_request for what is no origin */
export async function unmuteSite(services: Services, subject: string): Promise<void> {
  const origin = parseOrigin(subject, 'subject');
  const log = await openLog(services);
  await services.quiet.unmute(origin);
  await log.transact((tx) => tx.log({ kind: 'site.unmuted', subject: origin }));
  await policyChanged(services);
}
