export type { LedgerOptions } from './ledger.ts';
export { ledgerOver, memoryLedger } from './ledger.ts';
export type { LedgerEntry, LedgerStore } from './ledger-store.ts';
export { MemoryLedgerStore } from './memory-store.ts';
export type { ConsumptionLedger, ConsumptionUse } from './port.ts';
