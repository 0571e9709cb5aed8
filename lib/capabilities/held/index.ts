export { audienceKeySeed } from './audience-key.ts';
export type { HeldCapability } from './held-capability.ts';
export {
  MAX_HELD,
  MAX_HELD_OF_ONE,
  MAX_RECEIPTS,
  dropSeed,
  findHeld,
  forgetHeld,
  isOver,
  keepHeld,
  listHeld,
  openSeed,
  putHeld,
  readHeld,
} from './held-capability.ts';
export type { HeldOffer } from './held-offer.ts';
export {
  MAX_OFFERS,
  endOffersOfFormerKeys,
  keepOffer,
  listHeldOffers,
  moveOffer,
  readHeldOffer,
  stands,
} from './held-offer.ts';
export type { HeldAuthority } from './trusted-authorities.ts';
export { MAX_AUTHORITY_KEYS, distrust, listTrusted, trust, trustedAs } from './trusted-authorities.ts';
