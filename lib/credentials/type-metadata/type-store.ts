import { canonicalJsonBytes, fromUtf8 } from '../../core/index.ts';
import type { Address, VaultReader, VaultTx } from '../../vault/index.ts';
import { withLabels } from '../claim-labels.ts';
import { getCredential, putRecord } from '../credential-record.ts';
import type { TypeFacts } from './type-facts.ts';

/** What is kept about the type of a credential. `lookedAt`: milliseconds since the epoch. */
export interface KeptType extends TypeFacts {
  readonly lookedAt: number;
}

const typeAt = (id: string): Address => ({ label: `data/credential/${id}/type`, index: 0 });

export const keepType = (tx: VaultTx, id: string, facts: TypeFacts, lookedAt: number): void =>
  tx.put(typeAt(id), 1, canonicalJsonBytes({ ...facts, lookedAt }));

export const dropType = (tx: VaultTx, id: string): Promise<void> => tx.delete(typeAt(id));

/** What is kept about the type of a credential; undefined where nobody described it. */
export async function keptType(reader: VaultReader, id: string): Promise<KeptType | undefined> {
  const bytes = await reader.get(typeAt(id), 1);
  // Our own bytes: the vault has authenticated them, so the shape they were written with is the shape they have.
  return bytes === undefined ? undefined : (JSON.parse(fromUtf8(bytes)) as KeptType);
}

/** Puts a newer description of its type beside a credential, and its labels into it. @throws SignetError not_found */
export async function describeAnew(tx: VaultTx, id: string, facts: TypeFacts, lookedAt: number): Promise<void> {
  const record = await getCredential(tx, id);
  keepType(tx, id, facts, lookedAt);
  putRecord(tx, { ...record, claims: withLabels(record.claims, facts.labels) });
}
