import type { ToolInput } from '../../../agents/index.ts';
import type { Json } from '../../../core/index.ts';
import {
  SELF_ISSUER,
  claimKey,
  isUsable,
  issuerId,
  listCredentials,
  showableClaims,
} from '../../../credentials/index.ts';
import { NOBODY } from '../../../requests/index.ts';
import type { VaultReader } from '../../../vault/index.ts';
import { Judge } from '../../judging/judge.ts';
import { ownFacts } from '../facts.ts';
import type { Begun, Effect, ToolContext } from './tool.ts';
import { PERMITTED, neverAsks, rulingByPairing } from './tool.ts';

/** What is there of one name. */
interface Listed {
  readonly key: string;
  readonly label: string;
  readonly type?: string;
  readonly tier: 1 | 2 | 3;
  readonly issuer: string;
}

/**
 * Labels, types and tiers of what the vault has, of the tiers that the agent was given; never a value. What a rule denies
 * it, or would have asked about, is not among them.
 */
export function beginListData(context: ToolContext, { tier }: ToolInput<'list_data'>): Promise<Begun> {
  const { tiers } = context.principal;
  return Promise.resolve({
    names: [],
    tiers: tier === undefined ? [] : [tier],
    decide: () => Promise.resolve(PERMITTED),
    perform: () => list(context, tier === undefined ? tiers : [tier]),
    ask: neverAsks,
  });
}

async function list({ services, principal, reader }: ToolContext, tiers: readonly number[]): Promise<Effect> {
  const asked = { origin: NOBODY, agent: principal.id, active: false, askedAt: services.clock() };
  const judge = await Judge.of(reader, services, asked);
  const isFree = ({ key, tier, issuer }: Listed): boolean =>
    rulingByPairing(judge.attribute({ action: 'list', key, tier, issuer })).verdict === 'PERMIT';
  const own: readonly Listed[] = await ownFacts(reader);
  const issued = await issuedClaims(reader, services);
  const shown = [...own, ...issued].filter((one) => tiers.includes(one.tier)).filter(isFree);
  return { status: 'done', result: { data: shown.map(viewOf) } };
}

async function issuedClaims(reader: VaultReader, { clock }: ToolContext['services']) {
  const listed: Listed[] = [];
  for (const record of await listCredentials(reader)) {
    if (!isUsable(record, clock())) continue;
    for (const { path, label, tier, commits } of await showableClaims(reader, record)) {
      listed.push({ key: claimKey(commits === undefined ? path : [commits]), label, tier, issuer: issuerId(record) });
    }
  }
  return listed;
}

const viewOf = ({ key, label, type, tier, issuer }: Listed): Json => ({
  ...{ label, name: key, tier },
  ...(type === undefined ? {} : { type }),
  source: issuer === SELF_ISSUER ? 'own word' : issuer,
});
