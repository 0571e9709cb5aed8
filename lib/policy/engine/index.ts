export type { Decision, DecisionReason, Explanation, RuleTrace, Verdict } from './decision.ts';
export type { AttributeValue, BoundConflict, PolicyRequest, PolicyState, RolesInForce } from './request.ts';
export { FRESH_STATE } from './request.ts';
export type { Role } from './role.ts';
export { ROLES, contains } from './role.ts';
export type {
  AttributeCondition,
  Condition,
  Effect,
  Obligations,
  PolicySet,
  RoleGiven,
  Rule,
  RuleOrigin,
  RuleSubject,
  Scalar,
  WindowCondition,
} from './rule.ts';
export type { AttributeForm, AttributeKind, AttributeName } from './attribute-schema.ts';
export { ATTRIBUTES, attributeForm } from './attribute-schema.ts';
export type { AnalysisFacts, PolicyNote } from './analyse.ts';
export { analyse } from './analyse.ts';
export { cedarSchema, toCedar } from './cedar.ts';
export type { CompiledPolicy, CompileOptions } from './compile.ts';
export { compilePolicy } from './compile.ts';
export { covers } from './covers.ts';
export type { DecideOptions } from './decide.ts';
export { decide } from './decide.ts';
export type { PolicyDifference } from './diff.ts';
export { diffPolicies } from './diff.ts';
export { explain } from './explain.ts';
export { hostOf, isWithin } from './host.ts';
export type { Truth } from './kleene.ts';
export { NO, UNKNOWN, YES, allTest, anyTest, not, notTest, truthOf } from './kleene.ts';
export { policyHashOf } from './policy-hash.ts';
export { readPolicySet } from './read-policy-set.ts';
export type { ReadOptions } from './read-options.ts';
export { readRule } from './read-rule.ts';
export { roleOf } from './role-of.ts';
