import * as v from 'valibot';
import { SignetError, canonicalJsonBytes } from '../../core/index.ts';
import type { Address, VaultReader, VaultTx } from '../../vault/index.ts';
import { parseRecord } from '../../vault/index.ts';
import { publicKey } from '../fields.ts';

const MAX_TRUSTED = 64;
/** Keys of one authority, and of those who have to stand by its offers. */
export const MAX_AUTHORITY_KEYS = 8;

const keys = v.pipe(v.array(publicKey), v.maxLength(MAX_AUTHORITY_KEYS));
const ListSchema = v.strictObject({
  v: v.literal(1),
  list: v.pipe(
    v.array(
      v.strictObject({
        authority: v.string(),
        keys,
        coSigners: v.exactOptional(keys),
        since: v.pipe(v.number(), v.safeInteger(), v.minValue(0)),
      }),
    ),
    v.maxLength(MAX_TRUSTED),
  ),
});

/** An authority on the person's list, by its origin. `since`: milliseconds since the epoch. */
export type HeldAuthority = Readonly<v.InferOutput<typeof ListSchema>['list'][number]>;

const LIST: Address = { label: 'data/authorities', index: 0 };

/** The authorities that the person trusts, in the order in which they came. @throws SignetError vault_damaged */
export async function listTrusted(reader: VaultReader): Promise<readonly HeldAuthority[]> {
  const bytes = await reader.get(LIST, 1);
  if (bytes === undefined) return [];
  return parseRecord(ListSchema, bytes, 'The authorities you trust cannot be read: a newer Signet wrote them.').list;
}

/** The entry of an authority; undefined where the person does not trust it. @param authority origin */
export const trustedAs = async (reader: VaultReader, authority: string): Promise<HeldAuthority | undefined> =>
  (await listTrusted(reader)).find((one) => one.authority === authority);

/** Puts an authority on the list, in place of its entry. @throws SignetError too_many */
export async function trust(tx: VaultTx, added: HeldAuthority): Promise<void> {
  const others = (await listTrusted(tx)).filter(({ authority }) => authority !== added.authority);
  if (others.length >= MAX_TRUSTED) {
    throw new SignetError('too_many', 'You trust too many authorities. Stop trusting one first.');
  }
  put(tx, [...others, added]);
}

/** Takes an authority off the list. @throws SignetError not_found */
export async function distrust(tx: VaultTx, authority: string): Promise<void> {
  const all = await listTrusted(tx);
  const others = all.filter((one) => one.authority !== authority);
  if (others.length === all.length) {
    throw new SignetError('not_found', 'This authority is not on your list.', { field: 'authority' });
  }
  put(tx, others);
}

const put = (tx: VaultTx, list: readonly HeldAuthority[]): void => tx.put(LIST, 1, canonicalJsonBytes({ v: 1, list }));
