import type { CompartmentName, CompartmentView } from '../../messaging/contract.ts';
import { backupsHolding } from '../../vault/index.ts';
import type { Services } from '../services.ts';

/** The compartments there are, how much is in each, and which backups still hold it. @throws SignetError locked */
export async function listCompartments({ keeper }: Services): Promise<readonly CompartmentView[]> {
  const vault = await keeper.open();
  const found = await keeper.compartments();
  return Promise.all(
    found.map(async ({ name, id, records }) => ({ name, records, backups: await backupsHolding(vault, id) })),
  );
}

/** Erases a compartment: its key at once, its rows in the background. @throws SignetError `not_found`, `storage_failed` */
export async function eraseCompartment(services: Services, name: CompartmentName): Promise<void> {
  await services.keeper.eraseCompartment(name);
  await services.vaultChanged();
  for (const changed of ['attributes', 'credentials', 'audit'] as const) services.announce(changed);
}
