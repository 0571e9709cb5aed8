/**
 * The authorization channel: how the person is asked when they are elsewhere (design §2).
 *
 * A request that waits for the person becomes a challenge: an id, a nonce and the digest of exactly its scope, kept in the
 * vault and then posted to the webhook that the person set, with the headers of Standard Webhooks. The answer is the
 * response's body, or is fetched from the answer URL while the request waits, and is signed by the person's own key.
 * Exactly one answer counts. It approves, denies, or narrows; none ever widens; late is denied.
 *
 * What a wallet's story does with it:
 * 1. Settings: `saveNotifySettings`, then `rotateSecret` with `newSigningKey()` or `newHmacSecret()`; the screen shows
 *    `spellPublicKey` or, once, `spellSecret`. `readNotifySettings`, `viewSecrets` and `readBreaker` are for the screen,
 *    `forgetBreaker` is its “try again”.
 * 2. When a request begins to wait: `channel.ask(…)`, after the browser's own notification, and `channel.step()`.
 * 3. While it waits: `channel.step()` at each `nextAt`. What `ruled` lists is durable and comes again after a restart;
 *    `permittedBy(ruled, scope, now)` gives what may happen now, of the scope as the request stands.
 * 4. When the request is answered, here or there: `closeChallenge(tx, id)` in the transaction that stores the answer.
 *    A worker that finds the question gone was not the first.
 *
 * Everything here needs the open vault: while it is locked nothing is sent and no answer is counted.
 */
export type { Answer, UnsignedAnswer } from './answer.ts';
export { MAX_ANSWER, answerBytes, isAnswerOf, readAnswer } from './answer.ts';
export type { Breaker, Outcome } from './breaker.ts';
export { forgetBreaker, readBreaker } from './breaker-record.ts';
export type { AskedRequest, Challenge, Delivery, Ruling } from './challenge.ts';
export { challengeBody, isOfScope } from './challenge.ts';
export { listChallenges, readChallenge } from './challenge-store.ts';
export type { ChannelOptions, RefusedAnswer, Step } from './channel.ts';
export { AuthorizationChannel, MAX_OPEN, answerAddress, closeChallenge, openChallenge } from './channel.ts';
export type { Counted } from './count-answer.ts';
export { countAnswer } from './count-answer.ts';
export type { LastDelivery } from './last-delivery.ts';
export { readLastDelivery } from './last-delivery.ts';
export type { AnswerRefusal, Judged, Ruled } from './judge.ts';
export { judge, permittedBy } from './judge.ts';
export { POLL_INTERVAL } from './polls.ts';
export type { Scope, ScopeItem } from './scope.ts';
export { scopeDigest } from './scope.ts';
export type { NotifySettings } from './settings.ts';
export { readNotifySettings, saveNotifySettings } from './settings.ts';
export type { SecretsView } from './signing-secrets.ts';
export { ROTATION_OVERLAP, dropOldSecret, rotateSecret, viewSecrets } from './signing-secrets.ts';
export * from './webhook/index.ts';
