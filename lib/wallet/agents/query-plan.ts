import type { Query } from '../../agents/index.ts';
import type { Json } from '../../core/index.ts';
import { SELF_ISSUER, claimKey } from '../../credentials/index.ts';
import { NOBODY } from '../../requests/index.ts';
import type { VaultReader } from '../../vault/index.ts';
import { Judge } from '../judging/judge.ts';
import type { Judgement } from '../judging/judge.ts';
import type { VaultServices } from '../services.ts';
import type { Conclusion, ValueQuery } from './conclude.ts';
import { conclude } from './conclude.ts';
import type { Fact } from './facts.ts';
import { factsAbout, theFact } from './facts.ts';
import type { Learned } from './learned.ts';
import { learnedBy, otherGuesses } from './learned.ts';
import type { Principal } from './principal.ts';

/** What a query comes to, before anything is decided. */
export interface QueryPlan {
  readonly query: Query;
  /** By `claimKey`. */
  readonly key: string;
  /** What it rests on; absent where nothing is there that may be reasoned about, or it is not known which is meant. */
  readonly fact?: Fact;
  readonly conclusion: Conclusion | { readonly kind: 'unknown' };
  readonly learned: Learned;
  /** Everything of this name lies at Tier 3. */
  readonly isClosed: boolean;
}

const NOTHING: Learned = { bounds: [] };

/** @throws SignetError locked */
export async function planQuery(
  reader: VaultReader,
  { clock }: Pick<VaultServices, 'clock'>,
  { tiers }: Pick<Principal, 'tiers'>,
  query: Query,
): Promise<QueryPlan> {
  const key = claimKey([query.label]);
  const facts = await factsAbout(reader, key, clock);
  const seen = facts.filter(({ tier }) => tiers.includes(tier));
  const isClosed = seen.length > 0 && seen.every(({ tier }) => tier === 3);
  const plan = { query, key, learned: NOTHING, isClosed };
  switch (query.op) {
    case 'has':
      return { ...plan, conclusion: { kind: 'yes_no', answer: seen.length > 0 } };
    case 'count':
      return { ...plan, conclusion: { kind: 'count', count: seen.length } };
    default:
      return { ...plan, ...concluded(query, theFact(facts, tiers), clock()) };
  }
}

function concluded(query: ValueQuery, fact: Fact | undefined, now: number) {
  const conclusion = fact === undefined ? undefined : conclude(query, fact, now);
  if (fact === undefined || conclusion === undefined) return { conclusion: { kind: 'unknown' as const } };
  return { fact, conclusion, learned: learnedBy(query, fact, conclusion) };
}

/** Whether it tells something of a value, and not only that something is there. */
export const isAboutValue = ({ query }: Pick<QueryPlan, 'query'>): boolean =>
  query.op !== 'has' && query.op !== 'count' && !(query.op === 'category' && query.among.length === 0);

/**
 * What the rules say of a conclusion. A second, different bound or guess within 180 days is for the person (design §8).
 * @param reader the vault, or the transaction that tells it
 */
export async function judgeQuery(
  reader: VaultReader,
  services: VaultServices,
  { agent, plan }: { readonly agent: string; readonly plan: QueryPlan },
): Promise<Judgement> {
  const { key, fact, learned } = plan;
  const now = services.clock();
  const judge = await Judge.of(reader, services, { origin: NOBODY, agent, active: false, askedAt: now });
  const action = isAboutValue(plan) ? 'query' : 'list';
  const asked = { action, key, tier: fact?.tier ?? 2, issuer: fact?.issuer ?? SELF_ISSUER } as const;
  const judgement = judge.attribute(
    asked,
    learned.bounds.map(({ claim }) => claim),
  );
  const others = await otherGuesses(reader, { agent, key, guess: learned.guess }, now);
  return others.length === 0 || judgement.verdict === 'DENY' ? judgement : { ...judgement, verdict: 'ANOMALY' };
}

/** What an agent gets of a conclusion, and where it comes from. */
export function queryResult({ conclusion, fact }: QueryPlan): Json {
  const source = fact === undefined ? {} : { source: sourceOf(fact) };
  return { conclusion: { ...conclusion }, ...source };
}

const sourceOf = ({ issuer, at }: Fact): Json => ({
  ...(issuer === SELF_ISSUER ? { word: 'own' } : { word: 'issuer', issuer }),
  since: new Date(at).toISOString().slice(0, 10),
});
