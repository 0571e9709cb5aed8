import * as v from 'valibot';
import { canonicalJsonBytes } from '../../core/index.ts';
import type { Address, VaultReader, VaultTx } from '../../vault/index.ts';
import { Collection, parseRecord } from '../../vault/index.ts';
import type { BoundAnswer, ToldBound } from '../bounds.ts';
import { subjectTag } from './subject-tag.ts';
import { noteTold, toldTo } from './told-bounds.ts';

const MAX_LEARNED = 256;

const time = v.pipe(v.number(), v.safeInteger());
const LearnedSchema = v.strictObject({
  claim: v.string(),
  label: v.string(),
  format: v.string(),
  times: v.pipe(v.number(), v.safeInteger(), v.minValue(1)),
  lastAt: time,
});
const SiteSchema = v.strictObject({
  v: v.literal(1),
  subject: v.string(),
  operator: v.string(),
  firstAt: time,
  lastAt: time,
  learned: v.array(LearnedSchema),
});

/** `claim` by `claimKey`; `lastAt` in milliseconds since the epoch. */
export type LearnedClaim = Readonly<v.InferOutput<typeof LearnedSchema>>;

/** What a site or an agent was told. */
export interface SiteRecord {
  readonly subject: string;
  /** Milliseconds since the epoch. */
  readonly firstAt: number;
  readonly lastAt: number;
  readonly learned: readonly LearnedClaim[];
  /** Who is behind the subject: the subject itself, where nothing else was said. */
  readonly operator: string;
  /** Bounds that the operator was told, as far as they may still count. */
  readonly told: readonly ToldBound[];
}

export interface Disclosure {
  readonly subject: string;
  /** Who is behind the subject, where that is more than the subject: what it was told, all of the operator know. */
  readonly operator?: string;
  readonly claims: readonly Pick<LearnedClaim, 'claim' | 'label' | 'format'>[];
  /** Answers about bounds that went with it; claims about none are passed over. */
  readonly told: readonly BoundAnswer[];
  /** Milliseconds since the epoch. */
  readonly at: number;
}

const SITES = new Collection('sys/sites');
const siteAt = (tag: string): Address => ({ label: `sys/site/${tag}`, index: 0 });

/** Notes what a subject learned, in the transaction that answers. */
export async function noteDisclosure(
  tx: VaultTx,
  { subject, operator = subject, claims, told, at }: Disclosure,
): Promise<void> {
  const before = await readSite(tx, subjectTag(subject));
  const site = before ?? { subject, firstAt: at, lastAt: at, learned: [] };
  await putSite(tx, { ...withClaims(site, claims, at), operator });
  await noteTold(tx, operator, told, at);
}

type StoredSite = Omit<SiteRecord, 'told'>;

function withClaims<T extends Pick<SiteRecord, 'lastAt' | 'learned'>>(
  site: T,
  claims: Disclosure['claims'],
  at: number,
): T {
  const learned = new Map(site.learned.map((known) => [sortOf(known), known]));
  for (const claim of claims) {
    const sort = sortOf(claim);
    const times = (learned.get(sort)?.times ?? 0) + 1;
    learned.delete(sort);
    learned.set(sort, { claim: claim.claim, label: claim.label, format: claim.format, times, lastAt: at });
  }
  return { ...site, lastAt: Math.max(site.lastAt, at), learned: [...learned.values()].slice(-MAX_LEARNED) };
}

const sortOf = ({ claim, format }: Pick<LearnedClaim, 'claim' | 'format'>): string => `${format} ${claim}`;

/** Writes a record whole; lists it where it is new. */
export async function putSite(tx: VaultTx, { subject, operator, firstAt, lastAt, learned }: StoredSite): Promise<void> {
  const tag = subjectTag(subject);
  if ((await tx.tierOf(siteAt(tag))) === undefined) await SITES.add(tx, tag);
  tx.put(siteAt(tag), 1, canonicalJsonBytes({ v: 1, subject, operator, firstAt, lastAt, learned }));
}

/** Every subject that was told something, in the order in which they were told first. @throws SignetError vault_damaged */
export async function listSites(reader: VaultReader): Promise<readonly SiteRecord[]> {
  const sites = await Promise.all((await SITES.list(reader)).map((tag) => siteUnder(reader, tag)));
  return sites.filter((site) => site !== undefined);
}

/** What a subject was told, or undefined when that is nothing. */
export const siteOf = (reader: VaultReader, subject: string): Promise<SiteRecord | undefined> =>
  siteUnder(reader, subjectTag(subject));

async function siteUnder(reader: VaultReader, tag: string): Promise<SiteRecord | undefined> {
  const site = await readSite(reader, tag);
  return site && { ...site, told: await toldTo(reader, site.operator) };
}

async function readSite(reader: VaultReader, tag: string): Promise<StoredSite | undefined> {
  const bytes = await reader.get(siteAt(tag), 1);
  if (bytes === undefined) return undefined;
  const what = 'What a site knows cannot be read: a newer Signet wrote it.';
  const { subject, operator, firstAt, lastAt, learned } = parseRecord(SiteSchema, bytes, what);
  return { subject, operator, firstAt, lastAt, learned };
}
