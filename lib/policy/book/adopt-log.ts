import { canonicalJsonBytes } from '../../core/index.ts';
import { claimKey, claimLabel } from '../../credentials/index.ts';
import type { Address, VaultReader, VaultTx } from '../../vault/index.ts';
import type { LearnedClaim, SiteRecord } from './site-records.ts';
import { putSite, siteOf } from './site-records.ts';
import { noteTold } from './told-bounds.ts';

/** One entry of the log, of the kind `proof.allowed`. */
export interface AllowedEntry {
  readonly subject: string;
  /** Milliseconds since the epoch. */
  readonly time: number;
  /** As the log names them: paths, joined by dots. */
  readonly claims: readonly string[];
}

const DONE: Address = { label: 'sys/sites-adopted', index: 0 };

/** All that a proof could be before there were site records. */
const FORMAT = 'dc+sd-jwt';

/** Whether the sites of the log of before there were site records are taken over. */
export const isLogAdopted = async (reader: VaultReader): Promise<boolean> => (await reader.tierOf(DONE)) !== undefined;

/**
 * Takes over, once, what the log knows of sites. Entries that a site record has noted already are passed over.
 * @param entries of the kind `proof.allowed`, in any order
 */
export async function adoptLog(tx: VaultTx, entries: readonly AllowedEntry[]): Promise<void> {
  if (await isLogAdopted(tx)) return;
  const ordered = [...entries].sort((a, b) => a.time - b.time);
  for (const [subject, ofSubject] of Map.groupBy(ordered, (entry) => entry.subject)) {
    const known = await siteOf(tx, subject);
    const before = ofSubject.filter(({ time }) => known === undefined || time < known.firstAt);
    if (before.length > 0) await adoptSite(tx, subject, { before, known });
  }
  tx.put(DONE, 1, canonicalJsonBytes({ v: 1 }));
}

async function adoptSite(
  tx: VaultTx,
  subject: string,
  { before, known }: { readonly before: readonly AllowedEntry[]; readonly known: SiteRecord | undefined },
): Promise<void> {
  const first = before[0]?.time ?? 0;
  const last = before.at(-1)?.time ?? 0;
  const learned = merged([...learnedIn(before), ...(known?.learned ?? [])]);
  const operator = known?.operator ?? subject;
  await putSite(tx, { subject, operator, firstAt: first, lastAt: Math.max(last, known?.lastAt ?? 0), learned });
  for (const { claims, time } of before) {
    await noteTold(
      tx,
      operator,
      claims.map((claim) => ({ claim: claimKey(claim.split('.')) })),
      time,
    );
  }
}

const learnedIn = (entries: readonly AllowedEntry[]): readonly LearnedClaim[] =>
  entries.flatMap(({ claims, time }) =>
    claims.map((name) => {
      const path = name.split('.');
      return { claim: claimKey(path), label: claimLabel(path), format: FORMAT, times: 1, lastAt: time };
    }),
  );

/** One for each claim and format, oldest first. */
function merged(learned: readonly LearnedClaim[]): readonly LearnedClaim[] {
  const sorts = Map.groupBy(learned, ({ claim, format }) => `${format} ${claim}`);
  return [...sorts.values()].flatMap((same) => {
    const newest = same.at(-1);
    return newest === undefined ? [] : [{ ...newest, times: same.reduce((sum, { times }) => sum + times, 0) }];
  });
}
