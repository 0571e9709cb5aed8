export type { OwnMethod, PageAnswer, PageRequest, QueuedMethod, RequestState } from './page-request.ts';
export { NOBODY, isOwnRequest, requestDigest } from './page-request.ts';
export type { AnswerWrite, Expired, NewRequest, OwnRequest, Submission } from './request-queue.ts';
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
