import type { Bytes } from '../../core/index.ts';
import { SignetError, equalBytes } from '../../core/index.ts';
import type { Found, FoundDamage, FoundVault } from './boot.ts';
import { assertVault } from './boot.ts';
import { SCHEMA, encodeHeader } from '../keys/header.ts';
import type { KeeperRoom } from './keeper-room.ts';
import { keysOfEntropy, newHeader, wrapByNewPassword } from './keeper-room.ts';
import type { PhraseKeys } from '../keys/key-tree.ts';
import { disposeKeys, inboxPublicKey } from '../keys/key-tree.ts';
import { OpenVault, readOnlyError } from '../blind-db/open-vault.ts';
import type { Opener } from '../keys/opener.ts';
import { forgetPasskeyNames } from './passkeys.ts';
import { assertNewPassword } from '../keys/password.ts';
import { entropyOfPhrase, phraseOfEntropy } from '../keys/phrase.ts';
import { HEADER_KEY } from '../places.ts';
import { newTier2Key } from '../keys/wraps.ts';

/**
 * Replaces the password: one transaction re-wraps the entropy and the key of Tier 2, touches no record and no
 * passkey, and keeps the vault open. A passkey will do as the opener, where the password is forgotten.
 * @throws SignetError `wrong_password`, `wait`, `bad_request`
 */
export async function changePassword(
  { options, notes, check, live }: KeeperRoom,
  { found, vault }: { found: FoundVault; vault: OpenVault },
  { current, next }: { current: Opener; next: string },
): Promise<void> {
  assertNewPassword(next);
  using opened = await check.open(found, current);
  const { keys } = vault;
  const wraps = await wrapByNewPassword(options, { entropy: opened.entropy, keys, tier2: keys.tier2 }, next);
  const header = encodeHeader({ ...found.header, ...wraps });
  await live.rebind(vault, found, header, (tx) => notes.append(tx, 'vault.password_changed'));
}

/**
 * "Forgot password": the words of this vault set a new one. Rows stay, but every wrap of the Tier 2 key goes and with
 * them Tier 2 (design §4). A passkey goes whole, its copy of the entropy too: who resets no longer trusts, or no
 * longer has, what opened the vault before, and a passkey left behind would be a second door. It can be added again.
 * Works too when the header alone is damaged.
 * @throws SignetError `wrong_phrase` when the words are another vault's, `bad_request`, `no_vault`, `read_only`
 */
export async function resetPassword(
  { options, notes, live, attempts }: KeeperRoom,
  found: Found,
  { phrase, password }: { phrase: string; password: string },
): Promise<void> {
  assertNewPassword(password);
  using entropy = entropyOfPhrase(phrase);
  const target = found.kind === 'damaged' ? found : assertVault(found);
  if (target.kind === 'vault' && target.readOnly) throw readOnlyError('newer');
  const keys = await keysOfEntropy(entropy);
  await assertOwnKeys(options, target, keys);
  const tier2 = newTier2Key();
  const header = await newHeader(options, { entropy, keys, tier2 }, password);
  const opened = await OpenVault.open(options, { ...keys, tier2 }, headerToMigrate(target));
  const stored = opened.header ?? target.stored;
  await live.enterExisting({ ...opened, header, stored, recovered: false }, async (tx) => {
    tx.expect({ store: 'meta', key: HEADER_KEY, value: stored });
    tx.raw({ store: 'meta', key: HEADER_KEY, value: header });
    await tx.deleteTier(2);
    await forgetPasskeyNames(tx);
    await notes.append(tx, 'vault.password_reset');
  });
  await attempts.forgive();
}

/** A header of an older schema goes along with its rows; one of ours is not looked at, for it is replaced anyway. */
const headerToMigrate = (target: FoundVault | FoundDamage): Bytes | undefined =>
  target.kind === 'vault' && target.header.schema !== SCHEMA ? target.bytes : undefined;

/** Whether the words are this vault's: the header says so, or where it is unreadable the rows do. */
async function assertOwnKeys(
  options: KeeperRoom['options'],
  found: FoundVault | FoundDamage,
  keys: PhraseKeys,
): Promise<void> {
  const own =
    found.kind === 'vault'
      ? equalBytes(inboxPublicKey(keys.audit), found.header.inboxKey)
      : await OpenVault.isFiledUnder(options, keys);
  if (own) return;
  disposeKeys(keys);
  throw new SignetError('wrong_phrase', 'These are the words of another vault. Nothing was changed.', {
    field: 'phrase',
  });
}

/** The 24 words. Logged before they are shown. @throws SignetError `wrong_password`, `wait` */
export async function revealPhrase(
  { notes, check }: KeeperRoom,
  { found, vault }: { found: FoundVault; vault: OpenVault },
  opener: Opener,
): Promise<{ words: string[] }> {
  using opened = await check.open(found, opener);
  await vault.transact((tx) => notes.append(tx, 'vault.phrase_shown'));
  return { words: phraseOfEntropy(opened.entropy).split(' ') };
}
