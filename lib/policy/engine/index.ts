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
