export * from './engine/index.ts';
export type { Bound, BoundAnswer, ToldBound, ToldRange } from './bounds.ts';
export { BOUND_MEMORY, boundIn, conflictWith, isAllowedBound, tellTogether } from './bounds.ts';
export type { DefaultLeastRole } from './roles.ts';
export { DEFAULT_LEAST_ROLES, leastRoleOf } from './roles.ts';
export * from './book/index.ts';
