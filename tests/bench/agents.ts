import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, readdir, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ed25519 } from '@noble/curves/ed25519.js';
import { writeAgentKey } from '../../host/agents/agent-key.ts';
import { SecretBytes, toBase64url } from '../../lib/core/index.ts';
import { AgentClient } from '../fixtures/agents/agent-client.ts';
import { EXTENSION, PlayedBrowser } from '../fixtures/agents/played-browser.ts';
import { PlayedWallet } from '../fixtures/agents/played-wallet.ts';
import { BuiltCommand } from '../fixtures/built-command.ts';
import { CHAIN_MS, timeChain } from './agent-chain.ts';
import type { Row, Suite } from './row.ts';
import { percentile, toRow } from './row.ts';

const STARTS = 20;
/** The native host lets a program say two hundred things at once; beyond them it would be its pace that is measured. */
const CALLS = 150;
const WARM = 40;
const START_MS = 400;
const BUNDLE_BYTES = 600_000;

/** What agents cost: the start of the bridge, a call through it alone and to the wallet, and what is installed. */
export const agents: Suite = {
  name: 'agents',
  async run() {
    const command = await BuiltCommand.build();
    try {
      return [
        ...(await weigh(command)),
        await timeStarts(command),
        ...(await timeCalls(command)),
        ...(await timeChain()),
      ];
    } finally {
      await command.remove();
    }
  },
};

async function weigh({ file }: BuiltCommand): Promise<readonly Row[]> {
  const folder = dirname(file);
  const [all, loaded] = [await readdir(folder), await loadedBy(folder, ['signet.js', 'signet-bridge.js'])];
  const row = (name: string, bytes: number, target: object): Row =>
    toRow({ suite: 'agents', name, unit: 'bytes', samples: [bytes], ...target });
  return [
    row('what serving an agent loads', await sizeOf(folder, loaded), { target: BUNDLE_BYTES }),
    row('the command, all of its files', await sizeOf(folder, all), {}),
  ];
}

async function sizeOf(folder: string, names: readonly string[]): Promise<number> {
  const sizes = await Promise.all(names.map(async (name) => (await stat(join(folder, name))).size));
  return sizes.reduce((sum, size) => sum + size, 0);
}

/** Files, and all that they load as they start. */
async function loadedBy(folder: string, names: readonly string[]): Promise<readonly string[]> {
  const texts = await Promise.all(names.map((name) => readFile(join(folder, name), 'utf8')));
  const next = texts.flatMap((text) =>
    [...text.matchAll(/=require\("\.\/([\w-]+\.js)"\)/g)].map(([, name = '']) => name),
  );
  const all = [...new Set([...names, ...next])];
  return all.length === names.length ? all : loadedBy(folder, all);
}

/** One process after the other, ours and one of Node that does nothing, in turns. */
async function timeStarts(command: BuiltCommand): Promise<Row> {
  const home = await mkdtemp(join(command.folder, 'home-'));
  const empty = join(command.folder, 'empty.mjs');
  await writeFile(empty, '');
  const [samples, baseline]: [number[], number[]] = [[], []];
  for (let turn = 0; turn < STARTS; turn++) {
    samples.push(await timeStart(command.file, home));
    const start = performance.now();
    spawnSync(process.execPath, [empty]);
    baseline.push(performance.now() - start);
  }
  const name = 'bridge start to its first answer, against an empty process of Node';
  return toRow({ suite: 'agents', name, unit: 'ms', samples, baseline, target: START_MS });
}

async function timeStart(file: string, home: string): Promise<number> {
  const hello = {
    jsonrpc: '2.0',
    id: 1,
    method: 'initialize',
    params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'bench', version: '1' } },
  };
  const start = performance.now();
  const child = spawn(process.execPath, [file, 'serve'], { env: { ...process.env, SIGNET_DIR: home } });
  child.stdin.write(`${JSON.stringify(hello)}\n`);
  await once(child.stdout, 'data');
  const time = performance.now() - start;
  child.stdin.end();
  await once(child, 'close');
  return time;
}

async function timeCalls(command: BuiltCommand): Promise<readonly Row[]> {
  const home = await mkdtemp(join(command.folder, 'home-'));
  const browser = new PlayedBrowser({ file: command.file, home });
  const wallet = new PlayedWallet(browser);
  await browser.install();
  wallet.known.add(pairInto(home, browser));
  const server = { command: process.execPath, args: [command.file, 'serve'], env: { SIGNET_DIR: home } };
  const client = await AgentClient.start(server, 'modern');
  try {
    const samples: number[] = [];
    for (let turn = -WARM; turn < CALLS; turn++) {
      const time = await timeCall(client);
      if (turn >= 0) samples.push(time);
    }
    const of = (name: string, percent: number, target: number): Row =>
      toRow({ suite: 'agents', name, unit: 'ms', samples: [percentile(samples, percent)], target });
    return [
      of('tool call through the bridge, wallet that answers at once: p50', 50, CHAIN_MS.p50),
      of('tool call through the bridge, wallet that answers at once: p95', 95, CHAIN_MS.p95),
    ];
  } finally {
    await client.close();
    await browser.close();
  }
}

async function timeCall(client: AgentClient): Promise<number> {
  const start = performance.now();
  const { isError } = await client.call('query', { query: 'at_least("Monthly income", 3000)' });
  const time = performance.now() - start;
  if (isError) throw new Error('The call was not answered.');
  return time;
}

/** @returns the public key of an agent that is paired in a folder */
function pairInto(home: string, { installation, socket }: PlayedBrowser): string {
  const seed = SecretBytes.take(crypto.getRandomValues(new Uint8Array(32)));
  const publicKey = toBase64url(ed25519.getPublicKey(seed.expose()));
  writeAgentKey(join(home, 'agents'), 'default', { publicKey, seed, extension: EXTENSION, installation, socket });
  return publicKey;
}
