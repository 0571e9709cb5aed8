import type { AgentClient } from '../fixtures/agents/agent-client.ts';
import { AgentChain } from '../e2e/agent-chain.ts';
import { askWallet, createVault } from '../e2e/setup/wallet.ts';
import type { Row } from './row.ts';
import { percentile, toRow } from './row.ts';

/** What a tool call may take from the client to the wallet and back, in milliseconds. */
export const CHAIN_MS = { p50: 10, p95: 30 } as const;

/** A connection may say 240 things a minute. */
const [WARM, CALLS] = [20, 200];

/**
 * A conclusion from the vault in a real browser, with its entry in the log: from the official client through the installed
 * command and back. As the floor: a call for an agent that was never paired, which the command answers by itself.
 */
export async function timeChain(): Promise<readonly Row[]> {
  await using chain = await AgentChain.build();
  await chain.install('profile');
  const { app } = await chain.browse('profile');
  await createVault(app);
  await askWallet(app, 'attributes.save', { label: 'Monthly income', type: 'number', value: '4711', tier: 2 });
  const { server } = await chain.pair(app, { tiers: [1, 2], claims: ['Monthly income'], budget: [] });
  await app.goto('about:blank'); // whoever uses an agent looks at something else
  const client = await chain.connect(server, 'modern');
  const unpaired = await chain.connect({ ...server, args: [...server.args, '--agent', 'nobody'] }, 'modern');
  const samples: number[] = [];
  const baseline: number[] = [];
  for (let turn = -WARM; turn < CALLS; turn++) {
    const [time, floor] = [await timeCall(client, false), await timeCall(unpaired, true)];
    if (turn < 0) continue;
    samples.push(time);
    baseline.push(floor);
  }
  const of = (percent: 50 | 95): Row =>
    toRow({
      ...{ suite: 'agents', unit: 'ms', target: percent === 50 ? CHAIN_MS.p50 : CHAIN_MS.p95 },
      name: `tool call through the whole chain, against one that the command answers: p${String(percent)}`,
      samples: [percentile(samples, percent)],
      baseline: [percentile(baseline, percent)],
    });
  return [of(50), of(95)];
}

async function timeCall(client: AgentClient, fails: boolean): Promise<number> {
  const start = performance.now();
  const { isError, text } = await client.call('query', { query: 'at_least("Monthly income", 3000)' });
  const time = performance.now() - start;
  if (isError !== fails) throw new Error(text);
  return time;
}
