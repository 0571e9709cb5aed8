import { bridgeFolders } from '../agents/folders.ts';
import { Written } from '../agents/written.ts';
import { EXIT } from '../command.ts';
import { defineCommand } from '../define-command.ts';
import { printJson, printLines } from '../printable.ts';

export const uninstallCommand = defineCommand({
  operands: '',
  options: {},
  notes: [
    'A file that is no longer as it was written is left, and named; then it exits with 1.',
    'Keys of paired agents stay: revoke an agent in Signet to end what it may do.',
  ],
  run({ values: { json } }) {
    const { removed, left } = new Written(bridgeFolders().bridge).takeBack();
    const lines = [
      ...removed.map((path) => `Removed ${path}`),
      ...left.map((path) => `Left ${path}: it was changed since.`),
    ];
    if (json) printJson({ removed, left });
    else printLines(lines.length === 0 ? ['Nothing was installed.'] : lines);
    return left.length === 0 ? EXIT.good : EXIT.bad;
  },
});
