import { spawn } from 'node:child_process';
import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { mcpServerFactory } from '../../../host/agents/mcp-server.ts';
import { WalletFailure } from '../../../host/agents/wallet-failure.ts';
import { McpOverHttp } from '../../fixtures/agents/mcp-over-http.ts';

/** One thing that the official suite looks at. */
interface Check {
  readonly scenario: string;
  readonly id: string;
  readonly status: string;
  readonly errorMessage?: string;
}

/**
 * What the suite asks for and this server does not have. A failed check counts as an exception only when it says so in
 * these words: anything else that fails is a fault.
 */
const EXCEPTIONS: readonly (readonly [why: string, says: RegExp, scenarios: RegExp])[] = [
  [
    'tools of the example server that the suite is written for: ours has seven others',
    /^(Failed: |JSON-RPC error: )?(MCP error -32602: )?Tool '?(test_\w+|json_schema_2020_12_tool)'? not found/,
    /^(tools-call-|elicitation-|json-schema|input-required-)/,
  ],
  [
    'likewise: what only such a tool would show',
    /^(Not testable: server does not list the diagnostic tool|Expected InputRequiredResult|Prerequisite failed: could not get initial)/,
    /^(server-stateless|input-required-)/,
  ],
  [
    'headers that a tool’s schema asks a gateway to copy: over stdio there is none, so no schema of ours has them',
    /^Not testable: server exposes no tool with x-mcp-header/,
    /^http-custom-header-server-validation/,
  ],
  [
    'prompts, resources, completions and logging: this server has tools alone',
    /(MCP error -32601: )?Method not found/,
    /^(prompts-|resources-|completion-|logging-|caching|tools-call-with-logging|input-required-result-non-tool)/,
  ],
  ['tasks, an extension: what waits for the person is told by check_status', /./, /^tasks-/],
];

let server: McpOverHttp;
let folder: string;
let checks: readonly Check[];

beforeAll(async () => {
  const away = { call: () => Promise.reject(WalletFailure.of('no_browser')) };
  server = await McpOverHttp.start(mcpServerFactory(away, '0.1.0'));
  folder = await mkdtemp(join(tmpdir(), 'signet-conformance-'));
  await runSuite(server.url, folder);
  checks = await readChecks(folder);
}, 120_000);

afterAll(async () => {
  await server.stop();
  await rm(folder, { recursive: true, force: true });
});

async function runSuite(url: string, out: string): Promise<void> {
  const manifest = createRequire(import.meta.url).resolve('@modelcontextprotocol/conformance/package.json');
  const cli = join(dirname(manifest), 'dist/index.js');
  const child = spawn(process.execPath, [cli, 'server', '--url', url, '--suite', 'all', '-o', out], {
    stdio: 'ignore',
  });
  await new Promise((resolve) => child.once('close', resolve));
}

async function readChecks(out: string): Promise<readonly Check[]> {
  const folders = await readdir(out);
  const all = await Promise.all(
    folders.map(async (name) => {
      const scenario = name.replace(/^server-/, '').replace(/-\d{4}-\d\d-\d\dT.*$/, '');
      const read = JSON.parse(await readFile(join(out, name, 'checks.json'), 'utf8')) as readonly Omit<
        Check,
        'scenario'
      >[];
      return read.map((check) => ({ ...check, scenario }));
    }),
  );
  return all.flat();
}

const isExcepted = ({ scenario, errorMessage = '' }: Check): boolean =>
  EXCEPTIONS.some(([, says, scenarios]) => says.test(errorMessage) && scenarios.test(scenario));

describe('the server scenarios of the official conformance suite', () => {
  test('all ran', () => {
    expect(new Set(checks.map(({ scenario }) => scenario)).size).toBeGreaterThanOrEqual(60);
  });

  test('fail nowhere but where the server has not what is asked for', () => {
    const failed = checks.filter(({ status }) => status === 'FAILURE');
    expect(failed.filter((check) => !isExcepted(check))).toEqual([]);
  });

  test.each(EXCEPTIONS)('need the exception of %s', (_, says, scenarios) => {
    const excepted = checks.filter(
      ({ status, scenario, errorMessage = '' }) =>
        status === 'FAILURE' && says.test(errorMessage) && scenarios.test(scenario),
    );
    expect(excepted.length).toBeGreaterThan(0);
  });

  test.each([
    ['server-initialize', 2],
    ['ping', 2],
    ['tools-list', 3],
    ['server-stateless', 24],
    ['http-header-validation', 14],
    ['dns-rebinding-protection', 2],
    ['caching', 4],
    ['input-required-result-unsupported-methods', 2],
  ])('pass in %s, %i checks at least', (scenario, least) => {
    const passed = checks.filter((check) => check.scenario === scenario && check.status === 'SUCCESS');
    expect(passed.length).toBeGreaterThanOrEqual(least);
  });

  test('find every message that was sent as the protocol’s schema has it', () => {
    const schema = checks.filter(({ id }) => id === 'wire-schema-valid');
    expect(schema.length).toBeGreaterThan(30);
    expect(schema.filter(({ status }) => status !== 'SUCCESS')).toEqual([]);
  });
});
