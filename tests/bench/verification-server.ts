import type { ChildProcess } from 'node:child_process';
import { execFile, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { verify } from '../../lib/sdk/index.ts';
import { BuiltCommand } from '../fixtures/built-command.ts';
import type { Asking } from '../fixtures/verification/foreign-proofs.ts';
import { ForeignProofs, SHOP } from '../fixtures/verification/foreign-proofs.ts';
import { Serving } from '../fixtures/verification/serving.ts';
import { timeBatches } from './batches.ts';
import type { Row, Suite } from './row.ts';
import { toRow } from './row.ts';

/** Checks a second that one core has to do, and milliseconds that 99 of 100 may take at four fifths of what it did. */
const LEAST_PER_SECOND = 1500;
const MOST_MILLISECONDS = 20;
const SHARE = 0.8;

const WARM_UP = 1000;
const FULL = 8000;
const PARTIAL = 6000;
const CONNECTIONS = 16;
const MICROSECONDS = 1_000_000;

const run = promisify(execFile);

interface Load {
  readonly perSecond: number;
  /** Milliseconds. */
  readonly p50: number;
  readonly p99: number;
  readonly valid: number;
  readonly failed: number;
}

/** What `POST /verify` costs on one core, against the same checks in process and a server that checks nothing. */
export const verificationServer: Suite = {
  name: 'verification-server',
  async run() {
    const command = await BuiltCommand.build();
    try {
      const proofs = await ForeignProofs.create();
      const inProcess = await timeInProcess(proofs);
      const bare = await loadBare(command, proofs);
      return await loadServer(command, proofs, { inProcess, bare });
    } finally {
      await command.remove();
    }
  },
};

async function loadServer(
  command: BuiltCommand,
  proofs: ForeignProofs,
  { inProcess, bare }: { readonly inProcess: readonly number[]; readonly bare: Load },
): Promise<readonly Row[]> {
  const limits = { per_client: 1_000_000, in_all: 1_000_000 };
  const configuration = { audiences: [SHOP], issuers: [proofs.issuer], limits };
  await using server = await Serving.start(command, configuration, ['--fresh'], onCore(1));
  const url = `${server.url}/verify`;
  await load(command, url, await proofs.askMany(WARM_UP));
  const before = await server.processorTime();
  const full = await load(command, url, await proofs.askMany(FULL));
  const processor = ((await server.processorTime()) - before) / FULL;
  const partial = await load(command, url, await proofs.askMany(PARTIAL), Math.floor(full.perSecond * SHARE));
  const each = [MICROSECONDS / full.perSecond];
  const name = `POST /verify, each at full load (${Math.round(full.perSecond)} a second)`;
  const suite = 'verification-server';
  const us = { suite, unit: 'us', samples: each } as const;
  const ms = { suite, unit: 'ms' } as const;
  return [
    toRow({
      ...us,
      name: `${name}, against verify in process`,
      baseline: inProcess,
      target: MICROSECONDS / LEAST_PER_SECOND,
    }),
    toRow({ ...us, name: `${name}, against a bare node:http`, baseline: [MICROSECONDS / bare.perSecond] }),
    toRow({
      ...us,
      name: 'POST /verify, processor time of each',
      samples: [processor],
      target: MICROSECONDS / LEAST_PER_SECOND,
    }),
    toRow({ ...ms, name: 'POST /verify at 80 % of that load, p50', samples: [partial.p50], baseline: [bare.p50] }),
    toRow({ ...ms, name: 'POST /verify at 80 % of that load, p99', samples: [partial.p99], target: MOST_MILLISECONDS }),
  ];
}

async function timeInProcess(proofs: ForeignProofs): Promise<readonly number[]> {
  const { proof, nonce } = await proofs.ask();
  return timeBatches({ batches: 20, calls: 100 }, async () => {
    const result = await verify(proof, 'age_over_21', SHOP, { nonce, issuers: [proofs.issuer] });
    if (!result.valid) throw new Error(`verify refused the proof: ${result.reason}: ${result.detail}`);
  });
}

async function loadBare(command: BuiltCommand, proofs: ForeignProofs): Promise<Load> {
  const [program, ...args] = pinned(1, script('bare-server.ts'));
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  try {
    const [port] = (await once(child.stdout, 'data')) as readonly Buffer[]; // what its stdout gives
    return await load(
      command,
      `http://127.0.0.1:${Number(String(port))}/verify`,
      await proofs.askMany(WARM_UP),
      undefined,
      10,
    );
  } finally {
    await ended(child);
  }
}

async function ended(child: ChildProcess): Promise<void> {
  child.kill();
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
}

/** @param rate requests a second; as many as can be without it @param times that the whole list is sent */
async function load(
  command: BuiltCommand,
  url: string,
  asked: readonly Asking[],
  rate?: number,
  times = 1,
): Promise<Load> {
  const file = join(command.folder, 'bodies.jsonl');
  const lines = asked.map((one) => `${JSON.stringify(one)}\n`).join('');
  await writeFile(file, lines.repeat(times));
  const args = [url, file, String(CONNECTIONS), ...(rate === undefined ? [] : [String(rate)])];
  const [program, ...rest] = pinned(0, script('load.ts'), ...args);
  const { stdout } = await run(program, rest);
  const result = JSON.parse(stdout) as Load; // load.ts wrote it
  const sent = asked.length * times;
  if (result.valid !== sent)
    throw new Error(`Of ${sent} proofs ${result.valid} were valid, and ${result.failed} failed.`);
  return result;
}

const script = (name: string): string => join(import.meta.dirname, 'verification', name);

/** Node on a core, as a command. */
function pinned(core: number, ...args: readonly string[]): readonly [string, ...string[]] {
  const [first = process.execPath, ...rest] = [...onCore(core), process.execPath, ...args];
  return [first, ...rest];
}

/** Server and load each on a core of their own, where there are two and something to say so with. */
function onCore(core: number): readonly string[] {
  const isPinned = availableParallelism() > 1 && spawnSync('taskset', ['--version']).status === 0;
  return isPinned ? ['taskset', '-c', String(core)] : [];
}
