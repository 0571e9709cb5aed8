export type { AgentMethod, OwnMethod, PageAnswer, PageRequest, QueuedMethod, RequestState } from './page-request.ts';
export { NOBODY, agentDocument, askerOf, isOwnRequest, requestDigest } from './page-request.ts';
export type { AgentRequest, AnswerWrite, Expired, NewRequest, OwnRequest, Submission } from './request-queue.ts';
export {
  ANSWER_GRACE,
  DENIED,
  MAX_WAITING,
  MAX_WAITING_PER_ORIGIN,
  REQUEST_LIFETIME,
  RequestQueue,
} from './request-queue.ts';
export type { Never } from './quiet-list.ts';
export { QuietList } from './quiet-list.ts';
export { OtherWallets } from './other-wallets.ts';
export { DENIALS_TO_MUTE, DENIALS_WITHIN, MUTE_LENGTHS } from './mute.ts';
export { REQUEST_BURST, REQUEST_REFILL } from './request-rate.ts';
