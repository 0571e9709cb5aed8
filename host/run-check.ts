import { spawn } from 'node:child_process';
import { constants, accessSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { ToolCall } from '../lib/tool-policy/index.ts';
import type { CheckResult, Pending } from '../lib/tool-policy/index.ts';
import { isCheckName } from '../lib/tool-policy/index.ts';

const MAX_STDERR = 2000;

/**
 * Runs the check that a rule hangs on, with the call as JSON on its standard input. Whatever keeps it from ending with 0 in
 * its time is a failure; all that it started ends with it.
 */
export async function runCheck(folder: string, { ensure }: Pending, call: ToolCall): Promise<CheckResult> {
  if (!isCheckName(ensure.check)) return { outcome: 'failed', stderr: 'This is no name of a check.' };
  const file = join(folder, ensure.check);
  const found = lookUp(file);
  return found ?? spawnCheck(file, ensure.timeout * 1000, JSON.stringify(call));
}

/** @returns undefined when it can be run */
function lookUp(file: string): CheckResult | undefined {
  try {
    if (!statSync(file).isFile()) return { outcome: 'failed', stderr: 'The check is no file.' };
    accessSync(file, constants.X_OK);
    return undefined;
  } catch (error) {
    const isMissing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    return isMissing ? { outcome: 'missing' } : { outcome: 'failed', stderr: 'The check may not be run.' };
  }
}

function spawnCheck(file: string, limit: number, input: string): Promise<CheckResult> {
  const child = spawn(file, [], { stdio: ['pipe', 'ignore', 'pipe'], detached: true });
  let stderr = '';
  let isLate = false;
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => (stderr = (stderr + chunk).slice(0, MAX_STDERR)));
  child.stdin.on('error', () => undefined); // a check need not read what it is told
  child.stdin.end(input);
  return new Promise((resolve) => {
    const timer = setTimeout(() => {
      isLate = true;
      endGroup(child.pid);
      resolve({ outcome: 'timed_out' });
    }, limit);
    child.once('error', (error) => {
      clearTimeout(timer);
      resolve({ outcome: 'failed', stderr: error.message });
    });
    child.once('exit', (code) => {
      clearTimeout(timer);
      if (isLate) return;
      endGroup(child.pid);
      child.stderr.destroy();
      resolve(code === 0 ? { outcome: 'passed' } : { outcome: 'failed', stderr });
    });
  });
}

/** The check and what it started. */
function endGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // All of them have ended already.
  }
}
