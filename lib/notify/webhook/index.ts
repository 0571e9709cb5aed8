/** Standard Webhooks 1.0.0 (https://www.standardwebhooks.com): secrets, signing, verifying. */
export { ReplayCache } from './replay-cache.ts';
export type { SigningSecret, VerifyingKey } from './secret.ts';
export {
  assertPublicKey,
  forgetSecret,
  newHmacSecret,
  newSigningKey,
  parseSigningSecret,
  parseVerifyingKey,
  spellPublicKey,
  spellSecret,
} from './secret.ts';
export type { Webhook, WebhookHeaders } from './sign.ts';
export { signWebhook } from './sign.ts';
export type { VerifiedWebhook, VerifyingOptions, WebhookRefusal } from './verify.ts';
export { TOLERANCE, verifyWebhook } from './verify.ts';
