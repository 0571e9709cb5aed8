export type {
  BudgetChain,
  ConsumptionLedger,
  ConsumptionUse,
  DecidePolicy,
  LedgerEntry,
  LedgerOptions,
  LedgerStore,
  MemoryReplayOptions,
  PolicyDecision,
  PolicyFacts,
  PolicyRequest,
  ReplayStore,
} from '../capabilities/checking.ts';
export { MemoryReplayStore, ledgerOver, memoryLedger } from '../capabilities/checking.ts';
export { SignetError } from '../core/index.ts';
export type { ErrorFields, Reason } from '../core/index.ts';
export type { RefusalReason } from '../credentials/verifying/index.ts';
export type * from '../provider/types.ts';
export type { RequestSigning } from '../protocols/verifying/request-signer.ts';
export type { WalletAnswer } from './ask-wallets.ts';
export { askWallets } from './ask-wallets.ts';
export type { AskedOfWallets } from './asked-query.ts';
export type { AuthorityContext, AuthorityIssuer, ProofContext } from './authority-context.ts';
export type { AuthorityResult } from './check-authority.ts';
export { checkAuthority } from './check-authority.ts';
export type {
  CreatedRequest,
  LinkRequest,
  LinkRequestOptions,
  PageRequest,
  PageRequestOptions,
} from './create-request.ts';
export { createRequest } from './create-request.ts';
export { getProvider } from './get-provider.ts';
export type { ParsedCapability } from './parse-capability.ts';
export { parseCapability } from './parse-capability.ts';
export type { ParsedCredential } from './parse-credential.ts';
export { parseCredential } from './parse-credential.ts';
export type { HeldUse, ProveOptions } from './prove-holder.ts';
export { proveHolder } from './prove-holder.ts';
export type { AuthorityReason, AuthorityRefusal } from './refusal.ts';
export type { CapabilityOptions } from './request-capability.ts';
export { requestCapability } from './request-capability.ts';
export type { RequestObjectOptions, RequestObjectReply } from './request-object.ts';
export { requestObject } from './request-object.ts';
export type { RequestSession } from './request-session.ts';
export type { Receipt } from './sign-receipt.ts';
export { signReceipt } from './sign-receipt.ts';
export type { TrustedIssuer } from './trusted-issuer.ts';
export { verify } from './verify.ts';
export type { StatusFetch, VerifyOptions, VerifyResult } from './verifying.ts';
export type { AgreedTransaction, ResponseOptions, ResponseResult, VerifiedProof } from './verify-response.ts';
export { postedSessionId, verifyResponse } from './verify-response.ts';
