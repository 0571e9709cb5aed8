import type { Bytes } from '../../core/index.ts';
import { SecretBytes, canonicalJsonBytes, concatBytes, randomBytes, toBase64url, utf8 } from '../../core/index.ts';
import { damaged } from '../damage.ts';
import type { Header, PasskeyWraps } from './header.ts';
import { kdfFields } from './header.ts';
import type { PhraseKeys } from './key-tree.ts';
import { derivePasskeyWrapKey, deriveTier2WrapKey, inboxPublicKey, passkeySalt } from './key-tree.ts';
import type { Opener, PasskeyOpener } from './opener.ts';
import type { KdfParameters, StretchedPassword } from './password.ts';
import { stretchPassword } from './password.ts';
import { openKeyBox, sealBox } from './sealed-box.ts';

const PASSWORD_LABEL = utf8('signet-password-wrap');
const PASSKEY_LABEL = utf8('signet-passkey-wrap');
const TIER2_LABEL = utf8('signet-tier2-wrap');

/** The vault's secrets, as they go into a header. */
export interface VaultSecrets {
  readonly entropy: SecretBytes;
  readonly keys: Pick<PhraseKeys, 'sealing' | 'audit' | 'identity'>;
  readonly tier2: SecretBytes;
}

/** What an opener brought out of a header. */
export interface OpenedHeader extends Disposable {
  /** The entropy of the phrase. */
  readonly entropy: SecretBytes;
  /** The key of Tier 2. @throws SignetError vault_damaged when its wrap was exchanged */
  tier2(sealing: SecretBytes): SecretBytes;
}

/** A fresh random key of Tier 2. */
export const newTier2Key = (): SecretBytes => SecretBytes.take(randomBytes(32));

/** Everything the password's wrap authenticates: its purpose and the parameters that lead to its key. */
const passwordData = (kdf: KdfParameters): Bytes =>
  concatBytes(PASSWORD_LABEL, canonicalJsonBytes({ v: 1, kdf: kdfFields(kdf) }));

/** A passkey's wrap belongs to one passkey, one salt and, by the inbox key, one vault. */
const passkeyData = ({ id, salt }: Pick<PasskeyWraps, 'id' | 'salt'>, inboxKey: Bytes): Bytes =>
  concatBytes(PASSKEY_LABEL, canonicalJsonBytes({ v: 1, id, salt: toBase64url(salt), inbox: toBase64url(inboxKey) }));

/**
 * Opens a header. Takes about half a second with a password.
 * @returns undefined when the opener is wrong or what belongs to it was altered: nobody can tell which
 * @throws SignetError bad_request, field `password`, for what no keyboard writes
 */
export async function openHeader(header: Header, opener: Opener): Promise<OpenedHeader | undefined> {
  switch (opener.kind) {
    case 'password':
      return openWithPassword(header, await stretchPassword(opener.password, header.kdf));
    case 'passkey':
      return openWithPasskey(header, opener);
  }
}

function openWithPassword(header: Header, stretched: StretchedPassword): OpenedHeader | undefined {
  const entropy = openKeyBox(stretched.wrapKey, passwordData(header.kdf), header.passwordWrap);
  stretched.wrapKey.dispose();
  if (entropy !== undefined) return openedHeader(entropy, stretched.p, header.tier2Wrap);
  stretched.p.dispose();
  return undefined;
}

function openWithPasskey({ passkeys, inboxKey }: Header, { id, prf }: PasskeyOpener): OpenedHeader | undefined {
  const wraps = passkeys.find((passkey) => passkey.id === id);
  if (wraps === undefined) return undefined;
  using wrapKey = derivePasskeyWrapKey(prf);
  const entropy = openKeyBox(wrapKey, passkeyData(wraps, inboxKey), wraps.wrap);
  if (entropy === undefined) return undefined;
  return openedHeader(entropy, SecretBytes.take(prf.expose().slice()), wraps.tier2Wrap);
}

function openedHeader(entropy: SecretBytes, factor: SecretBytes, tier2Wrap: Bytes): OpenedHeader {
  return {
    entropy,
    tier2: (sealing) => unwrapTier2(sealing, factor, tier2Wrap),
    [Symbol.dispose]: () => [entropy, factor].forEach((secret) => secret.dispose()),
  };
}

function unwrapTier2(sealing: SecretBytes, factor: SecretBytes, tier2Wrap: Bytes): SecretBytes {
  using wrapKey = deriveTier2WrapKey(sealing, factor);
  const key = openKeyBox(wrapKey, TIER2_LABEL, tier2Wrap);
  if (key === undefined) throw damaged('The vault’s header was altered: the key of its second tier does not open.');
  return key;
}

function wrapTier2(sealing: SecretBytes, factor: SecretBytes, tier2: SecretBytes): Bytes {
  using wrapKey = deriveTier2WrapKey(sealing, factor);
  return sealBox(wrapKey, TIER2_LABEL, tier2.expose());
}

/** The part of a header that hangs on the password. */
export type PasswordWraps = Pick<Header, 'kdf' | 'passwordWrap' | 'tier2Wrap'>;

/** Wraps the vault's secrets under a password. @param kdf fresh parameters, with a salt of their own */
export async function wrapByPassword(
  { entropy, keys, tier2 }: VaultSecrets,
  password: string,
  kdf: KdfParameters,
): Promise<PasswordWraps> {
  using stretched = await stretchPassword(password, kdf);
  return {
    kdf,
    passwordWrap: sealBox(stretched.wrapKey, passwordData(kdf), entropy.expose()),
    tier2Wrap: wrapTier2(keys.sealing, stretched.p, tier2),
  };
}

/** Wraps the vault's secrets under a passkey's answer to this vault's salt. */
export function wrapByPasskey(
  { entropy, keys, tier2 }: VaultSecrets,
  { id, prf }: Pick<PasskeyOpener, 'id' | 'prf'>,
): PasskeyWraps {
  const salt = passkeySalt(keys.identity);
  using wrapKey = derivePasskeyWrapKey(prf);
  const data = passkeyData({ id, salt }, inboxPublicKey(keys.audit));
  return {
    id,
    salt,
    wrap: sealBox(wrapKey, data, entropy.expose()),
    tier2Wrap: wrapTier2(keys.sealing, prf, tier2),
  };
}
