import { SignetError } from '../../lib/core/index.ts';
import type { HostFolder } from '../agents/browsers.ts';
import { BROWSER_NAMES, browserAt, browserNamed, foundBrowsers } from '../agents/browsers.ts';
import { bridgeFolders } from '../agents/folders.ts';
import { install, manifestFile } from '../agents/install.ts';
import { EXIT, UsageError } from '../command.ts';
import { defineCommand } from '../define-command.ts';
import { printJson, printLines } from '../printable.ts';

export const installCommand = defineCommand({
  operands: '',
  options: {
    browser: { type: 'string', value: 'NAME', about: `one browser only: ${BROWSER_NAMES.join(', ')}` },
    profile: { type: 'string', value: 'DIR', about: 'a browser that is started with a --user-data-dir of its own' },
  },
  notes: [
    'Puts the command where it stays, and a file in the folder of each browser that lets Signet start it, and nobody else.',
    'signet uninstall takes back exactly that.',
    'Exits with 0 when browsers were told, 2 when none was.',
  ],
  run({ values: { browser, profile, json } }) {
    if (browser !== undefined && profile !== undefined) throw new UsageError('Name a browser or a profile, not both.');
    const browsers = chosen(browser, profile);
    install(bridgeFolders(), browsers);
    const told = browsers.map((one) => ({ browser: one.browser, manifest: manifestFile(one) }));
    if (json) printJson({ installed: told });
    else printLines([...told.map((one) => `${one.browser}: ${one.manifest}`), 'Next: signet pair.']);
    return EXIT.good;
  },
});

function chosen(browser: string | undefined, profile: string | undefined): readonly HostFolder[] {
  if (profile !== undefined) return [browserAt(profile)];
  if (browser !== undefined) return [browserNamed(browser)];
  const found = foundBrowsers();
  if (found.length > 0) return found;
  throw new SignetError(
    'not_found',
    'No browser was found where browsers usually are. Say which with --browser, or --profile with its folder.',
  );
}
