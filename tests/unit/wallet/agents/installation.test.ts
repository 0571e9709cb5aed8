import { expect, test } from 'vitest';
import { SignetError } from '../../../../lib/core/index.ts';
import { MemoryKeyValue } from '../../../../lib/vault/index.ts';
import type { HostEvents, Services } from '../../../../lib/wallet/index.ts';
import { AgentDesk } from '../../../../lib/wallet/index.ts';

/** The worker's desk as it starts over this storage, and what it says first on its channels. */
function startedOver(local: MemoryKeyValue) {
  let greeting: HostEvents['greeting'] | undefined;
  const desk = new AgentDesk({
    ...{ extensionId: 'x', local, clock: () => 0, after: () => () => undefined },
    services: (): Promise<Services> => Promise.reject(new SignetError('internal', 'The vault was asked.')),
    openPort: (events) => {
      greeting = events.greeting;
      return { state: 'off', want: () => Promise.resolve(), send: () => undefined };
    },
    reload: () => undefined,
    resumed: () => Promise.resolve(),
    announce: () => undefined,
    onFailure: () => undefined,
  });
  if (greeting === undefined) throw new Error('No port was opened.');
  return { desk, greeting };
}

const greetingOver = (local: MemoryKeyValue): HostEvents['greeting'] => startedOver(local).greeting;

test('an installation has one name, also for channels that are opened at the same time, and keeps it', async () => {
  const local = new MemoryKeyValue();
  const greeting = greetingOver(local);
  const [first, second] = await Promise.all([greeting(), greeting()]);
  expect(second).toEqual(first);
  expect(await greetingOver(local)()).toEqual(first);
});

test('a worker that starts asks the vault whether it has agents only where it had some', async () => {
  const local = new MemoryKeyValue();
  await startedOver(local).desk.start();
  await local.set('agents.any', true);
  await expect(startedOver(local).desk.start()).rejects.toThrow('The vault was asked.');
});

test('two installations have two names', async () => {
  const [one, other] = [new MemoryKeyValue(), new MemoryKeyValue()];
  expect(await greetingOver(one)()).not.toEqual(await greetingOver(other)());
});
