import { expect, test } from 'vitest';
import { SignetError } from '../../../../lib/core/index.ts';
import { MemoryKeyValue } from '../../../../lib/vault/index.ts';
import type { HostEvents } from '../../../../lib/wallet/index.ts';
import { AgentDesk } from '../../../../lib/wallet/index.ts';

/** What a worker that starts over this storage says first on its channels. */
function greetingOver(local: MemoryKeyValue): HostEvents['greeting'] {
  let greeting: HostEvents['greeting'] | undefined;
  new AgentDesk({
    ...{ extensionId: 'x', local, clock: () => 0, after: () => () => undefined },
    services: () => Promise.reject(new SignetError('internal', 'Nobody asks the vault for this.')),
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
  return greeting;
}

test('an installation has one name, also for channels that are opened at the same time, and keeps it', async () => {
  const local = new MemoryKeyValue();
  const greeting = greetingOver(local);
  const [first, second] = await Promise.all([greeting(), greeting()]);
  expect(second).toEqual(first);
  expect(await greetingOver(local)()).toEqual(first);
});

test('two installations have two names', async () => {
  const [one, other] = [new MemoryKeyValue(), new MemoryKeyValue()];
  expect(await greetingOver(one)()).not.toEqual(await greetingOver(other)());
});
