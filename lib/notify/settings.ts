import * as v from 'valibot';
import { SignetError, canonicalJsonBytes, fromBase64url, parseUrl } from '../core/index.ts';
import type { Address, VaultReader, VaultTx } from '../vault/index.ts';
import { parseRecord } from '../vault/index.ts';
import { forgetBreaker } from './breaker-record.ts';
import { forgetLastDelivery } from './last-delivery.ts';
import { forgetSecrets } from './signing-secrets.ts';
import { assertPublicKey } from './webhook/index.ts';

const MAX_URL = 2000;
const url = v.pipe(v.string(), v.maxLength(MAX_URL));

const SettingsSchema = v.strictObject({
  v: v.literal(1),
  webhook: v.exactOptional(v.strictObject({ url, tells: v.picklist(['nothing', 'names']) })),
  answers: v.exactOptional(v.strictObject({ publicKey: v.string(), url: v.exactOptional(url), tier3: v.boolean() })),
});

/** How the person is asked when they are elsewhere, as they set it. Nothing of it is secret. */
export interface NotifySettings {
  readonly webhook?: {
    /** Where challenges are posted: https, or http on this machine; at most 2000 characters. */
    readonly url: string;
    /**
     * What whoever runs the webhook may learn. `nothing`: that something waits, of which kind, and until when; it can
     * only be denied from afar, as nobody should approve what they were not told. `names`: the agent's name, whom it is
     * for, and the names of what is asked; never a value, a bound or a purpose.
     */
    readonly tells: 'nothing' | 'names';
  };
  readonly answers?: {
    /** The Ed25519 key that answers are signed by: base64url of 32 bytes. */
    readonly publicKey: string;
    /** Where answers are fetched while a request waits. Without one they come in the webhook's response alone. */
    readonly url?: string;
    /** Whether an answer from afar may approve what is of Tier 3. */
    readonly tier3: boolean;
  };
}

const SETTINGS: Address = { label: 'sys/notify/settings', index: 0 };

/** The settings that stand; none where nothing was set. @throws SignetError vault_damaged */
export async function readNotifySettings(reader: VaultReader): Promise<NotifySettings> {
  const bytes = await reader.get(SETTINGS, 1);
  if (bytes === undefined) return {};
  const what = 'How you are asked elsewhere cannot be read: a newer Signet wrote it.';
  const { webhook, answers } = parseRecord(SettingsSchema, bytes, what);
  return { ...(webhook && { webhook }), ...(answers && { answers }) };
}

/**
 * Settings in place of those that stand. Another webhook starts with a clean slate; one at another origin with secrets of
 * its own, so that no two receivers ever share one: `rotateSecret` makes the first.
 * @throws SignetError bad_request, naming `webhook.url`, `answers.url` or `answers.publicKey`
 */
export async function saveNotifySettings(tx: VaultTx, settings: NotifySettings): Promise<void> {
  const parsed = v.safeParse(SettingsSchema, { v: 1, ...settings });
  if (!parsed.success) throw new SignetError('bad_request', 'These are no settings.', { field: 'settings' });
  const { webhook, answers } = settings;
  if (webhook !== undefined) assertAddress(webhook.url, 'webhook.url');
  if (answers?.url !== undefined) assertAddress(answers.url, 'answers.url');
  if (answers !== undefined) assertAnswerKey(answers.publicKey);
  const before = (await readNotifySettings(tx)).webhook?.url;
  if (before !== webhook?.url) await Promise.all([forgetBreaker(tx), forgetLastDelivery(tx)]);
  if (originAt(before) !== originAt(webhook?.url)) await forgetSecrets(tx);
  tx.put(SETTINGS, 1, canonicalJsonBytes(parsed.output));
}

const originAt = (address: string | undefined): string | undefined =>
  address === undefined ? undefined : new URL(address).origin;

function assertAddress(text: string, field: string): void {
  if (parseUrl(text, field).hash === '') return;
  throw new SignetError('bad_request', 'This address must not have a fragment.', { field });
}

function assertAnswerKey(text: string): void {
  const field = 'answers.publicKey';
  try {
    assertPublicKey(fromBase64url(text), field);
  } catch (cause) {
    throw new SignetError('bad_request', 'This is no Ed25519 public key.', { field, cause });
  }
}
