import type { Bytes } from '../../../../lib/core/index.ts';
import { toBase64, toHex } from '../../../../lib/core/index.ts';
import type { MadeBackup, OpenVault, RestoreOrder, RestoreRules } from '../../../../lib/vault/index.ts';
import { makeBackup } from '../../../../lib/vault/index.ts';
import type { Machine } from '../../../fixtures/vault/machine.ts';
import { PASSWORD } from '../../../fixtures/vault/machine.ts';

export const PASSPHRASE = 'seven grey herons at dawn';

const checkpointOf = async (machine: Machine, vault: OpenVault) => ({
  size: await machine.log(vault).count(),
  root: toBase64(await vault.logHead()),
  time: machine.clock.now,
});

/** A backup of the open vault of a machine. */
export const backUp = (machine: Machine, vault: OpenVault, tier3 = false): Promise<MadeBackup> =>
  makeBackup(vault, {
    passphrase: PASSPHRASE,
    tier3,
    madeAt: machine.clock.now,
    backend: machine.backend,
    facts: async () => ({ checkpoint: await checkpointOf(machine, vault), signedCheckpoint: 'text', credentials: 0 }),
  });

/** What a machine's log says, and nothing that counts as used. */
export const rulesOf = (machine: Machine): RestoreRules => ({
  history: async (replaced) => {
    const { entries } = await machine.log(replaced).search({ kinds: ['compartment.erased'] }, { limit: 100 });
    return { checkpoint: await checkpointOf(machine, replaced), erased: entries.map(({ subject }) => subject) };
  },
  afterwards: () => Promise.resolve(),
});

export const orderOf = (file: Bytes, changes: Partial<RestoreOrder> = {}): RestoreOrder => ({
  file,
  passphrase: PASSPHRASE,
  opener: { password: PASSWORD },
  eraseExisting: false,
  ...changes,
});

/** Records that every restore writes itself. */
const OWN = ['sys/restored', 'sys/backups'];

/** Every record of a vault but the log and what a restore adds: name → tier and bytes. */
export async function contentOf(vault: OpenVault): Promise<ReadonlyMap<string, string>> {
  const content = new Map<string, string>();
  for await (const { address, tier, bytes } of vault.records()) {
    if (OWN.includes(address.label) || address.label.startsWith('sys/audit')) continue;
    content.set(`${address.label} ${address.index}`, `${tier} ${toHex(bytes)}`);
  }
  return content;
}
