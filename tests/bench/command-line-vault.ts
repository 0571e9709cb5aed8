import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { AuditLog } from '../../lib/audit/index.ts';
import { Attributes } from '../../lib/attributes/index.ts';
import { systemClock } from '../../lib/core/index.ts';
import { SqliteBackend } from '../../host/vault/sqlite-backend.ts';
import { FileKeyValue } from '../../host/vault/file-key-value.ts';
import { PolicyBook, leastRoleOf } from '../../lib/policy/index.ts';
import { MemoryKeyValue, VaultKeeper } from '../../lib/vault/index.ts';
import { walletJournal } from '../../lib/wallet/index.ts';
import { BuiltCommand } from '../fixtures/built-command.ts';
import { CommandHome, PASSWORD } from '../fixtures/command-home.ts';
import type { Row, Suite } from './row.ts';
import { toAddedRow, toRow } from './row.ts';

const RECORDS = 1000;
const PROCESSES = 15;

/** What a command costs over a vault of a thousand records, beside what its password costs. */
export const commandLineVault: Suite = {
  name: 'command-line-vault',
  async run() {
    const command = await BuiltCommand.build();
    try {
      const small = await CommandHome.withVault(command);
      const large = await CommandHome.withVault(command);
      await fill(large);
      return timeLists(command, small, large);
    } finally {
      await command.remove();
    }
  },
};

/** By the vault itself: a thousand commands would take their time. */
async function fill({ signetDir }: CommandHome): Promise<void> {
  using backend = SqliteBackend.open(join(signetDir, 'vault.sqlite'));
  const journal = walletJournal(new PolicyBook({ leastRole: leastRoleOf }));
  const local = new FileKeyValue(join(signetDir, 'vault.json'));
  const keeper = new VaultKeeper({ backend, local, session: new MemoryKeyValue(), clock: systemClock, journal });
  await keeper.unlock({ kind: 'password', password: PASSWORD });
  const log = new AuditLog(await keeper.open(), { clock: systemClock });
  const attributes = new Attributes(log, { clock: systemClock });
  for (let place = 0; place < RECORDS; place++) {
    await attributes.add({ label: `Record ${place}`, type: 'text', value: `value ${place}`, tier: 1 });
  }
}

function timeLists(command: BuiltCommand, small: CommandHome, large: CommandHome): readonly Row[] {
  const [byPassword, empty, open]: [number[], number[], number[]] = [[], [], []];
  for (const home of [small, large]) timeList(command, home, ['unlock', ...home.password], '');
  for (let turn = 0; turn < PROCESSES; turn++) {
    open.push(timeList(command, large, ['list', '--json'], `Record ${RECORDS - 1}`));
    byPassword.push(timeList(command, large, ['unlock', ...large.password], ''));
    empty.push(timeList(command, small, ['unlock', ...small.password], ''));
  }
  const suite = { suite: 'command-line-vault', unit: 'ms' } as const;
  return [
    toRow({ ...suite, name: `signet list of ${RECORDS} records, the vault open`, samples: open, target: 1000 }),
    toRow({ ...suite, name: 'signet unlock of an empty vault: the password', samples: empty }),
    toAddedRow({
      ...suite,
      name: `signet unlock: what ${RECORDS} records add to it`,
      samples: byPassword,
      baseline: empty,
      target: 500,
    }),
  ];
}

function timeList(command: BuiltCommand, home: CommandHome, args: readonly string[], expected: string): number {
  const env = { ...process.env, SIGNET_DIR: home.signetDir, XDG_RUNTIME_DIR: home.runtime };
  const start = performance.now();
  const { stdout, status } = spawnSync(process.execPath, [command.file, ...args], { env, encoding: 'utf8' });
  const time = performance.now() - start;
  if (status !== 0 || !stdout.includes(expected)) throw new Error(`signet ${args[0] ?? ''} did not do its work.`);
  return time;
}
