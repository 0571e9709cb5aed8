export * from './discover.ts';
export * from './metadata.ts';
export * from './offer.ts';
export * from './openings.ts';
export * from './proof.ts';
export * from './receive.ts';
export type * from './session.ts';
export type * from './steps.ts';
