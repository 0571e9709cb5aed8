import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import type { Reporter, TestModule } from 'vitest/node';
import { TIMES } from './share.ts';

/**
 * Writes down how many seconds each file took, with its browser's start: what `npm test` draws its shares by. Of files that
 * did not run what was written before stands.
 */
export default class FileSeconds implements Reporter {
  readonly #seconds = new Map<string, number>();

  onTestModuleEnd(module: TestModule): void {
    const { environmentSetupDuration, prepareDuration, collectDuration, setupDuration, duration } = module.diagnostic();
    const all = environmentSetupDuration + prepareDuration + collectDuration + setupDuration + duration;
    this.#seconds.set(module.relativeModuleId, Math.ceil(all / 1000));
  }

  async onTestRunEnd(): Promise<void> {
    const before = JSON.parse(await readFile(TIMES, 'utf8')) as Readonly<Record<string, number>>; // ours
    const known = Object.entries(before).filter(([file]) => existsSync(file));
    const sorted = [...new Map([...known, ...this.#seconds])].sort(([one], [other]) => (one < other ? -1 : 1));
    await writeFile(TIMES, `${JSON.stringify(Object.fromEntries(sorted), undefined, 2)}\n`);
  }
}
