import { ed25519 } from '@noble/curves/ed25519.js';
import { hmac } from '@noble/hashes/hmac.js';
import { sha256 } from '@noble/hashes/sha2.js';
import type { Bytes } from '../../core/index.ts';
import { assertField, toBase64, toSeconds, utf8 } from '../../core/index.ts';
import type { SigningSecret } from './secret.ts';

/** The three headers of a webhook, as they go out. */
export type WebhookHeaders = Readonly<Record<'webhook-id' | 'webhook-timestamp' | 'webhook-signature', string>>;

export interface Webhook {
  /** The same however often it is sent: letters, digits, `_` and `-`, at most 128. */
  readonly id: string;
  /** When this attempt is made: milliseconds since the epoch. */
  readonly at: number;
  /** The body, to the last byte. */
  readonly body: string;
}

/** No full stop: with one, an id and a timestamp could be cut in two ways (“Signature scheme”). */
const ID = /^[A-Za-z0-9_-]{1,128}$/;

export const isWebhookId = (id: string): boolean => ID.test(id);

/** The bytes that are signed: `id.timestamp.body`. @param timestamp as the header spells it */
export const signedContent = (id: string, timestamp: string, body: string): Bytes => utf8(`${id}.${timestamp}.${body}`);

/**
 * Signs a webhook with each of the secrets, which are two while one takes the other's place (Standard Webhooks 1.0.0,
 * “Signature scheme” and “Webhook headers”).
 * @throws SignetError bad_request on an id that could be read in two ways, or without a secret
 */
export function signWebhook({ id, at, body }: Webhook, secrets: readonly SigningSecret[]): WebhookHeaders {
  assertField(isWebhookId(id), 'id', 'A webhook’s id has letters, digits, _ and - alone.');
  assertField(secrets.length > 0, 'secrets', 'A webhook is signed by somebody.');
  const timestamp = String(toSeconds(at));
  const content = signedContent(id, timestamp, body);
  return {
    'webhook-id': id,
    'webhook-timestamp': timestamp,
    'webhook-signature': secrets.map((signing) => signatureOf(content, signing)).join(' '),
  };
}

const signatureOf = (content: Bytes, signing: SigningSecret): string =>
  signing.scheme === 'v1'
    ? `v1,${toBase64(hmac(sha256, signing.secret.expose(), content))}`
    : `v1a,${toBase64(ed25519.sign(content, signing.seed.expose()))}`;
