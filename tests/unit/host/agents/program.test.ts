import { mkdtemp, rm } from 'node:fs/promises';
import type { Server } from 'node:net';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { Allowance } from '../../../../host/agents/allowance.ts';
import { encodeMessage } from '../../../../host/agents/message-stream.ts';
import { Program } from '../../../../host/agents/program.ts';
import type { Json } from '../../../../lib/core/index.ts';

describe('an allowance', () => {
  test('lets pass what may come at once, and then makes wait for as long as the rest takes', () => {
    const allowance = new Allowance({ burst: 10, perSecond: 5 }, 0);
    expect(allowance.take(10, 0)).toBe(0);
    expect(allowance.take(5, 0)).toBe(1000);
    expect(allowance.take(5, 1000)).toBe(1000);
  });

  test('is whole again after a while, and never more than that', () => {
    const allowance = new Allowance({ burst: 10, perSecond: 5 }, 0);
    allowance.take(10, 0);
    expect(allowance.take(10, 60_000)).toBe(0);
    expect(allowance.take(1, 60_000)).toBe(200);
  });
});

describe('a program’s connection', () => {
  let folder: string;
  let server: Server;
  let frames: Json[];
  let ended: number;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'signet-program-'));
    [frames, ended] = [[], 0];
    server = createServer((socket) => {
      new Program(socket, { frame: (frame) => frames.push(frame), ended: () => ended++ });
    });
    await new Promise<void>((resolve) => server.listen(join(folder, 's'), resolve));
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  });
  afterEach(async () => {
    vi.useRealTimers();
    server.close();
    await rm(folder, { recursive: true });
  });

  /** Until something is so, without the timers that are held. */
  async function until(isSo: () => boolean): Promise<void> {
    while (!isSo()) await new Promise((resolve) => setImmediate(resolve));
  }

  test('ends when a frame has begun and does not end in ten seconds', async () => {
    const socket = connect(join(folder, 's'));
    socket.write(encodeMessage('{}').subarray(0, 5));
    await until(() => vi.getTimerCount() === 1);
    vi.advanceTimersByTime(9999);
    expect(ended).toBe(0);
    vi.advanceTimersByTime(1);
    await until(() => ended === 1);
    socket.destroy();
  });

  test('stays for as long as it likes between frames', async () => {
    const socket = connect(join(folder, 's'));
    socket.write(encodeMessage('{}'));
    await until(() => frames.length === 1);
    expect(vi.getTimerCount()).toBe(0);
    socket.destroy();
    await until(() => ended === 1);
  });

  test('is not read while it has sent too many frames, and is read again then', async () => {
    const socket = connect(join(folder, 's'));
    socket.write(Buffer.concat(Array<Buffer>(300).fill(encodeMessage('1'))));
    await until(() => frames.length === 300 && vi.getTimerCount() === 1);
    socket.write(encodeMessage('2'));
    await until(() => socket.writableLength === 0);
    for (let turn = 0; turn < 50; turn++) await new Promise((resolve) => setImmediate(resolve));
    expect(frames).toHaveLength(300);
    vi.advanceTimersByTime(2000);
    await until(() => frames.length === 301);
    socket.destroy();
    await until(() => ended === 1);
  });
});
