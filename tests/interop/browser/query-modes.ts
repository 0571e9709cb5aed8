import type { Page } from 'puppeteer';
import { describe, expect, test } from 'vitest';
import { findNamed, named, text } from '../../e2e/setup/harness.ts';
import type { CardIssuer } from './cards.ts';
import type { DcApiDesk } from './dc-api-desk.ts';
import type { Accepted, ClaimQuery, Query } from './foreign-verifier.ts';
import { credentialOf, freshNonce, only } from './foreign-verifier.ts';

/** What the wallet holds beside its licences. */
export interface Cards {
  /** One card, which says `CLUB_CARD`. */
  readonly club: CardIssuer;
  /** Two, for the seats 12A and 12B. */
  readonly tickets: CardIssuer;
  /** One each, of an authority of its own. */
  readonly north: CardIssuer;
  readonly south: CardIssuer;
}

export const CLUB_CARD = {
  tier: 'gold',
  points: 42,
  address: { street_address: '12 Harbour Lane', locality: 'Port Example', country: 'EX' },
  languages: ['en', 'de', 'fr'],
  boats: [
    { name: 'Finch', sails: 2 },
    { name: 'Otter', sails: 3 },
  ],
};
export const SEATS = ['12A', '12B'];
export const AUTHORITIES = { north: new Uint8Array(20).fill(7), south: new Uint8Array(20).fill(9) };

/** Asks in all that DCQL has; each verifier looks itself that it got what it asked for, and no more. */
export function describeQueries(desk: DcApiDesk, cards: () => Cards): void {
  const ask = async (query: Query): Promise<Accepted> => {
    const { question, answer } = await desk.asked({ query });
    return question.verify(answer);
  };
  const club = (more: object) => clubCard(cards(), more);
  const ofClub = async (...claims: readonly ClaimQuery[]) => only(await ask(club({ claims }))).disclosed;

  describe('a path', () => {
    const shown: readonly (readonly [string, ClaimQuery['path'], object])[] = [
      ['into an object', ['address', 'locality'], { address: { locality: 'Port Example' } }],
      ['to all elements', ['boats', null, 'name'], { boats: [{ name: 'Finch' }, { name: 'Otter' }] }],
      ['to an element', ['languages', 0], { languages: ['en'] }],
      ['through an element', ['boats', 0, 'sails'], { boats: [{ sails: 2 }] }],
      ['to a whole array', ['languages'], { languages: ['en', 'de', 'fr'] }],
    ];
    test.each(shown)('%s shows what it leads to and nothing beside it', async (_, path, disclosed) => {
      expect(await ofClub({ path })).toEqual(disclosed);
    });
  });

  describe('a value', () => {
    test.each([
      [['tier'], ['silver', 'gold'], { tier: 'gold' }],
      [['points'], [42], { points: 42 }],
    ])('of %j that is one of %j is shown', async (path, values, disclosed) => {
      expect(await ofClub({ path, values })).toEqual(disclosed);
    });
  });

  describe('claim sets', () => {
    const claims = [
      { id: 'yacht', path: ['yacht'] },
      { id: 'tier', path: ['tier'] },
      { id: 'points', path: ['points'] },
      { id: 'silver', path: ['tier'], values: ['silver'] },
    ];
    test.each([
      [[['tier'], ['points']], { tier: 'gold' }],
      [[['points'], ['tier']], { points: 42 }],
      [[['yacht', 'tier'], ['silver'], ['points']], { points: 42 }],
      // §6.4.1 lets the wallet deviate where a verifier did not put the least first.
      [[['points', 'tier'], ['tier']], { tier: 'gold' }],
    ])('%j are answered by the first that can be, or by what is a part of it,', async (claim_sets, disclosed) => {
      expect(only(await ask(club({ claims, claim_sets }))).disclosed).toEqual(disclosed);
    });
  });

  test('no claims: nothing that can be kept back is shown', async () => {
    expect(only(await ask(club({}))).disclosed).toEqual({});
  });

  describe('credential sets', () => {
    const age = () => credentialOf(desk.stand.vct, { id: 'age', claims: [{ path: ['age_over_21'] }] });
    const seat = () => credentialOf(cards().tickets.type, { id: 'seat', claims: [{ path: ['seat'] }] });
    const yacht = () => credentialOf(cards().club.type, { id: 'yacht', claims: [{ path: ['yacht'] }] });
    const optional = (): Query => ({
      credentials: [age(), seat()],
      credential_sets: [{ options: [['age']] }, { options: [['seat']], required: false }],
    });

    test('that are optional are left out, unless the person takes them in', async () => {
      const accepted = await ask(optional());
      expect(Object.keys(accepted.shown)).toEqual(['age']);
      const question = await desk.verifier.ask({ query: optional() });
      const consent = await desk.askInWindow([question.call]);
      await takeIn(consent);
      const { shown } = await question.verify(await desk.allow(consent));
      expect(Object.keys(shown).sort()).toEqual(['age', 'seat']);
    });

    test('are answered by the first option that can be', async () => {
      const { shown } = await ask({
        credentials: [yacht(), age(), seat()],
        credential_sets: [{ options: [['yacht'], ['yacht', 'seat'], ['age'], ['seat']] }],
      });
      expect(Object.keys(shown)).toEqual(['age']);
    });

    test('that are absent want every credential', async () => {
      const { shown } = await ask({ credentials: [age(), seat()] });
      expect(Object.keys(shown).sort()).toEqual(['age', 'seat']);
    });
  });

  test('multiple: one ticket is shown, and each that the person takes in, by a key of its own', async () => {
    const tickets = credentialOf(cards().tickets.type, { multiple: true, claims: [{ path: ['seat'] }] });
    const question = await desk.verifier.ask({ query: { credentials: [tickets] } });
    const consent = await desk.askInWindow([question.call]);
    await takeIn(consent);
    const { shown } = await question.verify(await desk.allow(consent));
    const [all = []] = Object.values(shown);
    expect(all.map(({ disclosed }) => disclosed['seat']).sort()).toEqual(SEATS);
    expect(new Set(all.map(({ holder }) => holder)).size).toBe(SEATS.length);
  });

  describe('an authority', () => {
    test.each(['north', 'south'] as const)('decides whose card is shown (%s)', async (side) => {
      expect(only(await ask(memberOf(cards(), AUTHORITIES[side]))).disclosed).toEqual({ side });
    });
  });

  test('a holder whose signature is not asked for: the card is shown all the same', async () => {
    const claims = [{ path: ['tier'] }];
    const accepted = await ask(club({ require_cryptographic_holder_binding: false, claims }));
    expect(only(accepted).disclosed).toEqual({ tier: 'gold' });
  });

  test('a verifier sees where more comes than it asked for', async () => {
    const nonce = freshNonce();
    const much = await desk.verifier.ask({
      nonce,
      query: club({ claims: [{ path: ['tier'] }, { path: ['points'] }] }),
    });
    const little = await desk.verifier.ask({ nonce, query: club({ claims: [{ path: ['tier'] }] }) });
    const answer = await desk.allowed(much);
    await much.verify(answer);
    await expect(little.verify(answer)).rejects.toThrow(/more/);
  });
}

