import { beforeAll, describe, expect, test } from 'vitest';
import type { Bytes } from '../../../../lib/core/index.ts';
import { canonicalJson, concatBytes, toBase64url, utf8 } from '../../../../lib/core/index.ts';
import type { BbsCredential, BbsSuite } from '../../../../lib/credentials/bbs/index.ts';
import {
  bbsRequestHash,
  bindingBytes,
  headerBytes,
  loadSuite,
  messageOf,
  readBbsPresentation,
} from '../../../../lib/credentials/bbs/index.ts';
import type { Prover } from '../../../fixtures/bbs/broken-provers.ts';
import { numbered, reusingBlinding } from '../../../fixtures/bbs/broken-provers.ts';
import type { Club } from '../../../fixtures/bbs/club.ts';
import { CARD, SHOP, SUITES, openClub, showing } from '../../../fixtures/bbs/club.ts';
import type { Sighting } from '../../../fixtures/bbs/linkage.ts';
import { SUSPICIOUS, linkageIn, shareRun, surest } from '../../../fixtures/bbs/linkage.ts';
import { SeededRandom, seedOfRun } from '../../../fixtures/seeded-random.ts';

const isLong = Number(process.env['SIGNET_RUNS'] ?? 0) >= 1000;
/** 1,000 presentations by 100 holders in the long run. */
const [HOLDERS, VISITS] = isLong ? [100, 10] : [5, 4];
const PATIENCE = isLong ? 1_800_000 : 60_000;

/** No two random runs of this length are alike; the fixed bytes of a proof are shorter. */
const RUN = 8;

const seed = seedOfRun();

const cardOf = (club: Club, year: number, tier = 'gold'): Promise<BbsCredential> =>
  club.card([
    ['member', true],
    ['tier', tier],
    ['since_year', year],
  ]);

/** The cards of so many holders, of whom some have the one tier and some the other. */
const cardsOf = (club: Club, holders: number, tiers: readonly string[]): Promise<readonly BbsCredential[]> =>
  Promise.all(
    Array.from({ length: holders }, (_, holder) => cardOf(club, 1950 + holder, tiers[holder % tiers.length])),
  );

const nonceOf = (random: SeededRandom): string => toBase64url(utf8(String(random.next()).padEnd(20, '0')));

/** What a shop notes that sees each holder so often; each shows the tier and hides the year. */
async function logOf(club: Club, cards: readonly BbsCredential[], visits: number, prove: Prover) {
  const random = new SeededRandom(seed);
  const log: Sighting[] = [];
  for (const [holder, card] of cards.entries()) {
    for (let visit = 0; visit < visits; visit++) {
      const proof = await prove(derivationOf(club, card, nonceOf(random)));
      log.push({ holder, shown: canonicalJson([card.header, card.claims['tier']]), proof });
    }
  }
  return log;
}

const derivationOf = (club: Club, { header, claims, signature }: BbsCredential, nonce: string) => ({
  publicKey: club.keyPair.publicKey,
  header: headerBytes(header),
  messages: header.schema.map((name) => messageOf(name, claims[name] ?? null)),
  signature,
  disclosed: [1],
  nonce: bindingBytes({ origin: SHOP, nonce, requestHash: bbsRequestHash(['tier'], [CARD]) }),
});

describe.each(SUITES)('presentations of one %s credential', (name) => {
  let [club, suite, cards]: [Club?, BbsSuite?, (readonly BbsCredential[])?] = [];
  const setUp = (): readonly [Club, BbsSuite, readonly BbsCredential[]] => {
    if (club === undefined || suite === undefined || cards === undefined) throw new Error('nothing is set up');
    return [club, suite, cards];
  };
  const firstCard = (): readonly [Club, BbsCredential] => {
    const [club, , [card]] = setUp();
    if (card === undefined) throw new Error('there is no card');
    return [club, card];
  };

  beforeAll(async () => {
    club = await openClub(name);
    suite = await loadSuite(name);
    cards = await cardsOf(club, HOLDERS, ['gold', 'silver']);
  }, PATIENCE);

  test('have nothing in common but the header and what was disclosed', async () => {
    const [club, card] = firstCard();
    const first = readBbsPresentation(await showing(club, card, ['tier'], 'first'));
    const second = readBbsPresentation(await showing(club, card, ['tier'], 'second'));
    expect({ ...second, proof: undefined }).toEqual({ ...first, proof: undefined });
    expect(shareRun(first.proof, second.proof, RUN)).toBe(false);
  });

  test('are never the same, even for the same request', async () => {
    const [club, card] = firstCard();
    const first = readBbsPresentation(await showing(club, card, ['tier']));
    const second = readBbsPresentation(await showing(club, card, ['tier']));
    expect(shareRun(first.proof, second.proof, RUN)).toBe(false);
  });

  test('hold nothing of the signature and of what stays hidden', async () => {
    const [club, card] = firstCard();
    const text = await showing(club, card, ['tier']);
    const { proof } = readBbsPresentation(text);
    const hidden = [messageOf('since_year', 1950), messageOf('member', true), card.signature];
    for (const secret of hidden) expect(shareRun(proof, secret, RUN)).toBe(false);
    expect(Buffer.from(text, 'base64url').toString()).not.toContain('1950');
  });

  test(
    'cannot be grouped in a verifier’s log any better than by what they show, and could be if they bore a number',
    async () => {
      const [club, suite, cards] = setUp();
      const log = await logOf(club, cards, VISITS, (derivation) => suite.deriveProof(derivation));
      const withNumbers = log.map((sighting) => ({
        ...sighting,
        proof: numbered(sighting.proof, cards[sighting.holder]?.signature ?? new Uint8Array()),
      }));
      expect(surest(withNumbers, seed)).toBeLessThanOrEqual(SUSPICIOUS);

      if (surest(log, seed) > SUSPICIOUS) return;
      // Chance does this once in a few hundred runs: a fresh log decides.
      const again = await logOf(club, cards, VISITS, (derivation) => suite.deriveProof(derivation));
      expect(
        linkageIn(again, seed + 1).filter(({ chance }) => chance <= SUSPICIOUS),
        `seed ${seed}`,
      ).toEqual([]);
    },
    PATIENCE,
  );
});

describe('a prover that reuses its blinding', () => {
  test('makes proofs that hold, and is caught by the same look at the log', async () => {
    const club = await openClub('bbs');
    const suite = await loadSuite('bbs');
    const prove = reusingBlinding(suite);
    const cards = await cardsOf(club, 4, ['gold']);
    expect(surest(await logOf(club, cards, 3, prove), seed)).toBeLessThanOrEqual(SUSPICIOUS);

    const card = await cardOf(club, 1992);
    const derivation = derivationOf(club, card, 'nonce');
    const proof: Bytes = await prove(derivation);
    const other: Bytes = await prove(derivationOf(club, card, 'another'));
    const shown = { index: 1, message: derivation.messages[1] ?? concatBytes() };
    expect(await suite.verifyProof({ ...derivation, count: 3, disclosed: [shown], proof })).toBe(true);
    expect(shareRun(proof, other, RUN)).toBe(true);
  });
});
