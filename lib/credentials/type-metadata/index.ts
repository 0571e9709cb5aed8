export { assertOfType } from './check-claims.ts';
export { isIntact } from './integrity.ts';
export type { ResolvedType, TypeDoor, TypeReference } from './resolve-type.ts';
export { MAX_TYPE_CHAIN, hasTypeAddress, resolveType } from './resolve-type.ts';
export { MAX_TYPE_DOCUMENT } from './type-document.ts';
export type { TypeFacts } from './type-facts.ts';
export { typeFacts } from './type-facts.ts';
export type { KeptType } from './type-store.ts';
export { describeAnew, keptType } from './type-store.ts';
