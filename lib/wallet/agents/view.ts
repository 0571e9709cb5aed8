import { toMajorUnits } from '../../core/index.ts';
import type { AgentAsker, AgentView } from '../../messaging/contract.ts';
import type { PageRequest } from '../../requests/index.ts';
import type { VaultReader } from '../../vault/index.ts';
import type { Services } from '../services.ts';
import { spentOf } from './budget.ts';
import { viewLimits } from './limits.ts';
import type { Principal } from './principal.ts';
import { readPrincipal, standingOf } from './principal.ts';

/** An agent, as our own pages show it. @param at milliseconds since the epoch */
export async function viewAgent(
  reader: VaultReader,
  principal: Principal,
  { at, connected }: { readonly at: number; readonly connected: boolean },
): Promise<AgentView> {
  const { id, name, role, pairedAt, lastSeenAt, asked, client, budget } = principal;
  const spent = await Promise.all(
    budget.map(async (line) => toMajorUnits(await spentOf(reader, principal, line, at), line.currency)),
  );
  return {
    ...{ id, name, role, limits: viewLimits(principal), state: await standingOf(reader, principal), pairedAt },
    ...(lastSeenAt === undefined ? {} : { lastSeenAt }),
    ...{ asked, spent, connected },
    ...(client === undefined ? {} : { client }),
  };
}

/** Who asks, where an agent does; without its name while the vault that knows it is locked. */
export async function viewAsker(
  { keeper }: Pick<Services, 'keeper'>,
  { agent }: PageRequest,
): Promise<AgentAsker | undefined> {
  if (agent === undefined) return undefined;
  const isOpen = (await keeper.state()) === 'unlocked';
  const principal = isOpen ? await readPrincipal(await keeper.open(), agent) : undefined;
  if (principal === undefined) return { id: agent, name: '' };
  const { id, name, client } = principal;
  return { id, name, ...(client === undefined ? {} : { client }) };
}
