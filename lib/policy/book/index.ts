export type { CommittedFacts, DecidedClaim, DecisionFacts, KeptFacts, Replay, StateFacts } from './decision-facts.ts';
export { commitFacts, decideOnRecord, factsOf, noteFacts, recentFacts, replay } from './decision-facts.ts';
export type { Answer, SetAside, Suggestion } from './patterns.ts';
export {
  countSetAside,
  dismissSuggestion,
  noteAnswer,
  rekeyPatterns,
  setAsideTampered,
  suggestionsOf,
} from './patterns.ts';
export type { PolicyInForce, PolicyVersion, SaveOptions, StoredPolicy } from './policy-book.ts';
export { PolicyBook, assertImportable } from './policy-book.ts';
export type { Standing, StandingOf } from './policy-state.ts';
export { loadStanding, stateFor } from './policy-state.ts';
export type { ImportedSet } from './signed-set.ts';
export { readExport, signedExport } from './signed-set.ts';
export type { Simulation } from './simulate.ts';
export { simulate } from './simulate.ts';
export type { AllowedEntry, Disclosure, LearnedClaim, SiteRecord } from './site-records.ts';
export { adoptLog, isLogAdopted, listSites, noteDisclosure, siteOf } from './site-records.ts';
export type { Spent, Use, UsesSoFar } from './uses.ts';
export { confirmRules, countUse, usesOf } from './uses.ts';
