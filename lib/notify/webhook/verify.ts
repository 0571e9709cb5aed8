import { ed25519 } from '@noble/curves/ed25519.js';
import { hmac } from '@noble/hashes/hmac.js';
import { sha256 } from '@noble/hashes/sha2.js';
import type { Bytes } from '../../core/index.ts';
import { equalBytes } from '../../core/index.ts';
import type { ReplayCache } from './replay-cache.ts';
import type { VerifyingKey } from './secret.ts';
import { isWebhookId, signedContent } from './sign.ts';
import { fromStrictBase64 } from './strict-base64.ts';

/** How far a webhook's time may be from ours, in milliseconds. */
export const TOLERANCE = 5 * 60_000;

/** A rotation has two signatures, in two schemes four; nobody needs more, and each costs its verification. */
const MAX_SIGNATURES = 8;
const MAX_SIGNATURE_HEADER = 1024;
const TIMESTAMP = /^\d{1,11}$/;

export interface VerifyingOptions {
  /** One is enough to verify: two while a new one takes an old one's place. */
  readonly keys: readonly VerifyingKey[];
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** Milliseconds, default 5 minutes. */
  readonly tolerance?: number;
  /** What was taken before. */
  readonly seen: ReplayCache;
}

export type WebhookRefusal = 'malformed' | 'too_old' | 'too_new' | 'bad_signature' | 'replayed' | 'full';

export type VerifiedWebhook =
  { readonly valid: true; readonly id: string } | { readonly valid: false; readonly reason: WebhookRefusal };

/**
 * Verifies a webhook and takes its id (Standard Webhooks 1.0.0, “Verifying signatures”). One that is not valid takes
 * nothing, so nobody without a secret can use an id up.
 * @param body as it came, not parsed and written again
 */
export function verifyWebhook(headers: Headers, body: string, options: VerifyingOptions): VerifiedWebhook {
  const { keys, seen, tolerance = TOLERANCE } = options;
  const [id, timestamp, list] = ['webhook-id', 'webhook-timestamp', 'webhook-signature'].map(
    (n) => headers.get(n) ?? '',
  );
  if (id === undefined || timestamp === undefined || list === undefined) return refused('malformed');
  if (!isWebhookId(id) || !TIMESTAMP.test(timestamp) || list.length > MAX_SIGNATURE_HEADER) return refused('malformed');
  const signatures = list.split(' ');
  if (signatures.length > MAX_SIGNATURES) return refused('malformed');
  const now = seen.forward(options.now);
  const sentAt = Number(timestamp) * 1000;
  if (now - sentAt > tolerance) return refused('too_old');
  if (sentAt - now > tolerance) return refused('too_new');
  const content = signedContent(id, timestamp, body);
  if (!signatures.some((text) => isGood(text, content, keys))) return refused('bad_signature');
  // Sent as late as may be, and dated as early: twice the tolerance lies between.
  const taken = seen.take(id, now, 2 * tolerance);
  return taken === 'new' ? { valid: true, id } : refused(taken);
}

const refused = (reason: WebhookRefusal): VerifiedWebhook => ({ valid: false, reason });

/** A version that is not known is passed over: a sender may use a newer one beside it. */
function isGood(text: string, content: Bytes, keys: readonly VerifyingKey[]): boolean {
  const comma = text.indexOf(',');
  const signature = fromStrictBase64(text.slice(comma + 1));
  if (signature === undefined) return false;
  const version = text.slice(0, Math.max(comma, 0));
  return keys.some((key) => key.scheme === version && verifies(signature, content, key));
}

function verifies(signature: Bytes, content: Bytes, key: VerifyingKey): boolean {
  if (key.scheme === 'v1') return equalBytes(signature, hmac(sha256, key.secret.expose(), content));
  return signature.length === 64 && ed25519.verify(signature, content, key.publicKey, { zip215: false });
}
