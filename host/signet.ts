#!/usr/bin/env node
import type { Known, VerifierKey } from '../lib/audit/verifying/index.ts';
import { checkpointIn, parseVerifierKey } from '../lib/audit/verifying/index.ts';
import { SignetError } from '../lib/core/index.ts';
import type { Command } from './arguments.ts';
import { USAGE, parseArguments } from './arguments.ts';
import { readText } from './read-text.ts';
import { verifyLog } from './verify-log.ts';

const GOOD = 0;
const BAD = 1;
const CANNOT = 2;

process.exitCode = await run(parseArguments(process.argv.slice(2)));

async function run(command: Command): Promise<number> {
  switch (command.name) {
    case 'help':
      process.stdout.write(USAGE);
      return GOOD;
    case 'usage':
      process.stderr.write(`${command.problem}\n\n${USAGE}`);
      return CANNOT;
    case 'verify-log':
      return runVerifyLog(command);
  }
}

async function runVerifyLog({ file, against, key }: Extract<Command, { name: 'verify-log' }>): Promise<number> {
  try {
    const known: Known = {
      key: key === undefined ? undefined : keyIn(key),
      against: against === undefined ? undefined : await checkpointOf(against),
    };
    const { good, lines } = verifyLog(await readText(file), known);
    process.stdout.write(lines.map((line) => `${line}\n`).join(''));
    return good ? GOOD : BAD;
  } catch (error) {
    process.stderr.write(`${SignetError.from(error).message}\n`);
    return CANNOT;
  }
}

function keyIn(text: string): VerifierKey {
  try {
    return parseVerifierKey(text);
  } catch (cause) {
    throw new SignetError('bad_request', `--key: ${SignetError.from(cause).message}`, { cause });
  }
}

async function checkpointOf(file: string): Promise<string> {
  const { text } = await readText(file);
  try {
    return checkpointIn(text);
  } catch (cause) {
    throw new SignetError('bad_request', `--against: ${SignetError.from(cause).message}`, { cause });
  }
}
