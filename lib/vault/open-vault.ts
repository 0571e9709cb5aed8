import type { Bytes } from '../core/index.ts';
import type { Address, Tier } from './address.ts';
import type { VaultKeys } from './key-tree.ts';
import type { VaultReader, VaultTx } from './vault-tx.ts';

export declare class OpenVault implements VaultReader {
  readonly keys: VaultKeys;
  get(address: Address, tier: Tier): Promise<Bytes | undefined>;
  tierOf(address: Address): Promise<Tier | undefined>;
  transact<T>(work: (tx: VaultTx) => Promise<T>): Promise<T>;
}
