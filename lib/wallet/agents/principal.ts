import * as v from 'valibot';
import { SignetError, canonicalJsonBytes } from '../../core/index.ts';
import { ROLES } from '../../policy/index.ts';
import type { Address, VaultReader, VaultTx } from '../../vault/index.ts';
import { Collection, parseRecord, restoredAt } from '../../vault/index.ts';

/** Agents that are kept, revoked ones among them. */
export const MAX_AGENTS = 128;

const time = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const count = time;
const AllowanceSchema = v.strictObject({
  currency: v.string(),
  per: v.picklist(['token', 'day', 'month']),
  /** Minor units. */
  amount: count,
});
const PrincipalSchema = v.strictObject({
  v: v.literal(1),
  id: v.string(),
  /** Ed25519, base64url of 32 bytes. */
  publicKey: v.string(),
  name: v.string(),
  role: v.picklist(ROLES),
  tiers: v.array(v.picklist([1, 2, 3])),
  /** By `claimKey`. */
  claims: v.union([v.literal('*'), v.array(v.string())]),
  budget: v.array(AllowanceSchema),
  state: v.picklist(['active', 'paused', 'revoked']),
  pairedAt: time,
  /** When the person last said that it may work. */
  allowedAt: time,
  lastSeenAt: v.exactOptional(time),
  asked: count,
  /** What it has put into the vault by itself. */
  stored: count,
  client: v.exactOptional(v.string()),
});

/** An agent as the vault keeps it. Times are milliseconds since the epoch. */
export type Principal = Readonly<v.InferOutput<typeof PrincipalSchema>>;
/** The most that an agent may spend: minor units. */
export type Allowance = Readonly<v.InferOutput<typeof AllowanceSchema>>;

const LIST = new Collection('sys/agents');
const agentAt = (id: string): Address => ({ label: `sys/agent/${id}`, index: 0 });
const STANDING: Address = { label: 'sys/agents-standing', index: 0 };
const StandingSchema = v.strictObject({ v: v.literal(1), stopped: v.boolean() });

/** An agent by its id, in whatever state; undefined where none was ever paired under it. @throws SignetError vault_damaged */
export async function readPrincipal(reader: VaultReader, id: string): Promise<Principal | undefined> {
  const bytes = await reader.get(agentAt(id), 1);
  if (bytes === undefined) return undefined;
  return parseRecord(PrincipalSchema, bytes, 'What is known of an agent cannot be read: a newer Signet wrote it.');
}

/** All that were ever paired, oldest first. @throws SignetError vault_damaged */
export async function listPrincipals(reader: VaultReader): Promise<readonly Principal[]> {
  const ids = await LIST.list(reader);
  return (await Promise.all(ids.map((id) => readPrincipal(reader, id)))).filter((one) => one !== undefined);
}

/** Keeps an agent that is new. @throws SignetError `changed` where this key was paired before; `too_many` */
export async function addPrincipal(tx: VaultTx, principal: Principal): Promise<void> {
  if ((await readPrincipal(tx, principal.id)) !== undefined) {
    throw new SignetError('changed', 'This key was paired before. Make a new one, and pair that.', { field: 'digits' });
  }
  if ((await LIST.list(tx)).length >= MAX_AGENTS) {
    throw new SignetError('too_many', `Signet keeps ${MAX_AGENTS} agents at most, revoked ones among them.`);
  }
  putPrincipal(tx, principal);
  await LIST.add(tx, principal.id);
}

/** Writes over what is kept of an agent. */
export const putPrincipal = (tx: VaultTx, principal: Principal): void =>
  tx.put(agentAt(principal.id), 1, canonicalJsonBytes(principal));

/** Whether all agents are stopped. @throws SignetError vault_damaged */
export async function areStopped(reader: VaultReader): Promise<boolean> {
  const bytes = await reader.get(STANDING, 1);
  return bytes !== undefined && parseRecord(StandingSchema, bytes, 'How agents stand cannot be read.').stopped;
}

/** Stops all agents, or lets them go on. */
export const putStopped = (tx: VaultTx, stopped: boolean): void =>
  tx.put(STANDING, 1, canonicalJsonBytes({ v: 1, stopped }));

/**
 * What an agent may do now: what was put back with a backup may have been taken away since, so it rests until the person
 * says once more that it may work.
 */
export async function standingOf(reader: VaultReader, principal: Principal): Promise<Principal['state']> {
  if (principal.state !== 'active') return principal.state;
  const restored = await restoredAt(reader);
  return restored !== undefined && principal.allowedAt < restored ? 'paused' : 'active';
}

/**
 * The agent of this id, if it may work now.
 * @throws SignetError `unknown_agent` for one that nobody paired or that was revoked: the two look alike; `paused`;
 *   `stopped`
 */
export async function assertMayWork(reader: VaultReader, id: string): Promise<Principal> {
  const principal = await readPrincipal(reader, id);
  if (principal === undefined || principal.state === 'revoked') throw unknownAgent();
  if (await areStopped(reader)) {
    throw new SignetError('stopped', 'All agents are stopped in Signet. Nothing was done.');
  }
  if ((await standingOf(reader, principal)) === 'paused') {
    throw new SignetError('paused', 'This agent is paused in Signet. Nothing was done.');
  }
  return principal;
}

export const unknownAgent = (): SignetError =>
  new SignetError('unknown_agent', 'Signet does not know this agent. Pair it first.');
