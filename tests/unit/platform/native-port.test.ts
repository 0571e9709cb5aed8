import { beforeEach, describe, expect, test } from 'vitest';
import { NativePort, TRY_AGAIN_AFTER } from '../../../lib/platform/native-port.ts';
import type { NativeChannel, NativePortOptions } from '../../../lib/platform/native-port.ts';

/** The browser's end of one channel. */
class Channel implements NativeChannel {
  readonly said: unknown[] = [];
  isClosed = false;
  message: (message: unknown) => void = () => undefined;
  ended: (why: string) => void = () => undefined;
  postMessage = (message: unknown): void => {
    if (this.isClosed) throw new Error('Attempting to use a disconnected port object');
    this.said.push(message);
  };
  disconnect = (): void => void (this.isClosed = true);
  onMessage = (listener: (message: unknown) => void): void => void (this.message = listener);
  onDisconnect = (listener: (why: string) => void): void => void (this.ended = listener);

  die(why: string): void {
    this.isClosed = true;
    this.ended(why);
  }
}

let channels: Channel[];
let timers: { readonly at: number; readonly ring: () => void; isOff: boolean }[];
/** Whether it was to be called again now and then. */
let tries: boolean[];
let got: unknown[];
let gone: number;
let port: NativePort;

const portWith = (changes: Partial<NativePortOptions> = {}) =>
  new NativePort({
    connect: () => {
      const channel = new Channel();
      channels.push(channel);
      return channel;
    },
    isGranted: () => Promise.resolve(true),
    after: (at, ring) => {
      const timer = { at, ring, isOff: false };
      timers.push(timer);
      return () => void (timer.isOff = true);
    },
    keepTrying: (isWanted) => {
      tries.push(isWanted);
      return Promise.resolve();
    },
    greeting: () => Promise.resolve('greeting'),
    onMessage: (message) => got.push(message),
    onGone: () => void (gone += 1),
    onState: () => undefined,
    ...changes,
  });

beforeEach(() => {
  [channels, timers, tries, got, gone] = [[], [], [], [], 0];
  port = portWith();
});

const waiting = () => timers.filter(({ isOff }) => !isOff);
const last = (): Channel => {
  const channel = channels.at(-1);
  if (channel === undefined) throw new Error('No channel was opened.');
  return channel;
};

/** The next timer rings, and what it begins has begun. */
async function ring(): Promise<number> {
  const [timer] = waiting();
  if (timer === undefined) throw new Error('Nothing waits.');
  timer.isOff = true;
  timer.ring();
  for (let i = 0; i < 5; i++) await Promise.resolve();
  return timer.at;
}

describe('a native port', () => {
  test('is wanted again now and then, whatever becomes of the worker, until it is wanted no more', async () => {
    await port.want(true);
    last().die('lost');
    await port.want(true);
    expect([tries, channels.length]).toEqual([[true, true], 2]);
    await port.want(false);
    expect(tries.at(-1)).toBe(false);
  });

  test('opens when it is wanted, once, and greets', async () => {
    expect(port.state).toBe('off');
    await port.want(true);
    await port.want(true);
    expect(channels).toHaveLength(1);
    expect(last().said).toEqual(['greeting']);
    expect(port.state).toBe('connecting');
    await ring();
    expect(port.state).toBe('connected');
  });

  test('carries messages both ways, and none of a channel that is gone', async () => {
    await port.want(true);
    const first = last();
    first.message('one');
    port.send('two');
    first.die('Native host has exited.');
    first.message('late');
    expect(got).toEqual(['one']);
    expect(first.said).toEqual(['greeting', 'two']);
  });

  test.each([
    ['Specified native messaging host not found.', 'no_host'],
    ['Access to the specified native messaging host is forbidden.', 'no_host'],
    ['Failed to start native messaging host.', 'no_host'],
    ['Native host has exited.', 'lost'],
    ['Error when communicating with the native messaging host.', 'lost'],
    ['', 'lost'],
  ])('says what the browser means by “%s”: %s', async (why, state) => {
    await port.want(true);
    last().die(why);
    expect(port.state).toBe(state);
    expect(gone).toBe(1);
  });

  test('tries again, later each time, and begins anew after it stood', async () => {
    await port.want(true);
    const waits: number[] = [];
    for (let i = 0; i < 7; i++) {
      last().die('Native host has exited.');
      waits.push(await ring());
    }
    expect(waits).toEqual([...TRY_AGAIN_AFTER, 60_000, 60_000]);
    await ring();
    expect(port.state).toBe('connected');
    last().die('Native host has exited.');
    expect(await ring()).toBe(TRY_AGAIN_AFTER[0]);
  });

  test('is not tried again when it is wanted no more, and tells nobody twice', async () => {
    await port.want(true);
    const first = last();
    await port.want(false);
    expect(first.isClosed).toBe(true);
    expect(gone).toBe(1);
    first.ended('');
    expect(gone).toBe(1);
    expect(waiting()).toEqual([]);
    expect(port.state).toBe('off');
  });

  test('that is dead before it says so loses nothing but the message', async () => {
    await port.want(true);
    last().isClosed = true;
    port.send('x');
    expect(gone).toBe(1);
    expect(await ring()).toBe(TRY_AGAIN_AFTER[0]);
    expect(channels).toHaveLength(2);
  });

  test('asks for nothing without the permission, and needs a new start where the API is not there yet', async () => {
    const without = portWith({ isGranted: () => Promise.resolve(false) });
    await without.want(true);
    expect([without.state, channels.length]).toEqual(['permission', 0]);
    const early = portWith({ connect: () => undefined });
    await early.want(true);
    expect(early.state).toBe('reload');
    without.send('x');
  });

  test('that nobody wants any more by the time it could open stays closed', async () => {
    const opening = port.want(true);
    await port.want(false);
    await opening;
    expect(channels).toEqual([]);
    expect(port.state).toBe('off');
  });
});
