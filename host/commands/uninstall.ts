import { bridgeFolders } from '../agents/folders.ts';
import { Written } from '../agents/written.ts';
import { EXIT } from '../command.ts';
import { defineCommand } from '../define-command.ts';
import { printLines } from '../printable.ts';

export const uninstallCommand = defineCommand({
  operands: '',
  options: {},
  notes: [
    'A file that is no longer as it was written is left, and named; then it exits with 1.',
    'Keys of paired agents stay: revoke an agent in Signet to end what it may do.',
  ],
  run() {
    const { removed, left } = new Written(bridgeFolders().bridge).takeBack();
    printLines(removed.map((path) => `Removed ${path}`));
    printLines(left.map((path) => `Left ${path}: it was changed since.`));
    if (removed.length + left.length === 0) printLines(['Nothing was installed.']);
    return left.length === 0 ? EXIT.good : EXIT.bad;
  },
});
