import type { Bytes, SecretBytes } from '../../core/index.ts';
import { SignetError, equalBytes } from '../../core/index.ts';
import type { AttemptCounter } from './attempts.ts';
import type { FoundVault } from './boot.ts';
import { damaged } from '../damage.ts';
import { encodeHeader } from '../keys/header.ts';
import type { VaultKeeperOptions } from './keeper-options.ts';
import type { PhraseKeys, VaultKeys } from '../keys/key-tree.ts';
import { deriveVaultKeys, disposeKeys, inboxPublicKey, rootOfPhrase } from '../keys/key-tree.ts';
import type { LiveSession } from './live-session.ts';
import type { VaultNotes } from './notes.ts';
import type { OpenerCheck } from './opener-check.ts';
import { KDF_FLOOR, isBearableCost, newKdfParameters } from '../keys/password.ts';
import { phraseOfEntropy } from '../keys/phrase.ts';
import type { OpenedHeader, PasswordWraps, VaultSecrets } from '../keys/wraps.ts';
import { wrapByPassword } from '../keys/wraps.ts';

/** What the keeper's pieces of work share. */
export interface KeeperRoom {
  readonly options: VaultKeeperOptions;
  readonly notes: VaultNotes;
  readonly attempts: AttemptCounter;
  readonly check: OpenerCheck;
  readonly live: LiveSession;
}

/** The root of the key tree. The caller disposes of it: it lives only while unlocking or granting (design §4). */
export const rootOfEntropy = (entropy: SecretBytes): Promise<SecretBytes> => rootOfPhrase(phraseOfEntropy(entropy));

export async function keysOfEntropy(entropy: SecretBytes): Promise<PhraseKeys> {
  using root = await rootOfEntropy(entropy);
  return deriveVaultKeys(root);
}

/** All keys of a vault whose header was opened. @throws SignetError vault_damaged when the header is not its own */
export async function keysOf(opened: OpenedHeader, { header }: FoundVault): Promise<VaultKeys> {
  const keys = await keysOfEntropy(opened.entropy);
  try {
    if (!equalBytes(inboxPublicKey(keys.audit), header.inboxKey)) {
      throw damaged('The vault’s header was altered: its inbox key is not this vault’s.');
    }
    return { ...keys, tier2: opened.tier2(keys.sealing) };
  } catch (error) {
    disposeKeys(keys);
    throw error;
  }
}

/** A header of a new password alone: no passkey opens it. Takes about half a second. */
export async function newHeader(options: VaultKeeperOptions, secrets: VaultSecrets, password: string): Promise<Bytes> {
  const wraps = await wrapByNewPassword(options, secrets, password);
  return encodeHeader({ ...wraps, passkeys: [], inboxKey: inboxPublicKey(secrets.keys.audit) });
}

/** Wraps the vault's secrets under a new password, at the cost that this machine bears. */
export async function wrapByNewPassword(
  { kdfCost }: VaultKeeperOptions,
  secrets: VaultSecrets,
  password: string,
): Promise<PasswordWraps> {
  const cost = (await kdfCost?.()) ?? KDF_FLOOR;
  if (!isBearableCost(cost)) throw new SignetError('internal', 'This password cost is out of bounds.');
  return wrapByPassword(secrets, password, newKdfParameters(cost));
}
