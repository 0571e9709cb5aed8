#!/usr/bin/env node
import { EXIT } from './command.ts';
import { COMMANDS } from './commands.ts';

process.exitCode = await main(process.argv.slice(2));

async function main([name, ...args]: readonly string[]): Promise<number> {
  if (name === '--help' || name === '-h' || name === 'help') {
    process.stdout.write(usage());
    return EXIT.good;
  }
  const command = COMMANDS.find((one) => one.name === name);
  if (command !== undefined) return (await command.load()).start(command, args);
  process.stderr.write(`${name === undefined ? 'Say what to do.' : `There is no command ${name}.`}\n\n${usage()}`);
  return EXIT.cannot;
}

function usage(): string {
  const width = Math.max(...COMMANDS.map(({ name }) => name.length));
  const lines = COMMANDS.map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}`);
  return [
    'Usage: signet COMMAND [...]',
    '',
    ...lines,
    '',
    'signet COMMAND --help says more of each.',
    'Exits with 0 when all is well, 1 when what was looked at is not, 2 when it cannot be tried.',
    '',
  ].join('\n');
}
