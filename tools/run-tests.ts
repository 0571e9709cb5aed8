/**
 * `npm test`: lint beside types, build and format; then unit; then a share of the tests of the built command and one of
 * those in the browser, so that all of it takes ten minutes on two slow cores. At the end how long each took, what failed
 * and why in a line each, and a line that counts the tests. `npm run command` and `npm run e2e` are all of theirs.
 * `--long`: the property tests with many more runs, and all of the others with processes and the worker killed many more
 * times and a database of many more rows.
 * What is drawn comes from a seed that is printed; `SIGNET_SEED` repeats one.
 */
import { spawn } from 'node:child_process';
import { glob, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { stripVTControlCharacters } from 'node:util';
import type { Share } from './share.ts';
import { TIMES, drawShare } from './share.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
/**
 * Cases of each property, deaths of the worker in each test of them (a death costs seconds, a case none), and rows of a
 * large database.
 */
const LONG = { SIGNET_RUNS: '2000', SIGNET_KILLS: '50', SIGNET_ROWS: '100000' } as const;

interface Result {
  readonly passed: number;
  readonly failed: number;
  /** What failed, each with the first line of why. */
  readonly failures: readonly string[];
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

/** Steps one after the other. */
type Lane = readonly Step[];
/** Lanes side by side. Stages come one after the other. */
type Stage = readonly Lane[];

const LINT: Step = { name: 'lint', commands: [[BIN.eslint, '.']] };
const FORMAT: Step = { name: 'format', commands: [[BIN.prettier, '--check', '--log-level', 'warn', '.']] };
const TYPES: Step = { name: 'types', commands: [[BIN.tsc, '--noEmit']] };
const BUILD: Step = { name: 'build', commands: [[BIN.wxt, 'build']] };
const UNIT: Step = { name: 'unit', commands: [[BIN.vitest, 'run', ...WITHOUT_BROWSER]] };
/** @param files those to run; none are all */
const ofCommand = (files: readonly string[]): Step => ({
  name: 'command',
  commands: [[BIN.vitest, 'run', '--project', 'command', '--testTimeout', '1800000', ...files]],
});
/** @param files those to run; none are all */
const inBrowser = (files: readonly string[]): Step => ({
  name: 'e2e',
  needs: 'build',
  commands: [[BIN.vitest, 'run', '--project', 'e2e', ...files]],
});

/** Each test run takes all the cores there are; what comes before takes one a lane. */
const tenMinutes = (files: {
  readonly command: readonly string[];
  readonly browser: readonly string[];
}): readonly Stage[] => [
  [[LINT], [TYPES, BUILD, FORMAT]],
  [[UNIT]],
  [[ofCommand(files.command)]],
  [[inBrowser(files.browser)]],
];

const MANY_RUNS: readonly Stage[] = [
  [[{ name: 'properties', commands: [[BIN.vitest, 'run', ...WITHOUT_BROWSER, '--testTimeout', '1800000']] }]],
  [[BUILD]],
  [[ofCommand([])]],
  [[inBrowser([])]],
];

/** Of the ten minutes, in seconds. */
const COMMAND_SECONDS = 40;
const BROWSER_SECONDS = 90;

const seed = process.env['SIGNET_SEED'] ?? newSeed();
const env: NodeJS.ProcessEnv = { ...process.env, SIGNET_SEED: seed };
process.exitCode = process.argv.includes('--long') ? await runLong() : await runShare();

async function runLong(): Promise<number> {
  for (const [name, value] of Object.entries({ ...LONG, SIGNET_SEED: seed })) {
    env[name] ??= value;
    console.log(`${name}=${env[name]}`);
  }
  return runStages(MANY_RUNS);
}

async function runShare(): Promise<number> {
  const command = await shareOf('tests/interop/command/*.test.ts', COMMAND_SECONDS);
  const browser = await shareOf('tests/{e2e,interop/browser}/**/*.test.ts', BROWSER_SECONDS);
  console.log(
    `Of the built command ${command.files.length} of ${command.of} files, in the browser ${browser.files.length}`,
  );
  console.log(`of ${browser.of}, drawn by SIGNET_SEED=${seed}; npm run command and npm run e2e are all.`);
  return runStages(tenMinutes({ command: command.files, browser: browser.files }));
}

async function shareOf(pattern: string, seconds: number): Promise<Share> {
  const found: string[] = [];
  for await (const file of glob(pattern, { cwd: ROOT })) found.push(file);
  const times = JSON.parse(await readFile(join(ROOT, TIMES), 'utf8')) as Readonly<Record<string, number>>; // ours
  return drawShare(found.sort(), times, { seed, seconds });
}

function newSeed(): string {
  return String(crypto.getRandomValues(new Int32Array(1))[0]);
}

async function runStages(stages: readonly Stage[]): Promise<number> {
  const results = new Map<string, Result>();
  const times: string[] = [];
  for (const lanes of stages) {
    await Promise.all(lanes.map((lane) => runLane(lane, results, times, lanes.length > 1)));
  }
  console.log(`\n${times.join(', ')}`);
  return conclude(results);
}

/** @param isBeside whether other lanes run at the same time: then a step says what it has to say when it is over */
async function runLane(lane: Lane, results: Map<string, Result>, times: string[], isBeside: boolean): Promise<void> {
  for (const step of lane) {
    if (step.needs !== undefined && results.get(step.needs)?.failed !== 0) {
      console.log(`\n${step.name}: left out, because ${step.needs} failed`);
      continue;
    }
    const started = performance.now();
    const said: Uint8Array[] = [];
    if (!isBeside) console.log(`\n${step.name}`);
    results.set(step.name, await runStep(step, isBeside ? said : undefined));
    if (isBeside) process.stdout.write(Buffer.concat([Buffer.from(`\n${step.name}\n`), ...said]));
    times.push(`${step.name} ${Math.round((performance.now() - started) / 1000)} s`);
  }
}

/** The end of what is printed is all that many look at: it says what failed and why. */
function conclude(results: ReadonlyMap<string, Result>): number {
  const failed = [...results].filter(([, result]) => result.failed > 0);
  if (failed.length > 0) console.log(`\nFailed: ${failed.map(([name]) => name).join(', ')}`);
  for (const [, { failures }] of failed) for (const failure of failures) console.log(failure);
  const total = sum([...results.values()]);
  console.log(`${total.passed} passed, ${total.failed} failed`);
  return total.failed === 0 ? 0 : 1;
}

async function runStep(step: Step, said?: Uint8Array[]): Promise<Result> {
  const results: Result[] = [];
  for (const [script, ...args] of step.commands) {
    results.push(await (script === BIN.vitest ? runVitest(args, said) : runPlain(script, args, said)));
  }
  return sum(results);
}

/** A command that is no test counts only when it fails. */
async function runPlain(script: string, args: readonly string[], said?: Uint8Array[]): Promise<Result> {
  const code = await run(script, args, said);
  if (code === 0) return sum([]);
  return {
    passed: 0,
    failed: 1,
    failures: [describeFailure(`${basename(script)} ${args.join(' ')}`, `ended with ${code}`)],
  };
}

async function runVitest(args: readonly string[], said?: Uint8Array[]): Promise<Result> {
  const folder = await mkdtemp(join(tmpdir(), 'signet-tests-'));
  const file = join(folder, 'report.json');
  try {
    const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${file}`];
    const code = await run(BIN.vitest, [...args, ...reporters], said);
    const report = await readReport(file);
    if (code === 0) return report;
    // A file that does not even load, or an error outside of every test, must not look like a pass.
    const failures = report.failures.length > 0 ? report.failures : [describeFailure('vitest', `ended with ${code}`)];
    return { ...report, failed: Math.max(report.failed, 1), failures };
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** What is read here of the JSON that Vitest writes in the shape that Jest's had. */
interface Report {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly testResults: readonly {
    readonly name: string;
    readonly status: string;
    /** Why the file failed, when no test of it did. */
    readonly message: string;
    readonly assertionResults: readonly {
      readonly fullName: string;
      readonly status: string;
      readonly failureMessages: readonly string[] | null;
    }[];
  }[];
}

async function readReport(file: string): Promise<Result> {
  const text = await readFile(file, 'utf8').catch(() => undefined);
  if (text === undefined) return { passed: 0, failed: 1, failures: ['  Vitest ended without a report.'] };
  const report = JSON.parse(text) as Report;
  const failures = report.testResults.flatMap(({ name, status, message, assertionResults }) => {
    const path = relative(ROOT, name);
    const failed = assertionResults.filter((test) => test.status === 'failed');
    if (status === 'failed' && failed.length === 0) return [describeFailure(path, message)];
    return failed.map((test) => describeFailure(`${path}: ${test.fullName}`, test.failureMessages?.[0] ?? ''));
  });
  return { passed: report.numPassedTests, failed: report.numFailedTests, failures };
}

function describeFailure(what: string, why: string): string {
  const [first = ''] = stripVTControlCharacters(why).trim().split('\n');
  return `  ${what}\n    ${first}`;
}

/** @param said takes what the command prints; without it, that is printed as it comes */
function run(script: string, args: readonly string[], said?: Uint8Array[]): Promise<number> {
  const output = said === undefined ? 'inherit' : 'pipe';
  const child = spawn(process.execPath, [script, ...args], { cwd: ROOT, env, stdio: ['inherit', output, output] });
  child.stdout?.on('data', (text: Uint8Array) => said?.push(text));
  child.stderr?.on('data', (text: Uint8Array) => said?.push(text));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve(code ?? 1));
  });
}

function sum(results: readonly Result[]): Result {
  return {
    passed: results.reduce((total, { passed }) => total + passed, 0),
    failed: results.reduce((total, { failed }) => total + failed, 0),
    failures: results.flatMap(({ failures }) => failures),
  };
}
