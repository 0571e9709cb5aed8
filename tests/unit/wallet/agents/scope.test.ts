import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import type { ToolAnswer, ToolName } from '../../../../lib/agents/index.ts';
import type { Json } from '../../../../lib/core/index.ts';
import type { AgentLimitsView } from '../../../../lib/messaging/contract.ts';
import { AgentWorker, callOn } from '../../../fixtures/agent-wallet.ts';
import { SHOP, licensedMachine } from '../../../fixtures/licensed-wallet.ts';
import type { Machine } from '../../../fixtures/vault/machine.ts';

/** Each run pairs an agent, and Signet keeps only so many. */
const RUNS = Math.min(100, Number(process.env['SIGNET_RUNS'] ?? 30));
const NONCE = 'MDEyMzQ1Njc4OWFiY2RlZg';

let machine: Machine;
let wallet: AgentWorker;

beforeAll(async () => {
  machine = await licensedMachine(200);
  wallet = await AgentWorker.on(machine);
  await wallet.keep('Town', 'Port Example');
  await wallet.keep('Income', '4711', 'number');
  await wallet.keep('Nickname', 'Countess', 'text', 1);
});

/** Something that an agent may try, and what it takes to get it without the person. */
interface Attempt {
  readonly tool: ToolName;
  readonly args: Json;
  readonly tier: 1 | 2 | 3;
  /** By name; undefined: every agent that has the tier. */
  readonly claim?: string;
  /** What it costs, in US cents. */
  readonly costs?: number;
}

const query = (text: string, claim: string, tier: 1 | 2): Attempt => ({
  tool: 'query',
  args: { query: text },
  claim,
  tier,
});
const proof = (claim: string): Attempt => ({
  tool: 'get_proof',
  args: {
    predicates: [{ attribute: claim, operator: 'eq', value: true }],
    ...{ proof_type: 'any', domain: SHOP, nonce: NONCE },
  },
  ...{ claim, tier: 1 },
});
const spend = (dollars: number): Attempt => ({
  tool: 'request_capability',
  args: {
    ...{ capability_type: 'purchase', domain: SHOP, purpose: 'x' },
    constraints: { max_amount: dollars, currency: 'USD' },
  },
  ...{ tier: 1, costs: dollars * 100 },
});

const attempts = fc.constantFrom<Attempt>(
  query('at_least("Income", 1000)', 'income', 2),
  query('at_most("Income", 9000)', 'income', 2),
  query('equals("Town", "Ulm")', 'town', 2),
  query('equals("Nickname", "Countess")', 'nickname', 1),
  proof('age_over_18'),
  proof('age_over_65'),
  { ...proof('given_name'), claim: 'never' },
  spend(10),
  spend(60),
  { tool: 'list_data', args: { tier: 3 }, tier: 3 },
  { tool: 'store_data', args: { label: 'Income', tier: 2, value: '1' }, tier: 2, claim: 'never' },
);

const limits: fc.Arbitrary<AgentLimitsView> = fc.record({
  tiers: fc.subarray([1, 2, 3] as const),
  claims: fc.subarray(['income', 'town', 'nickname', 'age_over_18', 'age_over_65']),
  budget: fc.constantFrom([], [{ currency: 'USD', per: 'day', amount: '50' } as const]),
});

async function outcome(call: Promise<ToolAnswer>): Promise<ToolAnswer['status'] | 'failed'> {
  return call.then(
    ({ status }) => status,
    () => 'failed',
  );
}

test('no call of an agent gets, without the person, what its limits do not give it', async () => {
  const property = fc.asyncProperty(
    limits,
    fc.array(attempts, { minLength: 1, maxLength: 6 }),
    async (given, tried) => {
      machine.clock.now += 60_000;
      await wallet.route('wallet.touch', {});
      const key = await wallet.pairs(given);
      const program = await wallet.welcomed(key);
      let spent = 0;
      for (const { tool, args, tier, claim, costs } of tried) {
        if ((await outcome(callOn(program, tool, args))) !== 'done') continue;
        const text = JSON.stringify(program.frames.at(-1));
        const isUnknown = text.includes('unknown');
        expect(isUnknown || given.tiers.includes(tier)).toBe(true);
        if (claim !== undefined) expect(isUnknown || given.claims.includes(claim)).toBe(true);
        spent += costs ?? 0;
      }
      const budget = given.budget.length === 0 ? 0 : 5_000;
      expect(spent).toBeLessThanOrEqual(budget);
      await wallet.route('agents.revoke', { id: key.id });
      program.leave();
    },
  );
  await fc.assert(property, { numRuns: RUNS });
});
