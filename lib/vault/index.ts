export type { Address, Tier } from './blind-db/address.ts';
export type { LockedDesk, VaultEvent, VaultEventKind, VaultJournal } from './life/journal.ts';
export type { VaultKeys } from './keys/key-tree.ts';
export { deriveInboxSecret, deriveKey, inboxPublicKey, signetId } from './keys/key-tree.ts';
export type { KeyValue } from './key-value.ts';
export { MemoryKeyValue } from './key-value.ts';
export type { VaultState } from './life/keeper.ts';
export type { VaultKeeperOptions } from './life/keeper-options.ts';
export type { LockReason } from './life/live-session.ts';
export type { NewPasskey, Passkey, PasskeyHandle } from './life/passkeys.ts';
export { VaultKeeper } from './life/keeper.ts';
export type { Opener } from './keys/opener.ts';
export type { Grant } from './life/grant.ts';
export type { CompartmentName } from './life/compartment.ts';
export {
  COMPARTMENT_NAMES,
  Compartment,
  compartmentId,
  compartmentPrefix,
  readCompartment,
} from './life/compartment.ts';
export { ROW_LENGTH } from './blind-db/envelope.ts';
export type { IntegrityReport } from './blind-db/integrity.ts';
export { SIZE_CLASSES, pad, unpad } from './blind-db/padding.ts';
export { MAX_RECORD_LENGTH } from './blind-db/rows.ts';
export { Collection } from './blind-db/collection.ts';
export { parseRecord } from './blind-db/parse-record.ts';
export { openBox, sealBox } from './keys/sealed-box.ts';
export { DEFAULT_AUTO_LOCK_MINUTES } from './life/settings.ts';
export { PHRASE_LENGTH } from './keys/phrase.ts';
export { MemoryBackend } from './blind-db/memory-backend.ts';
export type { Mark } from './life/mark.ts';
export { calibratedCost } from './keys/password.ts';
export type { RecoveryReport } from './life/recovery.ts';
export type { OpenedVault, ReadOnlyReason, VaultRecord, VaultStores } from './blind-db/open-vault.ts';
export { OpenVault } from './blind-db/open-vault.ts';
export type {
  Entry,
  Expectation,
  Location,
  PageOptions,
  StorageBackend,
  StoreKeys,
  StoreName,
  Write,
} from './blind-db/storage-backend.ts';
export { compareAndSwap, insertUnique } from './blind-db/storage-backend.ts';
export type { LogMark, SideExpectation, SideWrite, VaultReader, VaultTx } from './blind-db/vault-tx.ts';
export * from './backup/index.ts';
