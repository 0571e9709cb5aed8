import * as v from 'valibot';
import type { SecretBytes } from '../../core/index.ts';
import { SignetError, assertField, canonicalJsonBytes, displayText, toBase64url } from '../../core/index.ts';
import type { Address } from '../blind-db/address.ts';
import type { Found, FoundVault } from './boot.ts';
import { encodeHeader, isPasskeyId } from '../keys/header.ts';
import type { KeeperRoom } from './keeper-room.ts';
import { passkeySalt, passkeyUserId } from '../keys/key-tree.ts';
import type { OpenVault } from '../blind-db/open-vault.ts';
import type { Opener } from '../keys/opener.ts';
import type { VaultReader, VaultTx } from '../blind-db/vault-tx.ts';
import { wrapByPasskey } from '../keys/wraps.ts';
import { parseRecord } from '../blind-db/parse-record.ts';

const NAMES: Address = { label: 'sys/passkeys', index: 0 };
const MAX_PASSKEYS = 16;
const MAX_NAME = 60;
const PRF_LENGTH = 32;

const NameSchema = v.strictObject({ id: v.string(), name: v.string(), addedAt: v.number() });
const NamesSchema = v.strictObject({ v: v.literal(1), passkeys: v.array(NameSchema) });

/** What a page needs to ask a passkey for its PRF output; known without a key. */
export interface PasskeyHandle {
  /** WebAuthn credential id, base64url. */
  readonly id: string;
  /** PRF salt, 32 bytes, base64url. */
  readonly salt: string;
}

/** A passkey as its owner knows it. */
export interface Passkey {
  readonly id: string;
  readonly name: string;
  /** Milliseconds since the epoch. */
  readonly addedAt: number;
}

/** A passkey that was made for this vault. */
export interface NewPasskey {
  /** WebAuthn credential id, base64url. */
  readonly id: string;
  /** What it answered to the vault's salt, 32 bytes. Borrowed: the caller disposes of it. */
  readonly prf: SecretBytes;
  /** The person's word for it, 1 to 60 characters. */
  readonly name: string;
}

/** The passkeys that open the vault that is there: empty where there is none. */
export const passkeyHandles = (found: Found): readonly PasskeyHandle[] =>
  found.kind === 'vault' ? found.header.passkeys.map(({ id, salt }) => ({ id, salt: toBase64url(salt) })) : [];

/** What `navigator.credentials.create` needs for a passkey of this vault: 32 bytes each, base64url. */
export const passkeyOptions = ({ keys }: VaultReader): { salt: string; userId: string } => ({
  salt: toBase64url(passkeySalt(keys.identity)),
  userId: toBase64url(passkeyUserId(keys.identity)),
});

/** The passkeys in the header, by the names that the person gave them. @throws SignetError vault_damaged */
export async function listPasskeys(vault: VaultReader, { header }: FoundVault): Promise<readonly Passkey[]> {
  const names = await readNames(vault);
  return header.passkeys.map(({ id }) => names.find((named) => named.id === id) ?? { id, name: '', addedAt: 0 });
}

/**
 * Lets a passkey open the vault too. The password stays; so does every other passkey. One with the same id is replaced.
 * @throws SignetError `wrong_password`, `wait`, `bad_request` (fields `id`, `prf`, `name`), `too_many` beyond 16
 */
export async function addPasskey(
  { options, notes, check, live }: KeeperRoom,
  { found, vault }: { found: FoundVault; vault: OpenVault },
  opener: Opener,
  { id, prf, name }: NewPasskey,
): Promise<void> {
  const shown = displayText(name, MAX_NAME);
  assertField(isPasskeyId(id), 'id', 'This is no passkey.');
  assertField(prf.length === PRF_LENGTH, 'prf', 'This passkey cannot open a vault: it gives no secret of its own.');
  assertField(shown !== '', 'name', 'Give it a name.');
  const others = found.header.passkeys.filter((passkey) => passkey.id !== id);
  if (others.length >= MAX_PASSKEYS) throw new SignetError('too_many', `A vault has at most ${MAX_PASSKEYS} passkeys.`);
  using opened = await check.open(found, opener);
  const { keys } = vault;
  const added = wrapByPasskey({ entropy: opened.entropy, keys, tier2: keys.tier2 }, { id, prf });
  const header = encodeHeader({ ...found.header, passkeys: [...others, added] });
  await live.rebind(vault, found, header, async (tx) => {
    const names = (await readNames(tx)).filter((named) => named.id !== id);
    putNames(tx, [...names, { id, name: shown, addedAt: options.clock() }]);
    await notes.append(tx, 'vault.passkey_added');
  });
}

/** Takes a passkey's wraps out of the header. The password stays, always. @throws SignetError not_found */
export async function removePasskey(
  { notes, live }: KeeperRoom,
  { found, vault }: { found: FoundVault; vault: OpenVault },
  id: string,
): Promise<void> {
  const rest = found.header.passkeys.filter((passkey) => passkey.id !== id);
  if (rest.length === found.header.passkeys.length) {
    throw new SignetError('not_found', 'There is no such passkey any more.', { field: 'id' });
  }
  await live.rebind(vault, found, encodeHeader({ ...found.header, passkeys: rest }), async (tx) => {
    putNames(
      tx,
      (await readNames(tx)).filter((named) => named.id !== id),
    );
    await notes.append(tx, 'vault.passkey_removed');
  });
}

/** Whether this is where the names are kept. */
export const isPasskeyNames = ({ label }: Address): boolean => label === NAMES.label;

/** Forgets the names of passkeys whose wraps go in the same transaction. */
export const forgetPasskeyNames = (tx: VaultTx): Promise<void> => tx.delete(NAMES);

async function readNames(vault: VaultReader): Promise<readonly Passkey[]> {
  const bytes = await vault.get(NAMES, 1);
  if (bytes === undefined) return [];
  return parseRecord(NamesSchema, bytes, 'The names of the passkeys cannot be read: a newer Signet wrote them.')
    .passkeys;
}

const putNames = (tx: VaultTx, passkeys: readonly Passkey[]): void =>
  tx.put(NAMES, 1, canonicalJsonBytes({ v: 1, passkeys }));
