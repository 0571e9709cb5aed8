import type { VaultReader, VaultTx } from '../../vault/index.ts';
import type { ToldBound } from '../bounds.ts';

export interface LearnedClaim {
  /** By `claimKey`. */
  readonly claim: string;
  readonly label: string;
  readonly format: string;
  readonly times: number;
  /** Milliseconds since the epoch. */
  readonly lastAt: number;
}

/** What a site or an agent was told. */
export interface SiteRecord {
  readonly subject: string;
  readonly firstAt: number;
  readonly lastAt: number;
  readonly learned: readonly LearnedClaim[];
  /** Bounds told within the last 180 days of `lastAt`. */
  readonly told: readonly ToldBound[];
}

export interface Disclosure {
  readonly subject: string;
  readonly claims: readonly Pick<LearnedClaim, 'claim' | 'label' | 'format'>[];
  /** Answers about bounds that went with it. */
  readonly told: readonly Omit<ToldBound, 'at'>[];
  readonly at: number;
}

/** Notes what a subject learned, in the transaction that answers. */
export function noteDisclosure(tx: VaultTx, disclosure: Disclosure): Promise<void> {
  throw new Error(`not yet ${typeof tx} ${disclosure.subject}`);
}

/** Every subject that was told something, or whose request was seen, in the order of their first time. */
export function listSites(reader: VaultReader): Promise<readonly SiteRecord[]> {
  throw new Error(`not yet ${typeof reader}`);
}

export function siteOf(reader: VaultReader, subject: string): Promise<SiteRecord | undefined> {
  throw new Error(`not yet ${typeof reader} ${subject}`);
}

/** Whether the sites of the log of before there were site records are taken over. */
export function isLogAdopted(reader: VaultReader): Promise<boolean> {
  throw new Error(`not yet ${typeof reader}`);
}

/** One `proof.allowed` of the log. */
export interface AllowedEntry {
  readonly subject: string;
  readonly time: number;
  readonly claims: readonly string[];
}

/** Takes over, once, what the log knows: entries of the kind `proof.allowed`, in any order. */
export function adoptLog(tx: VaultTx, entries: readonly AllowedEntry[]): Promise<void> {
  throw new Error(`not yet ${typeof tx} ${entries.length}`);
}
