export type { FetchJson, JsonAnswer, JsonRequest } from '../core/index.ts';
export * from './did/index.ts';
export * from './openid4vci/index.ts';
export * from './openid4vp/index.ts';
