import { hostname } from 'node:os';
import { displayText } from '../../lib/core/index.ts';
import { DEFAULT_AGENT, keyFile, writeAgentKey } from '../agents/agent-key.ts';
import type { Configuration } from '../agents/configuration.ts';
import { configurationFor } from '../agents/configuration.ts';
import { bridgeFolders } from '../agents/folders.ts';
import { pair } from '../agents/pairing.ts';
import { EXIT } from '../command.ts';
import { defineCommand } from '../define-command.ts';
import { printJson, printLines } from '../printable.ts';

export const pairCommand = defineCommand({
  operands: '',
  options: {
    name: { type: 'string', value: 'NAME', about: 'what this agent is called here, where there are several' },
  },
  notes: [
    'Signet and this terminal show the same six digits: the person compares them, and says in Signet what the agent may do.',
    'Exits with 0 when Signet took the pairing, 2 when it did not.',
    'Pairing again under the same name puts the new key in the place of the old one.',
  ],
  async run({ values: { name = DEFAULT_AGENT, json } }) {
    const folders = bridgeFolders();
    keyFile(folders.keys, name); // a name that cannot be kept is told before anybody compares digits
    const ended = new AbortController();
    process.once('SIGINT', () => ended.abort());
    const paired = await pair({
      folders,
      name: displayText(name === DEFAULT_AGENT ? `Agent on ${hostname()}` : name, 80),
      signal: ended.signal,
      waiting: () => (json ? printJson({ waiting: true }) : printLines(OPEN)),
      compare: (digits) => (json ? printJson({ compare: digits }) : printLines(toCompare(digits))),
    });
    using seed = paired.key.seed;
    writeAgentKey(folders.keys, name, { ...paired.key, seed });
    const configuration = configurationFor(name, folders);
    if (json) printJson({ name: paired.name, ...configuration });
    else printLines(howToGoOn(paired.name, configuration));
    return EXIT.good;
  },
});

const OPEN = ['Open Signet in your browser: Agents, Connect an agent.', 'Waiting for it …'];

const toCompare = (digits: string): readonly string[] => [
  '',
  `    ${digits.slice(0, 3)} ${digits.slice(3)}`,
  '',
  'Compare these digits with those in Signet, and allow the agent there only if they are the same.',
];

const howToGoOn = (name: string, { line, servers }: Configuration): readonly string[] => [
  '',
  `Connected as ${name}. For Claude Code:`,
  '',
  `  ${line}`,
  '',
  'For other clients:',
  '',
  ...JSON.stringify(servers, undefined, 2)
    .split('\n')
    .map((text) => `  ${text}`),
];
