import * as v from 'valibot';
import { SignetError, canonicalJsonBytes } from '../../core/index.ts';
import type { Address, VaultReader, VaultTx } from '../../vault/index.ts';
import { Collection, parseRecord } from '../../vault/index.ts';
import type { AuthorityEvent, AuthorityState } from '../authority/index.ts';
import { nextAuthorityState } from '../authority/index.ts';

/** Offers that are kept, in whatever state. */
export const MAX_OFFERS = 64;

const whole = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const OfferSchema = v.strictObject({
  v: v.literal(1),
  jti: v.string(),
  /** base64url SHA-256 of its canonical claims. */
  hash: v.string(),
  /** Origin. */
  authority: v.string(),
  /** As it came. */
  text: v.string(),
  state: v.picklist(['accepted', 'rejected', 'expired', 'revoked'] satisfies AuthorityState[]),
  /** Milliseconds since the epoch. */
  since: whole,
  expiresAt: whole,
});

/** What the wallet keeps of an authority's offer that the person answered. */
export type HeldOffer = Readonly<v.InferOutput<typeof OfferSchema>>;

const LIST = new Collection('data/authority-offers');
const offerAt = (jti: string): Address => ({ label: `data/authority-offer/${jti}`, index: 0 });

/** An offer that was answered; undefined where none of this `jti` was. @throws SignetError vault_damaged */
export async function readHeldOffer(reader: VaultReader, jti: string): Promise<HeldOffer | undefined> {
  const bytes = await reader.get(offerAt(jti), 1);
  if (bytes === undefined) return undefined;
  return parseRecord(OfferSchema, bytes, 'An authority’s offer cannot be read: a newer Signet wrote it.');
}

/** All that are kept, oldest first. @throws SignetError vault_damaged */
export async function listHeldOffers(reader: VaultReader): Promise<readonly HeldOffer[]> {
  const jtis = await LIST.list(reader);
  return (await Promise.all(jtis.map((jti) => readHeldOffer(reader, jti)))).filter((held) => held !== undefined);
}

/**
 * Keeps an offer with the person's answer. Where there is no room one that nobody can bring again goes: its time is
 * over; after those, one that was rejected.
 * @param now milliseconds since the epoch
 * @throws SignetError `changed` when this `jti` was answered before; `too_many` where all that are kept matter still
 */
export async function keepOffer(tx: VaultTx, held: HeldOffer, now: number): Promise<void> {
  await makeRoom(tx, now);
  await tx.insertUnique(offerAt(held.jti), 1, canonicalJsonBytes(held));
  await LIST.add(tx, held.jti);
}

/**
 * What becomes of an offer after an event.
 * @returns the state that it is in now; undefined where that cannot happen, and nothing was written
 */
export function moveOffer(
  tx: VaultTx,
  held: HeldOffer,
  { event, at }: { readonly event: AuthorityEvent; readonly at: number },
): HeldOffer | undefined {
  const state = nextAuthorityState(held.state, event);
  if (state === undefined || state === 'offered') return undefined;
  const moved: HeldOffer = { ...held, state, since: at };
  tx.put(offerAt(held.jti), 1, canonicalJsonBytes(moved));
  return moved;
}

/**
 * Ends every accepted offer, in the transaction that moves the vault: each was made to a key of the vault that is left,
 * and nothing can be shown under it with another.
 */
export async function endOffersOfFormerKeys(tx: VaultTx): Promise<void> {
  for (const held of await listHeldOffers(tx)) moveOffer(tx, held, { event: 'revoke', at: held.since });
}

/** Whether something can be shown under an offer now. @param now milliseconds since the epoch */
export const stands = ({ state, expiresAt }: HeldOffer, now: number): boolean =>
  state === 'accepted' && now < expiresAt;

async function makeRoom(tx: VaultTx, now: number): Promise<void> {
  const offers = await listHeldOffers(tx);
  if (offers.length < MAX_OFFERS) return;
  const going = offers.find(({ expiresAt }) => now >= expiresAt) ?? offers.find(({ state }) => state === 'rejected');
  if (going === undefined) {
    throw new SignetError('too_many', 'You hold too many permissions of authorities. Give one up first.');
  }
  await tx.delete(offerAt(going.jti));
  await LIST.remove(tx, going.jti);
}
