import * as v from 'valibot';
import { canonicalJsonBytes } from '../core/index.ts';
import type { Address, VaultReader, VaultTx } from '../vault/index.ts';
import { parseRecord } from '../vault/index.ts';
import type { SigningSecret } from './webhook/index.ts';
import { parseSigningSecret, spellPublicKey, spellSecret, forgetSecret } from './webhook/index.ts';

/** How long webhooks are signed with the old secret beside the new one, in milliseconds. */
export const ROTATION_OVERLAP = 24 * 3_600_000;

const whole = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const SecretsSchema = v.strictObject({
  v: v.literal(1),
  current: v.string(),
  previous: v.exactOptional(v.strictObject({ spelled: v.string(), until: whole })),
});
type Stored = v.InferOutput<typeof SecretsSchema>;

const SECRETS: Address = { label: 'sys/notify/secrets', index: 0 };

/**
 * Another secret in place of the one that stands, if there is one; that one signs too for a day, and whatever it took
 * the place of no more. Show the person `spellSecret` or `spellPublicKey` of it once.
 * @param now milliseconds since the epoch
 * @throws SignetError vault_damaged
 */
export async function rotateSecret(tx: VaultTx, next: SigningSecret, now: number): Promise<void> {
  const stands = await readStored(tx);
  const previous = stands && { spelled: stands.current, until: now + ROTATION_OVERLAP };
  putSecrets(tx, { v: 1, current: spellSecret(next), ...(previous && { previous }) });
}

/** Ends a rotation at once: the old secret got out. Harmless where there is none. @throws SignetError vault_damaged */
export async function dropOldSecret(tx: VaultTx): Promise<void> {
  const stands = await readStored(tx);
  if (stands?.previous !== undefined) putSecrets(tx, { v: 1, current: stands.current });
}

/**
 * What a webhook is signed with now: none, one, or two while they rotate. The caller forgets them.
 * @param now milliseconds since the epoch
 * @throws SignetError vault_damaged
 */
export async function readSecrets(reader: VaultReader, now: number): Promise<readonly SigningSecret[]> {
  const stored = await readStored(reader);
  if (stored === undefined) return [];
  const spelled = [
    stored.current,
    ...(stored.previous && now < stored.previous.until ? [stored.previous.spelled] : []),
  ];
  return spelled.map((text) => parseSigningSecret(text, 'secret'));
}

/** Which secrets sign now, without them: for the screen. */
export interface SecretsView {
  /** `whpk_…` of the one that stands; absent for HMAC. */
  readonly publicKey?: string;
  /** Until when an old one signs too: milliseconds since the epoch. */
  readonly rotatingUntil?: number;
}

/** What the screen shows of the secrets; undefined where there are none. @throws SignetError vault_damaged */
export async function viewSecrets(reader: VaultReader, now: number): Promise<SecretsView | undefined> {
  const stored = await readStored(reader);
  if (stored === undefined) return undefined;
  const signing = parseSigningSecret(stored.current, 'secret');
  const publicKey = spellPublicKey(signing);
  forgetSecret(signing);
  const rotatingUntil = stored.previous?.until;
  return {
    ...(publicKey !== undefined && { publicKey }),
    ...(rotatingUntil !== undefined && now < rotatingUntil && { rotatingUntil }),
  };
}

/** Deletes them: the receiver they were for is gone. */
export const forgetSecrets = (tx: VaultTx): Promise<void> => tx.delete(SECRETS);

async function readStored(reader: VaultReader): Promise<Stored | undefined> {
  const bytes = await reader.get(SECRETS, 1);
  if (bytes === undefined) return undefined;
  return parseRecord(SecretsSchema, bytes, 'The webhook’s secrets cannot be read: a newer Signet wrote them.');
}

const putSecrets = (tx: VaultTx, stored: Stored): void => tx.put(SECRETS, 1, canonicalJsonBytes(stored));
