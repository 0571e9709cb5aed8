import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { AgentWorker, callOn } from '../../../fixtures/agent-wallet.ts';
import type { AgentKey } from '../../../fixtures/agent-wallet.ts';
import { forkWith } from '../../../fixtures/licensed-wallet.ts';
import { emptyMachine } from '../../../fixtures/spending-wallet.ts';
import type { Machine } from '../../../fixtures/vault/machine.ts';
import { STAGE_LIMITS } from '../../../../lib/wallet/agents/stages.ts';

let prepared: Machine;
let key: AgentKey;
let machine: Machine;

beforeAll(async () => {
  prepared = await emptyMachine();
  key = await (await AgentWorker.on(prepared)).pairs();
});

beforeEach(async () => {
  machine = await forkWith(prepared);
});

/** A worker whose stages are over before they began, from the first of these on and for so many. */
const impatient = (first: number, many: number): Promise<AgentWorker> => {
  let stage = -1;
  return AgentWorker.with({
    ...{ backend: machine.backend, local: machine.local, session: machine.session, clock: machine.clock.read },
    after: (milliseconds, callback) => {
      if (!(Object.values(STAGE_LIMITS) as number[]).includes(milliseconds)) return () => undefined;
      stage += 1;
      if (stage >= first && stage < first + many) callback();
      return () => undefined;
    },
  });
};

const STAGES = Object.keys(STAGE_LIMITS);

describe('a stage that is late', () => {
  test.each(STAGES.map((name, at) => [name, at] as const))('denies, and nothing comes of it: %s', async (_, at) => {
    const wallet = await impatient(at, 1);
    const answer = await callOn(await wallet.welcomed(key), 'store_data', { label: 'Pet', tier: 1, value: 'x' });
    expect(answer).toMatchObject({ status: 'denied' });
    expect(answer.receipt).toBeDefined();
    await wallet.services.keeper.open();
    expect((await wallet.route('attributes.list', {})).attributes).toEqual([]);
    expect((await wallet.log())[0]).toMatchObject({ kind: 'agent.store_data', decision: 'DENY', subject: key.id });
  });

  test('denies where that cannot be logged either', async () => {
    const wallet = await impatient(2, 2);
    const answer = await callOn(await wallet.welcomed(key), 'store_data', { label: 'Pet', tier: 1, value: 'x' });
    expect(answer).toEqual({ status: 'denied', message: 'Signet took too long, and stopped. Nothing was released.' });
    expect((await wallet.route('attributes.list', {})).attributes).toEqual([]);
  });

  test('is in time where it is in time', async () => {
    const wallet = await impatient(99, 1);
    const answer = await callOn(await wallet.welcomed(key), 'store_data', { label: 'Pet', tier: 1, value: 'x' });
    expect(answer).toMatchObject({ status: 'done' });
  });
});
