export type { OwnMethod, PageAnswer, PageRequest, QueuedMethod, RequestState } from './page-request.ts';
export { isOwnRequest, requestDigest } from './page-request.ts';
export type { AnswerWrite, NewRequest, OwnRequest, Submission } from './request-queue.ts';
export {
  ANSWER_GRACE,
  DENIED,
  MAX_WAITING,
  MAX_WAITING_PER_ORIGIN,
  REQUEST_LIFETIME,
  RequestQueue,
} from './request-queue.ts';
