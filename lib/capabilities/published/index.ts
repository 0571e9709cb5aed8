export type { PublishedProblem, PublishedToken, PublishedVerdict } from './token.ts';
export { publishedEnvelope, readPublishedToken, verifyPublishedToken } from './token.ts';
