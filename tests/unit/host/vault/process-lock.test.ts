import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test, vi } from 'vitest';
import { ProcessLock } from '../../../../host/vault/process-lock.ts';

const folder = mkdtempSync(join(tmpdir(), 'signet-lock-'));
const MODULE = new URL('../../../../host/vault/process-lock.ts', import.meta.url).href;

afterAll(() => rmSync(folder, { recursive: true, force: true }));

const freshFile = (): string => join(folder, crypto.randomUUID());

/** Another process that holds the lock until it is killed. */
async function holder(file: string) {
  const script = `import { ProcessLock } from ${JSON.stringify(MODULE)};
    globalThis.held = ProcessLock.acquire(${JSON.stringify(file)}, { wait: 0 });
    process.stdout.write('held');
    setInterval(() => undefined, 1000);`;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(child.stdout, 'data');
  return child;
}

describe('the lock over processes', () => {
  test('is free for the next once it is let go', () => {
    const file = freshFile();
    ProcessLock.acquire(file, { wait: 0 })[Symbol.dispose]();
    ProcessLock.acquire(file, { wait: 0 })[Symbol.dispose]();
  });

  test('is for one at a time: who waits is told, and gives up after their time', () => {
    const file = freshFile();
    const held = ProcessLock.acquire(file, { wait: 0 });
    const onWait = vi.fn();
    expect(() => ProcessLock.acquire(file, { wait: 50, onWait })).toThrow(/Another signet command is at work/);
    expect(onWait).toHaveBeenCalledTimes(1);
    expect(() => ProcessLock.acquire(file, { wait: 0 })).toThrow(/Another signet command is at work/);
    held[Symbol.dispose]();
    ProcessLock.acquire(file, { wait: 0 })[Symbol.dispose]();
  });

  test('of a process that is killed is free at once', async () => {
    const file = freshFile();
    const child = await holder(file);
    const ended = once(child, 'exit');
    try {
      expect(() => ProcessLock.acquire(file, { wait: 0 })).toThrow(/Another signet command is at work/);
    } finally {
      child.kill('SIGKILL');
    }
    await ended;
    ProcessLock.acquire(file, { wait: 0 })[Symbol.dispose]();
  });
});
