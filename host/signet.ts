#!/usr/bin/env node
import { COMMANDS } from './commands.ts';
import { tellCrashes } from './crash.ts';
import { wantsJson } from './define-command.ts';

void main(process.argv.slice(2));

async function main([name, ...args]: readonly string[]): Promise<void> {
  tellCrashes(wantsJson(args));
  const command = COMMANDS.find((one) => one.name === name);
  if (command !== undefined) process.exitCode = await (await command.load()).start(command, args);
  else process.exitCode = await (await import('./without-command.ts')).answerWithoutCommand(name, args);
}
