/**
 * `npm test`: lint, types, unit, build, e2e, one after the other, and one line at the end that counts the tests.
 * `--long`: the property tests with many more runs, and the worker killed many more times in the browser, from a seed
 * that is printed (`SIGNET_SEED` repeats one).
 */
import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
/** Cases of each property, and deaths of the worker in each test of them: a death costs seconds, a case none. */
const LONG = { SIGNET_RUNS: '2000', SIGNET_KILLS: '50' } as const;

interface Count {
  readonly passed: number;
  readonly failed: number;
}

interface Step {
  readonly name: string;
  /** A step that leans on this one is left out when this one failed. */
  readonly needs?: string;
  readonly commands: readonly (readonly [script: string, ...args: string[]])[];
}

const BIN = {
  eslint: 'node_modules/eslint/bin/eslint.js',
  prettier: 'node_modules/prettier/bin/prettier.cjs',
  tsc: 'node_modules/typescript/bin/tsc',
  vitest: 'node_modules/vitest/vitest.mjs',
  wxt: 'node_modules/wxt/bin/wxt.mjs',
} as const;

const WITHOUT_BROWSER = ['--project', 'unit', '--project', 'conformance', '--project', 'interop'];

const EVERYTHING: readonly Step[] = [
  {
    name: 'lint',
    commands: [
      [BIN.eslint, '.'],
      [BIN.prettier, '--check', '--log-level', 'warn', '.'],
    ],
  },
  { name: 'types', commands: [[BIN.tsc, '--noEmit']] },
  { name: 'unit', commands: [[BIN.vitest, 'run', ...WITHOUT_BROWSER]] },
  { name: 'build', commands: [[BIN.wxt, 'build']] },
  { name: 'e2e', needs: 'build', commands: [[BIN.vitest, 'run', '--project', 'e2e']] },
];

const DEATHS = ['tests/e2e/vault-death.test.ts', 'tests/e2e/worker-death.test.ts'];

const MANY_RUNS: readonly Step[] = [
  { name: 'properties', commands: [[BIN.vitest, 'run', ...WITHOUT_BROWSER, '--testTimeout', '1800000']] },
  { name: 'build', commands: [[BIN.wxt, 'build']] },
  { name: 'deaths', needs: 'build', commands: [[BIN.vitest, 'run', '--project', 'e2e', ...DEATHS]] },
];

const long = process.argv.includes('--long');
const env = long ? { ...LONG, SIGNET_SEED: newSeed(), ...process.env } : process.env;
if (long) {
  for (const name of ['SIGNET_RUNS', 'SIGNET_KILLS', 'SIGNET_SEED'] as const) console.log(`${name}=${env[name]}`);
}
process.exitCode = await runSteps(long ? MANY_RUNS : EVERYTHING);

function newSeed(): string {
  return String(crypto.getRandomValues(new Int32Array(1))[0]);
}

async function runSteps(steps: readonly Step[]): Promise<number> {
  let total: Count = { passed: 0, failed: 0 };
  const failed: string[] = [];
  for (const step of steps) {
    if (step.needs !== undefined && failed.includes(step.needs)) {
      console.log(`\n${step.name}: left out, because ${step.needs} failed`);
      continue;
    }
    console.log(`\n${step.name}`);
    const count = await runStep(step);
    if (count.failed > 0) failed.push(step.name);
    total = sum(total, count);
  }
  if (failed.length > 0) console.log(`\nFailed: ${failed.join(', ')}`);
  console.log(`${total.passed} passed, ${total.failed} failed`);
  return total.failed === 0 ? 0 : 1;
}

async function runStep(step: Step): Promise<Count> {
  let total: Count = { passed: 0, failed: 0 };
  for (const [script, ...args] of step.commands) {
    total = sum(total, await (script === BIN.vitest ? runVitest(args) : runPlain(script, args)));
  }
  return total;
}

/** A command that is no test counts only when it fails. */
async function runPlain(script: string, args: readonly string[]): Promise<Count> {
  return { passed: 0, failed: (await run(script, args)) === 0 ? 0 : 1 };
}

async function runVitest(args: readonly string[]): Promise<Count> {
  const folder = await mkdtemp(join(tmpdir(), 'signet-tests-'));
  const file = join(folder, 'report.json');
  try {
    const code = await run(BIN.vitest, [...args, '--reporter=default', '--reporter=json', `--outputFile.json=${file}`]);
    const { passed, failed } = await readReport(file);
    // A file that does not even load has no failed test in it, and must not look like a pass.
    return { passed, failed: code === 0 ? failed : Math.max(failed, 1) };
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function readReport(file: string): Promise<Count> {
  const text = await readFile(file, 'utf8').catch(() => undefined);
  if (text === undefined) return { passed: 0, failed: 1 };
  // Vitest's JSON reporter writes the shape that Jest's did.
  const report = JSON.parse(text) as { readonly numPassedTests: number; readonly numFailedTests: number };
  return { passed: report.numPassedTests, failed: report.numFailedTests };
}

function run(script: string, args: readonly string[]): Promise<number> {
  const child = spawn(process.execPath, [script, ...args], { cwd: ROOT, env, stdio: 'inherit' });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve(code ?? 1));
  });
}

function sum(a: Count, b: Count): Count {
  return { passed: a.passed + b.passed, failed: a.failed + b.failed };
}
