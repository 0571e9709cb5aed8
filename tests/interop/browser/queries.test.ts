import { afterAll, beforeAll, describe } from 'vitest';
import { openCardIssuer } from './cards.ts';
import { atTheDesk, withLicences } from './dc-api-desk.ts';
import type { Stand } from './foreign-verifier.ts';
import type { Cards } from './query-modes.ts';
import {
  AUTHORITIES,
  CLUB_CARD,
  SEATS,
  describeLaterElement,
  describeQueries,
  describeUnanswerable,
} from './query-modes.ts';
import { specVerifier } from './spec-verifier/index.ts';
import { theirVerifier } from './their-verifier/index.ts';

const scene = withLicences(4);
let cards: Cards;

beforeAll(async () => {
  const [club, tickets, north, south] = await Promise.all([
    openCardIssuer(),
    openCardIssuer(),
    openCardIssuer(AUTHORITIES.north),
    openCardIssuer(AUTHORITIES.south),
  ]);
  cards = { club, tickets, north, south };
  await club.give(scene(), CLUB_CARD);
  for (const seat of SEATS) await tickets.give(scene(), { seat, row: 12 });
  await north.give(scene(), { side: 'north' });
  await south.give(scene(), { side: 'south' });
});
afterAll(() => Promise.all(issuersOf(cards).map((issuer) => issuer[Symbol.asyncDispose]())));

const issuersOf = ({ club, tickets, north, south }: Cards) => [club, tickets, north, south];

const believing = (create: typeof specVerifier) => (stand: Stand) => {
  const believed = issuersOf(cards).map((issuer) => issuer.believed);
  return create({ ...stand, believed: [...stand.believed, ...believed] });
};

describe('what a verifier made of other people’s software asks for:', () => {
  describeQueries(atTheDesk(scene, believing(theirVerifier)), () => cards);
});

describe('what a verifier written from the text of the specification asks for:', () => {
  const desk = atTheDesk(scene, believing(specVerifier));
  describeQueries(desk, () => cards);
  describeLaterElement(desk, () => cards);
  describe('and what nobody can answer it:', () => describeUnanswerable(desk, () => cards));
});
