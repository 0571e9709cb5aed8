import { addToSums, periodsOf, sumsIn } from '../../capabilities/index.ts';
import type { VaultReader, VaultTx } from '../../vault/index.ts';
import type { Money } from '../spending/capability-call.ts';
import type { Allowance, Principal } from './principal.ts';
import { readPrincipal } from './principal.ts';

/** What was spent of one line of a budget: minor units. Of what holds for each token alone: nothing. */
export async function spentOf(
  reader: VaultReader,
  { id }: Pick<Principal, 'id'>,
  { currency, per }: Allowance,
  at: number,
): Promise<number> {
  if (per === 'token') return 0;
  return (await sumsIn(reader, { currency, audience: id }, periodsOf(at)))[per];
}

/**
 * What an agent may still spend at once in a currency: minor units. Nothing where its budget does not name it, or there is
 * no such agent.
 * @param at milliseconds since the epoch
 */
export async function leftToSpend(reader: VaultReader, id: string, currency: string, at: number): Promise<number> {
  const principal = await readPrincipal(reader, id);
  const lines = principal?.state === 'active' ? principal.budget.filter((line) => line.currency === currency) : [];
  if (principal === undefined || lines.length === 0) return 0;
  const left = await Promise.all(lines.map(async (line) => line.amount - (await spentOf(reader, principal, line, at))));
  return Math.max(0, Math.min(...left));
}

/** Counts what an agent spends, in the transaction that lets it. @returns whether its budget allows it */
export async function countForAgent(tx: VaultTx, id: string, money: Money, at: number): Promise<boolean> {
  if ((await leftToSpend(tx, id, money.currency, at)) < money.amount) return false;
  await addToSums(tx, { currency: money.currency, audience: id }, periodsOf(at), money.amount);
  return true;
}
