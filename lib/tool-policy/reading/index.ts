export type { PolicyFix } from './fix-policy.ts';
export { fixPolicy } from './fix-policy.ts';
export { formatPolicy } from './format-policy.ts';
export { isSealed, sealPolicy } from './policy-seal.ts';
export type { PolicyProblem } from './problem.ts';
export { describeProblem } from './problem.ts';
export { loadPolicy, readPolicy } from './read-policy.ts';
export { readYaml } from './yaml-text.ts';
