export type { Address, Tier } from './address.ts';
export type { LockedDesk, VaultEvent, VaultEventKind, VaultJournal } from './journal.ts';
export type { VaultKeys } from './key-tree.ts';
export { deriveInboxSecret, deriveKey, inboxPublicKey, signetId } from './key-tree.ts';
export type { KeyValue } from './key-value.ts';
export { MemoryKeyValue } from './key-value.ts';
export type { VaultState } from './keeper.ts';
export type { VaultKeeperOptions } from './keeper-options.ts';
export type { LockReason } from './live-session.ts';
export type { NewPasskey, Passkey, PasskeyHandle } from './passkeys.ts';
export { VaultKeeper } from './keeper.ts';
export type { Opener } from './opener.ts';
export type { Grant } from './grant.ts';
export type { CompartmentName } from './compartment.ts';
export { COMPARTMENT_NAMES, Compartment, compartmentId, compartmentPrefix, readCompartment } from './compartment.ts';
export { ROW_LENGTH } from './envelope.ts';
export type { IntegrityReport } from './integrity.ts';
export { SIZE_CLASSES, pad, unpad } from './padding.ts';
export { MAX_RECORD_LENGTH } from './rows.ts';
export { Collection } from './collection.ts';
export { openBox, sealBox } from './sealed-box.ts';
export { DEFAULT_AUTO_LOCK_MINUTES } from './settings.ts';
export { PHRASE_LENGTH } from './phrase.ts';
export { MemoryBackend } from './memory-backend.ts';
export type { Mark } from './mark.ts';
export { calibratedCost } from './password.ts';
export type { RecoveryReport } from './recovery.ts';
export type { OpenedVault, ReadOnlyReason, VaultRecord, VaultStores } from './open-vault.ts';
export { OpenVault } from './open-vault.ts';
export type {
  Entry,
  Expectation,
  Location,
  PageOptions,
  StorageBackend,
  StoreKeys,
  StoreName,
  Write,
} from './storage-backend.ts';
export { compareAndSwap, insertUnique } from './storage-backend.ts';
export type { LogMark, SideExpectation, SideWrite, VaultReader, VaultTx } from './vault-tx.ts';
export * from './backup/index.ts';