/** Asks for what the wallet cannot show: the person is told so, and has nothing to allow. */
export function describeUnanswerable(desk: DcApiDesk, cards: () => Cards): void {
  async function expectNothing(query: Query): Promise<void> {
    const consent = await desk.openWindow([(await desk.verifier.ask({ query })).call]);
    await named(consent, text('nothing_title'), 'heading');
    expect(await findNamed(consent, text('allow_once'), 'button')).toBeNull();
  }

  const claims: readonly (readonly [string, ClaimQuery])[] = [
    ['an element that is not there', { path: ['boats', 2, 'name'] }],
    ['elements of what is no array', { path: ['tier', null] }],
    ['an element of an object', { path: ['address', 0] }],
    ['another value', { path: ['tier'], values: ['silver'] }],
    ['a value of another type', { path: ['points'], values: ['42', 41] }],
  ];
  test.each(claims)('%s', (_, claim) => expectNothing(clubCard(cards(), { claims: [claim] })));

  test('two credentials, one of which is not there', () => {
    const age = credentialOf(desk.stand.vct, { id: 'age', claims: [{ path: ['age_over_21'] }] });
    const yacht = credentialOf(cards().club.type, { id: 'yacht', claims: [{ path: ['yacht'] }] });
    return expectNothing({ credentials: [age, yacht] });
  });

  test('a card by an authority that certified nobody', () => expectNothing(memberOf(cards(), new Uint8Array(20))));
}

/** Asks for an element behind others that are kept back. `dcql` counts in what is left of them. */
export function describeLaterElement(desk: DcApiDesk, cards: () => Cards): void {
  test('an element keeps its index where those before it are kept back', async () => {
    const { question, answer } = await desk.asked({
      query: clubCard(cards(), { claims: [{ path: ['languages', 2] }] }),
    });
    expect(only(await question.verify(answer)).disclosed).toEqual({ languages: ['fr'] });
  });
}

const clubCard = ({ club }: Cards, more: object): Query => ({ credentials: [credentialOf(club.type, more)] });

/** Either card that says on which side its holder lives, by an authority of this key. */
function memberOf({ north, south }: Cards, authorityKeyId: Uint8Array): Query {
  const trusted_authorities = [{ type: 'aki' as const, values: [Buffer.from(authorityKeyId).toString('base64url')] }];
  const meta = { vct_values: [north.type, south.type] };
  return { credentials: [credentialOf('', { meta, trusted_authorities, claims: [{ path: ['side'] }] })] };
}

/** The person ticks what a site would also like. */
async function takeIn(consent: Page): Promise<void> {
  await (await consent.waitForSelector('.extras input'))?.click();
}
