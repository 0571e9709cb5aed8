export type { AnchorProblem } from './assess-anchor.ts';
export { ANCHOR_PROBLEMS, assessAnchor } from './assess-anchor.ts';
export type { OwnAnchor } from './anchor-store.ts';
export { MAX_OWN_ANCHORS, listOwnAnchors, putOwnAnchor, removeOwnAnchor } from './anchor-store.ts';
export { keptChain, vouchAnew, vouchedAnew } from './kept-chain.ts';
export type { KeptList, TakenList } from './list-store.ts';
export {
  MAX_LISTED_ANCHORS,
  MAX_TRUST_LISTS,
  addTrustList,
  assertSucceeds,
  getTrustList,
  listTrustLists,
  removeTrustList,
  replaceTrustList,
} from './list-store.ts';
export { MAX_CERTIFICATES_IN_FILE, MAX_CERTIFICATE_FILE, readCertificates } from './read-certificates.ts';
export type { TrustAnchor, VouchesFor, VouchingQuestion } from './trust-anchor.ts';
export { certificateId, vouches } from './trust-anchor.ts';
export type { TrustList } from './trust-list.ts';
export {
  MAX_LIST_ANCHORS,
  MAX_TRUST_LIST_LENGTH,
  TRUST_LIST_TYPE,
  readTrustList,
  signerThumbprint,
} from './trust-list.ts';
export type { Voucher } from './vouching.ts';
export { anchorsFor, trustAnchors, whoVouches } from './vouching.ts';
