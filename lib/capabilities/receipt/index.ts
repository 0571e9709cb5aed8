export type { PaidClaims, ReceiptClaims, UnusedClaims } from './claims.ts';
export { MAX_RECEIPT_LENGTH, readReceipt, signReceipt, verifyReceipt } from './receipt.ts';
