export * from './verifying/index.ts';
export type { BbsCredential } from './bbs-credential.ts';
export { MAX_BBS_CREDENTIAL_LENGTH, readBbsCredential, writeBbsCredential } from './bbs-credential.ts';
export { assertIssuable } from './issuable-claims.ts';
export type { BbsIssuance } from './issue-bbs-credential.ts';
export { issueBbsCredential } from './issue-bbs-credential.ts';
export { presentBbs } from './present-bbs.ts';
export { verifyIssuedBbs } from './verify-issued-bbs.ts';
