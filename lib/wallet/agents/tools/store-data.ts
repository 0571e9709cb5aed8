import type { ToolInput } from '../../../agents/index.ts';
import type { LoggedTx } from '../../../audit/index.ts';
import { SignetError } from '../../../core/index.ts';
import { callParams } from '../asked-params.ts';
import { putPrincipal, readPrincipal } from '../principal.ts';
import type { Storing } from '../storing.ts';
import { isForPerson, judgeStoring, planStoring, store } from '../storing.ts';
import type { Begun, Ruling, ToolContext } from './tool.ts';
import { rulingByPairing } from './tool.ts';

/** What an agent may put into a vault by itself, in all. */
export const MAX_STORED = 200;

/** Keeps something new of Tier 1 or 2; whatever else is to be kept waits for the person (see `isForPerson`). */
export async function beginStoreData(context: ToolContext, input: ToolInput<'store_data'>): Promise<Begun> {
  const { services, principal, reader } = context;
  const storing = await planStoring(reader, input);
  const params = callParams({ tool: 'store_data', ...input });
  return {
    names: [storing.key],
    tiers: [input.tier],
    decide: () => decide(context, storing),
    perform: () =>
      Promise.resolve({
        status: 'done',
        result: {
          stored: { label: storing.input.label, name: storing.key, type: storing.input.type, tier: input.tier },
        },
        along: (tx: LoggedTx) => keep(tx, context, input),
      }),
    ask: () => services.queue.submitOfAgent({ agent: principal.id, method: 'agentCall', params }),
  };
}

async function decide({ services, principal, reader }: ToolContext, storing: Storing): Promise<Ruling> {
  const ruling = rulingByPairing(await judgeStoring(reader, services, { agent: principal.id, storing }));
  if (ruling.verdict !== 'PERMIT') return ruling;
  const isOpen = !isForPerson(storing) && principal.stored < MAX_STORED;
  return isOpen ? ruling : { verdict: 'ANOMALY', rules: ruling.rules };
}

/** Looked at once more where it is kept: of two calls of one name at the same time, one is the second. */
async function keep(tx: LoggedTx, { services, principal }: ToolContext, input: ToolInput<'store_data'>): Promise<void> {
  const storing = await planStoring(tx, input);
  const now = await readPrincipal(tx, principal.id);
  if (now === undefined || isForPerson(storing) || now.stored >= MAX_STORED) {
    throw new SignetError('changed', 'Something else was kept meanwhile.');
  }
  await store(tx, services, storing);
  putPrincipal(tx, { ...now, stored: now.stored + 1 });
}
