/**
 * `npm run bench [-- NAME…] [--json FILE]`: runs the suites, prints a table, writes the rows.
 * Ends with 0 when targets are missed, with 1 when a bench could not run, with 2 when asked for one that is not there.
 */
import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { builtForPeople } from '../e2e/setup/browser.ts';
import { activity } from './activity.ts';
import { agents } from './agents.ts';
import { audit } from './audit.ts';
import { bbs } from './bbs.ts';
import { budget } from './budget.ts';
import { capabilities } from './capabilities.ts';
import { commandLineVault } from './command-line-vault.ts';
import { consent } from './consent.ts';
import { dcql } from './dcql.ts';
import { issuance } from './issuance.ts';
import { page } from './page.ts';
import { policy } from './policy.ts';
import { popup } from './popup.ts';
import { range } from './range.ts';
import { prover } from './prover.ts';
import type { Row, Suite } from './row.ts';
import { sdk } from './sdk.ts';
import { size } from './size.ts';
import { spl } from './spl.ts';
import { store } from './store.ts';
import { toTable } from './table.ts';
import { toolPolicy } from './tool-policy.ts';
import { vault } from './vault.ts';
import { verificationServer } from './verification-server.ts';
import { worker } from './worker.ts';

const SUITES: readonly Suite[] = [
  size,
  vault,
  store,
  audit,
  activity,
  sdk,
  dcql,
  range,
  bbs,
  policy,
  toolPolicy,
  commandLineVault,
  agents,
  spl,
  budget,
  capabilities,
  verificationServer,
  page,
  worker,
  prover,
  popup,
  consent,
  issuance,
];

process.exitCode = await main();

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({ options: { json: { type: 'string' } }, allowPositionals: true });
  const unknown = positionals.filter((name) => !SUITES.some((suite) => suite.name === name));
  if (unknown.length > 0) {
    console.error(`No such bench: ${unknown.join(', ')}. There are ${SUITES.map(({ name }) => name).join(', ')}.`);
    return 2;
  }

  const chosen = SUITES.filter(({ name }) => positionals.length === 0 || positionals.includes(name));
  await builtForPeople(); // most of them measure it
  const rows: Row[] = [];
  const broken: string[] = [];
  for (const suite of chosen) {
    try {
      console.error(`${suite.name} …`);
      rows.push(...(await suite.run()));
    } catch (error) {
      broken.push(suite.name);
      console.error(`${suite.name} could not run:`, error);
    }
  }

  if (rows.length > 0) console.log(toTable(rows));
  if (values.json !== undefined) await writeFile(values.json, `${JSON.stringify(rows, null, 2)}\n`);
  if (broken.length > 0) console.error(`Could not run: ${broken.join(', ')}`);
  return broken.length === 0 ? 0 : 1;
}
