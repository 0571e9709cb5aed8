/** What whoever takes capabilities checks them with: no vault, no wallet. The SDK is made of it. */
export * from './attenuation/index.ts';
export * from './authority/index.ts';
export * from './budget/index.ts';
export * from './clauses/index.ts';
export { decideBySpl } from './decide-by-spl.ts';
export * from './holder-proof/index.ts';
export type { IntendedUse } from './intended-use.ts';
export * from './ledger/index.ts';
export * from './paseto/index.ts';
export type { DecidePolicy, PolicyDecision, PolicyFacts, PolicyRequest } from './policy.ts';
export * from './published/index.ts';
export * from './receipt/index.ts';
export * from './token/index.ts';
