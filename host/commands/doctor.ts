import { homedir } from 'node:os';
import { EXIT } from '../command.ts';
import { defineCommand } from '../define-command.ts';
import type { Named, State } from '../doctor/index.ts';
import { examine } from '../doctor/index.ts';
import { policyFolder } from '../keeping/policy-folder.ts';
import type { Line } from '../printable.ts';
import { printJson, printLines, toned } from '../printable.ts';
import type { Tone } from '../terminal.ts';

export const doctorCommand = defineCommand({
  operands: '',
  options: {},
  notes: [
    'Says which folders and files count and why, who else can change them, which hook runs, and whether policy, ledger,',
    'vault, the verification server and the bridge for agents are in order. It changes nothing.',
    'Exits with 0 when all is well, 1 when something is not.',
  ],
  async run({ values: { json } }) {
    const found = await examine({
      env: process.env,
      home: homedir(),
      workingFolder: process.cwd(),
      folder: policyFolder(),
      nodeVersion: process.versions.node,
      userId: process.getuid?.(),
    });
    const good = found.every(({ state }) => state !== 'not_well');
    if (json) printJson({ good, checks: found });
    else printLines(found.flatMap((one) => linesOf(one)));
    return good ? EXIT.good : EXIT.bad;
  },
});

const WORDS: Readonly<Record<State, readonly [tone: Tone, word: string]>> = {
  well: ['good', 'well'],
  note: ['warn', 'note'],
  not_well: ['bad', 'NOT WELL'],
};

function linesOf({ name, state, says, details }: Named): readonly Line[] {
  const [tone, word] = WORDS[state];
  return [
    [toned(tone, word.padEnd(8)), `  ${name.padEnd(6)}  ${says}`],
    ...details.map((detail) => [' '.repeat(18), toned('soft', detail)]),
  ];
}
