export type { PageAnswer, PageRequest, QueuedMethod, RequestState } from './page-request.ts';
export { requestDigest } from './page-request.ts';
export type { AnswerWrite, NewRequest, Submission } from './request-queue.ts';
export {
  ANSWER_GRACE,
  DENIED,
  MAX_WAITING,
  MAX_WAITING_PER_ORIGIN,
  REQUEST_LIFETIME,
  RequestQueue,
} from './request-queue.ts';
